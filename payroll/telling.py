"""Telling many workers at once what happened to their payslips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import Session

from db.models import Payslip
from notifications.service import Telling, notify_many
from notifications.templates import Template

TOLD_AT_ONCE = 1_000
"""Messages in memory at a time."""


@dataclass(frozen=True, slots=True)
class News:
    """What happened to a payslip; `event_id` happened once, `values` go into the message."""

    payslip: Payslip
    event_id: UUID
    values: Mapping[str, str] = field(default_factory=dict)


def tell_workers(session: Session, template: Template, news: Sequence[News]) -> None:
    """Tell the workers of one project's payslips, each once for every event, in few statements."""
    for start in range(0, len(news), TOLD_AT_ONCE):
        chunk = news[start : start + TOLD_AT_ONCE]
        notify_many(
            session,
            template=template,
            tellings=[_make_telling(one) for one in chunk],
            project_id=chunk[0].payslip.project_id,
        )


def _make_telling(one: News) -> Telling:
    values = {"month": one.payslip.month, **one.values}
    return Telling(one.payslip.person_id, f"payroll:{one.event_id}", values)
