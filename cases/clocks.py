"""Periods of a case: how long each is and by which law, and which days it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cases.desk_errors import PromiseNotShorterError
from core.calendar import WORKING_DAYS, Deadline, WorkingDays
from core.case_enums import ClockKind, Rung
from core.clock import ONE_DAY

EXTENSION_DAYS = 30
"""Working days, once, with the head's approval (劳动保障监察条例 §17)."""
TELL_DAYS = 3
"""Days in which the complainant hears of a pause or extension (浙江省劳动保障监察条例 §30)."""
SUPERVISED_AFTER = 3
"""Working days after its end at which a period is put before the city; a local promise."""


class Unit(StrEnum):
    """What a period is counted in."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    """A last day that is a rest day moves to the next working day (民法典 §203)."""
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Period:
    """How long something may take."""

    length: int
    unit: Unit
    source: str
    soon: int = 1
    """So many working days before its end those who work on it are reminded."""


LOCAL_PROMISE = "local promise"

PERIODS: dict[ClockKind, Period] = {
    ClockKind.ACCEPTANCE: Period(5, Unit.WORKING_DAYS, "浙江省劳动保障监察条例 §23"),
    ClockKind.DESIGNATION: Period(3, Unit.WORKING_DAYS, LOCAL_PROMISE),
    ClockKind.INVESTIGATION: Period(60, Unit.WORKING_DAYS, "劳动保障监察条例 §17", soon=5),
    ClockKind.POLICE_DECISION: Period(3, Unit.DAYS, "国务院令310 §5"),
    ClockKind.POLICE_HANDOVER: Period(24, Unit.HOURS, "国务院令310 §5"),
    ClockKind.POLICE_REPLY: Period(3, Unit.DAYS, "国务院令310 §8"),
    ClockKind.POLICE_REVIEW: Period(3, Unit.DAYS, "国务院令310 §9"),
    ClockKind.EVIDENCE_HANDOVER: Period(3, Unit.DAYS, "国务院令310 §12"),
    ClockKind.FOLLOW_UP: Period(28, Unit.DAYS, LOCAL_PROMISE),
}
"""Every period but that of a payment, whose last day the order names."""

PROMISABLE = frozenset(
    {
        ClockKind.ACCEPTANCE,
        ClockKind.DESIGNATION,
        ClockKind.INVESTIGATION,
        ClockKind.POLICE_DECISION,
        ClockKind.EVIDENCE_HANDOVER,
    }
)
"""What a division may promise to do in fewer days; never in more."""

NOT_OURS = frozenset({ClockKind.PAYMENT, ClockKind.POLICE_REPLY, ClockKind.FOLLOW_UP})
"""Nobody in the bureau is late when these end."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension; neither its days nor the day it ended on are counted."""

    from_date: date
    until_date: date


@dataclass(frozen=True, slots=True)
class End:
    """When a period is over, and how that was counted."""

    deadline: Deadline
    due_at: datetime | None = None
    """The instant, of a period in hours."""


def find_source(kind: ClockKind) -> str | None:
    """Return what gives a period its length; None where an order names its last day."""
    return PERIODS[kind].source if kind in PERIODS else None


def check_promise(kind: ClockKind, days: int) -> None:
    """Refuse what is no promise: not fewer days than the law leaves; PromiseNotShorterError."""
    lawful = PERIODS[kind].length if kind in PROMISABLE else 0
    if not 1 <= days < lawful:
        raise PromiseNotShorterError(lawful=lawful)


def compute_end(
    kind: ClockKind, *, started_at: datetime, started: date, promised_days: int | None = None
) -> End:
    """Return the end of a period that begins now; `started` is the Shanghai day of `started_at`."""
    period = PERIODS[kind]
    if period.unit is not Unit.HOURS:
        return End(compute_deadline(kind, started=started, promised_days=promised_days))
    due_at = started_at + timedelta(hours=period.length)
    last = started + timedelta(hours=period.length)
    return End(Deadline(last, (last,), is_provisional=False), due_at)


def compute_deadline(
    kind: ClockKind,
    *,
    started: date,
    pauses: Sequence[Pause] = (),
    added_days: int = 0,
    promised_days: int | None = None,
    calendar: WorkingDays = WORKING_DAYS,
) -> Deadline:
    """Return when the period that began on a day is over, with the days it counted.

    Pauses and extensions only ever move the end away, a promise only nearer.
    """
    period = PERIODS[kind]
    length = period.length if promised_days is None else min(promised_days, period.length)
    if period.unit is Unit.WORKING_DAYS:
        return _count_working_days(started, length + added_days, pauses, calendar)
    days = max(length, 1) if period.unit is Unit.DAYS else 1
    counted = tuple(started + ONE_DAY * number for number in range(1, days + 1))
    return _end_on_working_day(counted, calendar)


def list_days_until(started: date, due: date) -> tuple[date, ...]:
    """Return the days of a period whose last day was named, in order."""
    return tuple(started + ONE_DAY * number for number in range(1, (due - started).days + 1))


def is_overdue(
    due: date | None, *, today: date, due_at: datetime | None = None, at: datetime | None = None
) -> bool:
    """Tell whether a running clock has passed its end; a day that is due is not yet late."""
    if due_at is not None and at is not None:
        return at > due_at
    return due is not None and today > due


def choose_rung(kind: ClockKind, due: date, *, today: date) -> Rung | None:
    """Return how far an unmet period has climbed by today, or None."""
    if kind in NOT_OURS:
        return None
    if today > due:
        late = WORKING_DAYS.add_working_days(due, SUPERVISED_AFTER).due_date
        return Rung.SUPERVISED if today >= late else Rung.OVERDUE
    if today == due:
        return Rung.DUE
    soon = WORKING_DAYS.add_working_days(today, PERIODS[kind].soon).due_date
    return Rung.SOON if soon >= due else None


def _count_working_days(
    started: date, count: int, pauses: Sequence[Pause], calendar: WorkingDays
) -> Deadline:
    day, counted, is_provisional = started, list[date](), False
    while len(counted) < count:
        day += ONE_DAY
        is_provisional |= not calendar.is_published(day)
        if calendar.is_working_day(day) and not _is_paused(day, pauses):
            counted.append(day)
    return Deadline(day, tuple(counted), is_provisional)


def _is_paused(day: date, pauses: Sequence[Pause]) -> bool:
    return any(pause.from_date < day <= pause.until_date for pause in pauses)


def _end_on_working_day(counted: tuple[date, ...], calendar: WorkingDays) -> Deadline:
    last = counted[-1]
    while not calendar.is_working_day(last):
        last += ONE_DAY
    return Deadline(last, counted, not calendar.is_published(last))
