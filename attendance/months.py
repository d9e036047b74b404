"""What a worker sees of a month: days, the crossings behind them, and what was said about them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlmodel import Session

from attendance import day_queries, queries, rules
from attendance.due_folds import fold_due_of
from attendance.facts import ObjectionView, SeenCrossing
from attendance.folding import FoldedDay, fold
from attendance.overlaps import PlacedSpan, compute_overlaps
from attendance.work_days import reach
from core.clock import ONE_DAY, month_start, next_month
from core.enums import WorkDayState
from db.models import WorkDay

Place = tuple[UUID, UUID]
"""(project, project worker)"""


@dataclass(frozen=True, slots=True)
class DayView:
    """One work day with the plain word for what is missing, None when nothing is."""

    work_day: WorkDay
    project_name: str
    say: str | None
    crossings: tuple[SeenCrossing, ...] = ()
    overlap_minutes: int = 0
    """Of the day that also count on another project."""

    @property
    def can_be_confirmed(self) -> bool:
        """Whether the worker is asked about the day."""
        return self.work_day.state is WorkDayState.NEEDS_CONFIRMATION


@dataclass(frozen=True, slots=True)
class MonthView:
    """A worker's month over all projects; `units` are hundredths of a 工日."""

    month: str
    days: list[DayView]
    objections: list[ObjectionView]
    units: int
    minutes: int
    overlap_minutes: int
    """Of `minutes` that stand on two projects; the worker was in one place only."""


@dataclass(slots=True)
class _Behind:
    """What the stored days were made of."""

    crossings: dict[tuple[UUID, date], tuple[SeenCrossing, ...]] = field(default_factory=dict)
    spans: list[PlacedSpan] = field(default_factory=list)


def get_month(session: Session, *, person_id: UUID, month: str) -> MonthView:
    """Return the person's days of a ``YYYY-MM`` month and what they objected to."""
    fold_due_of(session, person_id=person_id)
    first = month_start(month)
    until = next_month(first)
    named = queries.list_work_days(session, person_id=person_id, first=first, until=until)
    places = {(day.project_id, day.project_worker_id) for day, _ in named}
    behind = _look_behind(session, places, first, until)
    overlaps = compute_overlaps(behind.spans)
    return MonthView(
        month=month,
        days=[_view(day, name, behind, overlaps) for day, name in named],
        objections=queries.list_objections(session, person_id=person_id, first=first, until=until),
        units=sum(day.units for day, _ in named),
        minutes=sum(day.minutes for day, _ in named),
        overlap_minutes=sum(overlaps.values()) // 2,
    )


def _view(
    day: WorkDay, name: str, behind: _Behind, overlaps: Mapping[tuple[UUID, date], int]
) -> DayView:
    key = day.project_worker_id, day.work_date
    overlap = overlaps.get(key, 0)
    missing = rules.name_missing(day.state, day.first_in_at, day.last_out_at)
    doubled = f"和另一个工地的时间重叠{overlap}分钟，请核对" if overlap else None
    return DayView(
        day,
        name,
        "；".join(words for words in (missing, doubled) if words) or None,
        behind.crossings.get(key, ()),
        overlap,
    )


def _look_behind(session: Session, places: Iterable[Place], first: date, until: date) -> _Behind:
    behind = _Behind()
    for project_id, worker_id in sorted(places):
        book = queries.get_day_rules(session, project_id)
        begin, end = reach(first, until - ONE_DAY, book)
        seen = day_queries.list_seen_crossings(
            session, project_id=project_id, worker_ids=[worker_id], since=begin, until=end
        )
        folded = fold([one.crossing for one in seen], book)
        behind.spans += [
            PlacedSpan(worker_id, day.work_date, since, until)
            for day in folded
            for since, until in day.spans
        ]
        behind.crossings |= place_crossings(worker_id, seen, folded)
    return behind


def place_crossings(
    worker_id: UUID, seen: Sequence[SeenCrossing], folded: Iterable[FoldedDay]
) -> dict[tuple[UUID, date], tuple[SeenCrossing, ...]]:
    """Say to which day each check-in belongs, in the order of the clock."""
    day_of = {crossing_id: day.work_date for day in folded for crossing_id in day.crossing_ids}
    placed: dict[date, list[SeenCrossing]] = defaultdict(list)
    for one in sorted(seen, key=lambda one: (one.crossing.at, one.crossing.direction)):
        if one.crossing.id in day_of:
            placed[day_of[one.crossing.id]].append(one)
    return {(worker_id, day): tuple(theirs) for day, theirs in placed.items()}
