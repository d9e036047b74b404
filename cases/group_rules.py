"""When cases belong together, when they are shown as a group, and when a group is a mass event."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from cases.desk_errors import GroupDissolvedError, ReportTimeUnfitError
from core.case_enums import DispatchKind, GroupState

PERIOD = timedelta(days=30)
"""Complaints of one project or employer no further apart than this belong together."""
SHOWN_FROM = 3
"""Fewer people are never shown as a group: one would know who they are."""
MASS_FROM = 10
"""群体性: 浙江省劳动人事争议调解仲裁条例 §40, and the province's 无欠薪 standard."""
MOST_REPRESENTATIVES = 5
"""浙江省劳动保障监察条例 §20."""
ANSWER_WITHIN = timedelta(minutes=30)
"""A contact who has not acknowledged by then is passed over; a local promise."""
REPORT_WITHIN = timedelta(days=7)
"""The province's 无欠薪 standard wants such cases done within it."""
MOST_TOLD = 99
"""The largest number a message names."""


def is_shown(people: int) -> bool:
    """Tell whether so many people may be shown as a group."""
    return people >= SHOWN_FROM


def is_mass(people: int) -> bool:
    """Tell whether so many people make a mass event."""
    return people >= MASS_FROM


class Call(Protocol):
    """A contact who was called about a mass event."""

    division_code: str
    acknowledged_at: datetime | None
    is_passed_on: bool


def is_unheard(calls: Collection[Call], *, division_code: str, is_own: bool) -> bool:
    """Tell whether a division must still be called about a mass event.

    The county whose event it is (`is_own`) until it acknowledged itself; one above when nobody
    was called, or everybody in vain.
    """
    if is_own:
        return not any(
            call.acknowledged_at and call.division_code == division_code for call in calls
        )
    return all(call.acknowledged_at is None and call.is_passed_on for call in calls)


def check_not_dissolved(state: GroupState) -> None:
    """Refuse to put together again what was taken apart; GroupDissolvedError."""
    if state is GroupState.DISSOLVED:
        raise GroupDissolvedError


def check_report_time(kind: DispatchKind, due_at: datetime | None, *, at: datetime) -> None:
    """Refuse a next report nobody could or would have to make; ReportTimeUnfitError."""
    if due_at is None:
        return
    if kind is DispatchKind.ENDED or not at < due_at <= at + REPORT_WITHIN:
        raise ReportTimeUnfitError(days=REPORT_WITHIN.days)


def say_count(people: int) -> str:
    """Return how many, as a message says it."""
    return str(min(people, MOST_TOLD))
