"""From crossings to work days; pure, and the same result in whatever order crossings arrive."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from attendance.day_rules import DayRules, RuleBook, compute_overtime, compute_units, compute_worked
from core.enums import Direction, Grade, WorkDayState

RULE_VERSION = 2
"""Raised with every change of meaning here; stored with each work day."""
MAX_SHIFT = timedelta(hours=16)
"""An exit later than this after an entry belongs to another shift that lacks its entry."""
MINUTE = timedelta(minutes=1)
RECORDED_GRADES = frozenset({Grade.A, Grade.B, Grade.C})
"""What gates and phones recorded; the rest was entered or imported afterwards."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """One valid check-in of one worker; grade D is an entry made by hand."""

    id: UUID
    direction: Direction
    at: datetime
    grade: Grade
    is_forced: bool = False
    """异常清退: the system ended the shift, nobody was seen."""
    is_undated: bool = False
    """Its gate's clock was wrong and nothing else tells when it was; `at` is a guess."""


@dataclass(frozen=True, slots=True)
class FoldedDay:
    """A work day and the crossings it was made of."""

    work_date: date
    first_in_at: datetime | None
    last_out_at: datetime | None
    minutes: int
    units: int
    """工日 in hundredths."""
    overtime_minutes: int
    state: WorkDayState
    grades: dict[str, int]
    crossing_ids: tuple[UUID, ...]
    spans: tuple[tuple[datetime, datetime], ...]
    """Surely present from, to."""


@dataclass(slots=True)
class _Shift:
    """A run of entries followed by a run of exits; either may be missing."""

    ins: list[Crossing] = field(default_factory=list)
    outs: list[Crossing] = field(default_factory=list)
    """What its worker did; forced exits end a shift, and prove nothing else."""
    begun_on: date | None = None
    """None as long as nobody was seen."""
    ended_on: date | None = None
    """The day of the last exit, forced ones included."""

    def add(self, crossing: Crossing, day: date) -> None:
        """Take the next crossing, which counts for the day."""
        if crossing.direction is Direction.IN:
            self.ins.append(crossing)
        else:
            self.ended_on = day
            if crossing.is_forced:
                return
            self.outs.append(crossing)
        self.begun_on = self.begun_on or day

    @property
    def is_closed(self) -> bool:
        """Whether every entry has an exit within one shift's length."""
        return bool(self.ins and self.outs) and self.outs[-1].at - self.ins[0].at <= MAX_SHIFT

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """From which entry to which exit at most one shift can have lasted."""
        if self.is_closed:
            return self.ins[0].at, self.outs[-1].at
        pairs = [
            (entry.at, leaving.at)
            for entry in self.ins
            for leaving in self.outs
            if leaving.at - entry.at <= MAX_SHIFT
        ]
        return max(pairs, key=lambda pair: pair[1] - pair[0], default=None)

    def covers(self, at: datetime) -> bool:
        """Tell whether the worker was seen entering before and leaving after."""
        return self.is_closed and self.ins[0].at <= at <= self.outs[-1].at


@dataclass(slots=True)
class _Day:
    shifts: list[_Shift] = field(default_factory=list)
    besides: list[Crossing] = field(default_factory=list)
    """Belongs to the day, and does not measure it."""


def fold(crossings: Iterable[Crossing], book: RuleBook) -> list[FoldedDay]:
    """Return the work days of one worker, oldest first; each own crossing is in exactly one.

    A night shift belongs to the day it began. Of repeated entries the first counts, of repeated
    exits the last. A day with an entry or exit that has no counterpart needs confirmation, and
    until then stands for at least half a day: presence is proved, only its length is not. Entries
    made by hand fill gaps; between an entry and an exit that were scanned they change nothing.
    """
    ordered = _in_order(crossings)
    dated = [crossing for crossing in ordered if not crossing.is_undated]
    days: dict[date, _Day] = defaultdict(_Day)
    filling = _put_covered_aside(dated, days, book)
    for shift in _split_shifts(filling, book):
        if shift.begun_on is not None:
            days[shift.begun_on].shifts.append(shift)
    for crossing in ordered:
        if crossing.is_undated:
            days[book.work_date(crossing.at)].besides.append(crossing)
    return [_fold_day(day, days[day], book.on(day)) for day in sorted(days)]


def list_forgotten(
    crossings: Iterable[Crossing], book: RuleBook, *, at: datetime
) -> list[tuple[UUID, datetime]]:
    """Return the last entries that no exit can follow any more, and when that was certain."""
    dated = [crossing for crossing in _in_order(crossings) if not crossing.is_undated]
    return [
        (shift.ins[-1].id, shift.ins[-1].at + MAX_SHIFT)
        for shift in _split_shifts(dated, book)
        if shift.ins and shift.ended_on is None and shift.ins[-1].at + MAX_SHIFT <= at
    ]


def list_changed_days(
    before: Mapping[date, FoldedDay], after: Mapping[date, FoldedDay]
) -> set[date]:
    """Return which days an addition or a removal changes; a night shift's exit is of its begin."""
    return {day for day in before.keys() | after.keys() if before.get(day) != after.get(day)}


def settle(
    days: Iterable[FoldedDay], accepted: Mapping[date, set[tuple[int, int]]]
) -> list[FoldedDay]:
    """Return the days with those confirmed whose (minutes, units) the worker has accepted."""
    return [
        replace(day, state=WorkDayState.CONFIRMED)
        if day.state is WorkDayState.NEEDS_CONFIRMATION
        and (day.minutes, day.units) in accepted.get(day.work_date, ())
        else day
        for day in days
    ]


def _in_order(crossings: Iterable[Crossing]) -> list[Crossing]:
    once = {crossing.id: crossing for crossing in crossings}.values()
    return sorted(once, key=lambda c: (c.at, c.direction, c.is_forced, c.id))


def _put_covered_aside(
    dated: list[Crossing], days: Mapping[date, _Day], book: RuleBook
) -> list[Crossing]:
    """Give entries by hand that scans cover to the covering day; return all other crossings."""
    if not any(crossing.grade is Grade.D for crossing in dated):
        return dated
    scanned = [crossing for crossing in dated if crossing.grade is not Grade.D]
    shifts = _split_shifts(scanned, book)
    filling = []
    for crossing in dated:
        covering = _find_covering(crossing, shifts)
        if covering is None or covering.begun_on is None:
            filling.append(crossing)
        else:
            days[covering.begun_on].besides.append(crossing)
    return filling


def _find_covering(crossing: Crossing, shifts: Sequence[_Shift]) -> _Shift | None:
    if crossing.grade is not Grade.D:
        return None
    return next((shift for shift in shifts if shift.covers(crossing.at)), None)


def _split_shifts(ordered: Iterable[Crossing], book: RuleBook) -> list[_Shift]:
    shifts: list[_Shift] = []
    for crossing in ordered:
        day = book.work_date(crossing.at)
        if not shifts or not _belongs(crossing, day, shifts[-1]):
            shifts.append(_Shift())
        shifts[-1].add(crossing, day)
    return shifts


def _belongs(crossing: Crossing, day: date, shift: _Shift) -> bool:
    if crossing.direction is Direction.IN:
        return shift.ended_on is None and day == shift.begun_on
    if shift.ended_on is not None and day != shift.ended_on:
        return False
    return not shift.ins or crossing.at - shift.ins[-1].at <= MAX_SHIFT


def _fold_day(day: date, parts: _Day, rules: DayRules) -> FoldedDay:
    shifts = parts.shifts
    spans = [span for shift in shifts if (span := shift.span) is not None]
    minutes = compute_worked(*_measure(spans), rules)
    is_certain = _is_certain(parts) and minutes <= _longest(rules)
    if not is_certain:
        minutes = max(minutes, rules.half_day_minutes)
    own = [crossing for shift in shifts for crossing in (*shift.ins, *shift.outs)]
    own += parts.besides
    return FoldedDay(
        work_date=day,
        first_in_at=min((entry.at for shift in shifts for entry in shift.ins), default=None),
        last_out_at=max((leaving.at for shift in shifts for leaving in shift.outs), default=None),
        minutes=minutes,
        units=compute_units(minutes, rules),
        overtime_minutes=compute_overtime(minutes, rules),
        state=WorkDayState.COMPLETE if is_certain else WorkDayState.NEEDS_CONFIRMATION,
        grades=dict(Counter(crossing.grade.value for crossing in own)),
        crossing_ids=tuple(crossing.id for crossing in own),
        spans=tuple(spans),
    )


def _measure(spans: Sequence[tuple[datetime, datetime]]) -> tuple[int, int]:
    """Return the minutes inside, and those outside in between."""
    inside = sum((until - since for since, until in spans), timedelta())
    between = spans[-1][1] - spans[0][0] - inside if spans else timedelta()
    return inside // MINUTE, between // MINUTE


def _is_certain(parts: _Day) -> bool:
    is_dated = not any(crossing.is_undated for crossing in parts.besides)
    return is_dated and all(shift.is_closed for shift in parts.shifts)


def _longest(rules: DayRules) -> int:
    return rules.full_day_minutes + rules.overtime_cap_minutes
