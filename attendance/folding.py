"""From crossings to work days; pure, and the same result in whatever order crossings arrive."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from core.clock import ONE_DAY, SHANGHAI
from core.enums import Direction, Grade, WorkDayState
from core.money import round_half_up

RULE_VERSION = 1
"""Raised with every change of meaning here; stored with each work day."""
FULL_DAY_UNITS = 100
"""工日 are counted in hundredths."""
HALF_DAY_UNITS = 50
MAX_SHIFT = timedelta(hours=16)
"""An exit later than this after an entry belongs to another shift that lacks its entry."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DayRules:
    """What a project counts as a day."""

    day_starts_at: time
    full_day_minutes: int
    half_day_minutes: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """One valid check-in of one worker."""

    id: UUID
    direction: Direction
    at: datetime
    grade: Grade


@dataclass(frozen=True, slots=True)
class FoldedDay:
    """A work day and the crossings it was made of."""

    work_date: date
    first_in_at: datetime | None
    last_out_at: datetime | None
    minutes: int
    units: int
    """工日 in hundredths."""
    state: WorkDayState
    grades: dict[str, int]
    crossing_ids: tuple[UUID, ...]


@dataclass(slots=True)
class _Shift:
    """A run of entries followed by a run of exits; either may be missing."""

    ins: list[Crossing] = field(default_factory=list)
    outs: list[Crossing] = field(default_factory=list)

    @property
    def begun_at(self) -> datetime:
        return (self.ins or self.outs)[0].at

    @property
    def is_closed(self) -> bool:
        """Whether every entry has an exit within one shift's length."""
        return bool(self.ins and self.outs) and self.outs[-1].at - self.ins[0].at <= MAX_SHIFT

    @property
    def worked(self) -> timedelta:
        """From the first entry that can belong to the last exit; nothing without both."""
        if not (self.ins and self.outs):
            return timedelta()
        left_at = self.outs[-1].at
        return max(left_at - entry.at for entry in self.ins if left_at - entry.at <= MAX_SHIFT)


def fold(crossings: Iterable[Crossing], rules: DayRules) -> list[FoldedDay]:
    """Return the work days of one worker, oldest first; each crossing is in exactly one of them.

    A night shift belongs to the day it began. Of repeated entries the first counts, of repeated
    exits the last. A day with an entry or exit that has no counterpart needs confirmation, and
    until then stands for at least half a day: presence is proved, only its length is not.
    """
    days: dict[date, list[_Shift]] = defaultdict(list)
    for shift in _split_shifts(crossings, rules):
        days[work_date(shift.begun_at, rules.day_starts_at)].append(shift)
    return [_fold_day(day, shifts, rules) for day, shifts in sorted(days.items())]


def work_date(at: datetime, day_starts_at: time) -> date:
    """Return the day an instant counts for by the wall clock in Shanghai."""
    local = at.astimezone(SHANGHAI)
    return local.date() if local.time() >= day_starts_at else local.date() - ONE_DAY


def compute_units(minutes: int, rules: DayRules) -> int:
    """Return 工日 in hundredths: in proportion, half from the half-day mark on, at most one."""
    if minutes >= rules.full_day_minutes:
        return FULL_DAY_UNITS
    floor = HALF_DAY_UNITS if minutes >= rules.half_day_minutes else 0
    return max(floor, round_half_up(minutes * FULL_DAY_UNITS, rules.full_day_minutes))


def format_units(hundredths: int) -> str:
    """Return hundredths as decimal text, e.g. ``"22.50"``."""
    return f"{hundredths // FULL_DAY_UNITS}.{hundredths % FULL_DAY_UNITS:02d}"


def _split_shifts(crossings: Iterable[Crossing], rules: DayRules) -> list[_Shift]:
    shifts: list[_Shift] = []
    for crossing in _in_order(crossings):
        if not shifts or not _belongs(crossing, shifts[-1], rules):
            shifts.append(_Shift())
        is_entry = crossing.direction is Direction.IN
        (shifts[-1].ins if is_entry else shifts[-1].outs).append(crossing)
    return shifts


def _in_order(crossings: Iterable[Crossing]) -> list[Crossing]:
    once = {crossing.id: crossing for crossing in crossings}.values()
    return sorted(once, key=lambda crossing: (crossing.at, crossing.direction, crossing.id))


def _belongs(crossing: Crossing, shift: _Shift, rules: DayRules) -> bool:
    day = work_date(crossing.at, rules.day_starts_at)
    if crossing.direction is Direction.IN:
        return not shift.outs and day == work_date(shift.begun_at, rules.day_starts_at)
    if shift.outs and day != work_date(shift.outs[-1].at, rules.day_starts_at):
        return False
    return not shift.ins or crossing.at - shift.ins[-1].at <= MAX_SHIFT


def _fold_day(day: date, shifts: Sequence[_Shift], rules: DayRules) -> FoldedDay:
    ins = [entry for shift in shifts for entry in shift.ins]
    outs = [leaving for shift in shifts for leaving in shift.outs]
    minutes = sum((shift.worked for shift in shifts), timedelta()) // MINUTE
    is_certain = all(shift.is_closed for shift in shifts) and minutes <= MAX_SHIFT // MINUTE
    if not is_certain:
        minutes = max(minutes, rules.half_day_minutes)
    return FoldedDay(
        work_date=day,
        first_in_at=min((entry.at for entry in ins), default=None),
        last_out_at=max((leaving.at for leaving in outs), default=None),
        minutes=minutes,
        units=compute_units(minutes, rules),
        state=WorkDayState.COMPLETE if is_certain else WorkDayState.NEEDS_CONFIRMATION,
        grades=dict(Counter(crossing.grade.value for crossing in (*ins, *outs))),
        crossing_ids=tuple(crossing.id for crossing in (*ins, *outs)),
    )
