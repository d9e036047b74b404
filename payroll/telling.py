"""Telling many workers at once what happened to their payslips."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from sqlmodel import Session

from notifications.service import Telling, notify_many
from notifications.templates import Template

TOLD_AT_ONCE = 1_000
"""Messages in memory at a time."""


@dataclass(frozen=True, slots=True)
class News:
    """What happened to a month's payslip; `event_id` happened once, `values` go into the text."""

    person_id: UUID
    month: str
    event_id: UUID
    values: Mapping[str, str] = field(default_factory=dict)


def tell_workers(
    session: Session, template: Template, news: Iterable[News], *, project_id: UUID
) -> None:
    """Tell workers of one project, each once for every event, in few statements."""
    remaining = map(_make_telling, news)
    while tellings := list(islice(remaining, TOLD_AT_ONCE)):
        notify_many(session, template=template, tellings=tellings, project_id=project_id)


def _make_telling(one: News) -> Telling:
    values = {"month": one.month, **one.values}
    return Telling(one.person_id, f"payroll:{one.event_id}", values)
