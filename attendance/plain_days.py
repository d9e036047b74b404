"""Summing most workers' months inside the database: those whose every day is entries, then exits.

Whoever has anything else, an exit missing, an entry by hand, a clock that was wrong, is left to
`attendance.work_days`, which decides everything. What a plain day of so many minutes is worth is
asked of the same fold, so both always agree.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from attendance import queries
from attendance.day_rules import DayRules, RuleBook
from attendance.facts import MonthTotal
from attendance.folding import MAX_SHIFT, MINUTE, Crossing, FoldedDay, fold
from attendance.rules import CLOCK_TRUST_MS, LONGEST_WAIT
from attendance.work_days import reach
from core.clock import ONE_DAY, day_start
from core.enums import CheckInMethod, Direction, Grade, WorkDayState

SOME_DAY = date(2026, 1, 1)
PLAIN_GRADES = (Grade.A, Grade.B, Grade.C)
WORK_MEM = "64MB"
"""PostgreSQL's own 4 MB would sort 600,000 crossings on disk."""

_SUM_UP = f"""
WITH crossing AS (
    SELECT c.project_worker_id AS worker_id, c.occurred_at AS at,
           ((c.occurred_at AT TIME ZONE 'Asia/Shanghai') - CAST(:starts_at AS interval))::date
               AS day,
           c.direction = '{Direction.IN}' AS is_entry,
           c.grade IN ('{Grade.D}', '{Grade.E}') OR c.method = '{CheckInMethod.FORCED_EXIT}'
               AS is_odd,
           CASE WHEN l.id IS NULL THEN c.grade ELSE '{Grade.B}' END AS grade
    FROM check_in c
    JOIN project_worker w ON w.id = c.project_worker_id AND w.id = ANY(:worker_ids)
    LEFT JOIN check_in_look l ON l.project_id = c.project_id AND l.check_in_id = c.id
                             AND c.method = '{CheckInMethod.CARD_CODE}'
    LEFT JOIN check_in_annulment a ON a.project_id = c.project_id AND a.check_in_id = c.id
    WHERE c.project_id = :project_id AND c.valid AND a.id IS NULL
      AND c.occurred_at >= :begin AND c.occurred_at < :end
      AND c.clock_bound_ms <= {CLOCK_TRUST_MS}
),
day AS (
    SELECT worker_id, day, bool_or(is_odd) AS is_odd,
           min(at) FILTER (WHERE is_entry) AS first_in, max(at) FILTER (WHERE is_entry) AS last_in,
           min(at) FILTER (WHERE NOT is_entry) AS first_out,
           max(at) FILTER (WHERE NOT is_entry) AS last_out,
           count(*) FILTER (WHERE grade = 'A') AS a, count(*) FILTER (WHERE grade = 'B') AS b,
           count(*) FILTER (WHERE grade = 'C') AS c
    FROM crossing GROUP BY worker_id, day
),
valued AS (
    SELECT day.*, day BETWEEN :since AND :until AS is_asked,
           floor(extract(epoch FROM last_out - first_in) / 60)::int + 1 AS place,
           CASE WHEN day < :since THEN true
                WHEN day > :until THEN NOT is_odd AND first_in <= coalesce(first_out, first_in)
                ELSE NOT is_odd AND last_in <= first_out AND last_out - first_in <= :longest
           END AS is_plain
    FROM day
)
SELECT worker_id,
       bool_and(coalesce(is_plain, false)
                AND (NOT is_asked OR (CAST(:units AS int[]))[place] IS NOT NULL)),
       coalesce(sum((CAST(:units AS int[]))[place]) FILTER (WHERE is_asked), 0),
       coalesce(sum((CAST(:minutes AS int[]))[place]) FILTER (WHERE is_asked), 0),
       count(*) FILTER (WHERE is_asked),
       coalesce(sum(a) FILTER (WHERE is_asked), 0), coalesce(sum(b) FILTER (WHERE is_asked), 0),
       coalesce(sum(c) FILTER (WHERE is_asked), 0)
FROM valued GROUP BY worker_id
"""  # noqa: S608  words of our own
"""An entry on a new day always begins a shift. So nothing before `since` matters, and after `until`
only whether an exit comes first, which may end a night shift."""
_UNTRUSTED = f"""
SELECT DISTINCT project_worker_id FROM check_in
WHERE project_id = :project_id AND project_worker_id = ANY(:worker_ids) AND valid
  AND clock_bound_ms > {CLOCK_TRUST_MS} AND received_at >= :begin AND received_at < :latest
"""  # noqa: S608  a number of our own


@dataclass(frozen=True, slots=True)
class PlainSums:
    """The sums of all plain workers, and who is not one of them."""

    totals: dict[UUID, MonthTotal]
    grades: dict[UUID, dict[str, int]]
    odd: list[UUID]


def sum_plain_days(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID], since: date, until: date
) -> PlainSums:
    """Sum the days from `since` to `until` of all plain workers straight from their check-ins.

    Two statements, however many workers; nothing is written.
    """
    book = queries.get_day_rules(session, project_id)
    if not worker_ids or _changes_between(book, since - ONE_DAY, until + 2 * ONE_DAY):
        return PlainSums({}, {}, list(worker_ids))
    rules = book.on(until)
    begin, end = reach(since, until, book)
    worth = _list_worth(rules)
    facts = {
        "project_id": project_id,
        "worker_ids": list(worker_ids),
        "since": since,
        "until": until,
        "begin": begin,
        "end": end,
        "latest": end + LONGEST_WAIT,
        "starts_at": timedelta(hours=rules.day_starts_at.hour, minutes=rules.day_starts_at.minute),
        "longest": MAX_SHIFT,
        "minutes": [each and each.minutes for each in worth],
        "units": [each and each.units for each in worth],
    }
    queries.set_work_mem(session, WORK_MEM)
    untrusted = set(session.scalars(text(_UNTRUSTED), facts))
    sums = PlainSums({}, {}, list(untrusted))
    for worker_id, is_plain, units, minutes, days, *counts in session.execute(text(_SUM_UP), facts):
        if worker_id in untrusted:
            continue
        if not is_plain:
            sums.odd.append(worker_id)
            continue
        sums.totals[worker_id] = MonthTotal(worker_id, units, minutes, days, 0)
        sums.grades[worker_id] = {
            grade.value: int(count)
            for grade, count in zip(PLAIN_GRADES, counts, strict=True)
            if count
        }
    return sums


def _changes_between(book: RuleBook, first: date, last: date) -> bool:
    """Tell whether other rules begin to count between two days."""
    return any(first <= day <= last for day, _ in book.later)


@lru_cache(maxsize=64)
def _list_worth(rules: DayRules) -> list[FoldedDay | None]:
    """Return by the minutes present what a plain day is; None where it needs confirmation."""
    days = (_fold_one(present, rules) for present in range(MAX_SHIFT // MINUTE + 1))
    return [day if day.state is WorkDayState.COMPLETE else None for day in days]


def _fold_one(present: int, rules: DayRules) -> FoldedDay:
    entered = day_start(SOME_DAY, at=rules.day_starts_at)
    crossings = [
        Crossing(UUID(int=0), Direction.IN, entered, Grade.B),
        Crossing(UUID(int=1), Direction.OUT, entered + present * MINUTE, Grade.B),
    ]
    [day] = fold(crossings, RuleBook(rules))
    return day
