"""Folding only those days of a team's month that are not plain, see `attendance.plain_days`.

A plain day begins with an entry and ends with an exit, both scanned. So it gives nothing to its
neighbours and takes nothing from them, and the days around it are folded as if nobody had come.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from uuid import UUID

from sqlmodel import Session

from attendance import fold_queries
from attendance.day_rules import RuleBook
from attendance.facts import RecordedCrossing
from attendance.folding import RECORDED_GRADES, Crossing, FoldedDay, fold, settle
from core.clock import ONE_DAY, day_start

DAYS_AT_ONCE = 15_000
"""As many as 500 workers have in a month: no more of them are ever in memory."""

OddDays = Mapping[UUID, Sequence[date]]
"""Which days of each worker are not plain, oldest first."""
FoldedDays = Mapping[UUID, Sequence[FoldedDay]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose days, and which."""

    project_id: UUID
    worker_ids: Collection[UUID]
    since: date
    until: date
    is_original: bool = False
    """As gates and phones alone had said, before anybody entered or imported anything."""

    def covers(self, day: date) -> bool:
        """Tell whether the day is one of them."""
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Team:
    """Whose days are folded, by which rules."""

    asked: Asked
    book: RuleBook
    untrusted: Sequence[RecordedCrossing]
    """Their check-ins by clocks that nobody believes."""


def fold_odd_days(
    session: Session, team: Team, odd: Mapping[UUID, Sequence[date] | None]
) -> Iterator[tuple[OddDays, FoldedDays]]:
    """Yield the odd days that were asked for and what they fold to, some thousand at a time.

    `odd` also names, in any order, odd days just before and after those asked for.
    """
    for some in _split(team.asked, odd):
        asked = {each: list(filter(team.asked.covers, days)) for each, days in some.items()}
        yield asked, _fold_some(session, team, some)


def list_days(first: date, last: date) -> list[date]:
    """Return the days between two, both included."""
    return [first + number * ONE_DAY for number in range((last - first).days + 1)]


def _fold_some(session: Session, team: Team, odd: OddDays) -> FoldedDays:
    asked = team.asked
    accepted = fold_queries.list_confirmed_days(
        session,
        project_id=asked.project_id,
        worker_ids=odd,
        since=asked.since,
        until=asked.until,
    )
    crossings: dict[UUID, list[Crossing]] = defaultdict(list)
    for record in _list_crossings(session, team, odd):
        if not asked.is_original or record.crossing.grade in RECORDED_GRADES:
            crossings[record.project_worker_id].append(record.crossing)
    return {
        worker_id: [
            day
            for day in settle(fold(theirs, team.book), accepted.get(worker_id, {}))
            if asked.covers(day.work_date)
        ]
        for worker_id, theirs in crossings.items()
    }


def _list_crossings(session: Session, team: Team, odd: OddDays) -> list[RecordedCrossing]:
    spans = [
        (worker_id, since, until)
        for worker_id, days in odd.items()
        for since, until in _list_spans(days, team.book)
    ]
    recorded = fold_queries.list_crossings_within(
        session, project_id=team.asked.project_id, spans=spans
    )
    return recorded + [record for record in team.untrusted if record.project_worker_id in odd]


def _split(asked: Asked, odd: Mapping[UUID, Sequence[date] | None]) -> Iterator[OddDays]:
    """Yield whoever has an odd day among those asked for, some at a time."""
    some: dict[UUID, Sequence[date]] = {}
    count = 0
    for worker_id, days in odd.items():
        if days is None or not any(map(asked.covers, days)):
            continue
        some[worker_id] = sorted(days)
        count += len(days)
        if count >= DAYS_AT_ONCE:
            yield some
            some, count = {}, 0
    if some:
        yield some


def _list_spans(days: Sequence[date], book: RuleBook) -> list[tuple[datetime, datetime]]:
    """Return from when to when runs of days last; days follow each other without a gap."""
    spans: list[tuple[date, date]] = []
    for day in days:
        if spans and spans[-1][1] == day:
            spans[-1] = spans[-1][0], day + ONE_DAY
        else:
            spans.append((day, day + ONE_DAY))
    return [
        (_begin(first, book.on(first).day_starts_at), _begin(after, book.on(after).day_starts_at))
        for first, after in spans
    ]


@lru_cache(maxsize=256)
def _begin(day: date, starts_at: time) -> datetime:
    """Return when a day starts; thousands of workers ask about the same few."""
    return day_start(day, at=starts_at)
