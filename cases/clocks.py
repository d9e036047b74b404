"""Legal periods of a case, in working days."""

from datetime import date

from core.calendar import WORKING_DAYS, Deadline
from core.enums import ClockKind

PERIODS = {
    ClockKind.ACCEPTANCE: 5,  # 浙江省劳动保障监察条例 §23
    ClockKind.INVESTIGATION: 60,  # 劳动保障监察条例 §17
}


def compute_deadline(kind: ClockKind, *, started: date) -> Deadline:
    """Return when the period that began on a day is over, with the days it counted."""
    return WORKING_DAYS.add_working_days(started, PERIODS[kind])


def is_overdue(due: date | None, *, today: date) -> bool:
    """Tell whether a running clock has passed its last day; a day that is due is not yet late."""
    return due is not None and today > due
