"""Summing and storing most workers' months inside the database: every day is entries, then exits.

Whoever has anything else, an exit missing, an entry by hand, a clock that was wrong, is left to
`attendance.work_days`, which decides everything. What a plain day of so many minutes is worth is
asked of the same fold, so both always agree.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from attendance import queries, work_days
from attendance.day_rules import DayRules, RuleBook
from attendance.facts import Line
from attendance.folding import (
    MAX_SHIFT,
    MINUTE,
    RULE_VERSION,
    Crossing,
    FoldedDay,
    fold,
)
from attendance.rules import CLOCK_TRUST_MS, LONGEST_WAIT
from attendance.work_days import REPLACED, reach
from core.clock import ONE_DAY, day_start
from core.enums import CheckInMethod, Direction, Grade, WorkDayState

SOME_DAY = date(2026, 1, 1)
PLAIN_GRADES = (Grade.A, Grade.B, Grade.C)
WORKERS_AT_ONCE = 500
WORK_MEM = "64MB"
"""PostgreSQL's own 4 MB would sort 600,000 crossings on disk."""

_VALUED = f"""
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
"""  # noqa: S608  words of our own
"""An entry on a new day always begins a shift. So nothing before `since` matters, and after `until`
only whether an exit comes first, which may end a night shift."""
_IS_PLAIN = """bool_and(coalesce(is_plain, false)
                AND (NOT is_asked OR (CAST(:units AS int[]))[place] IS NOT NULL))"""
_SUM_UP = f"""{_VALUED}
SELECT worker_id,
       {_IS_PLAIN},
       coalesce(sum((CAST(:units AS int[]))[place]) FILTER (WHERE is_asked), 0),
       coalesce(sum((CAST(:minutes AS int[]))[place]) FILTER (WHERE is_asked), 0),
       count(*) FILTER (WHERE is_asked),
       coalesce(sum(a) FILTER (WHERE is_asked), 0), coalesce(sum(b) FILTER (WHERE is_asked), 0),
       coalesce(sum(c) FILTER (WHERE is_asked), 0)
FROM valued GROUP BY worker_id
"""  # noqa: S608  words of our own
_REPLACED = ", ".join(REPLACED)
_STORE = f"""{_VALUED},
judged AS (SELECT worker_id, {_IS_PLAIN} AS is_plain FROM valued GROUP BY worker_id),
plain AS (
    SELECT id FROM unnest(CAST(:worker_ids AS uuid[])) AS asked(id)
    LEFT JOIN judged ON worker_id = id WHERE coalesce(judged.is_plain, true)
),
kept AS (SELECT valued.* FROM valued JOIN plain ON id = worker_id WHERE is_asked),
removed AS (
    DELETE FROM work_day AS stored USING plain
    WHERE project_id = :project_id AND project_worker_id = plain.id
      AND work_date BETWEEN :since AND :until
      AND NOT EXISTS (SELECT FROM kept WHERE worker_id = plain.id AND day = stored.work_date)
),
stored AS (
    INSERT INTO work_day AS known (id, created_at, project_id, project_worker_id, work_date,
                                   {_REPLACED})
    SELECT uuidv7(), now(), :project_id, worker_id, day, first_in, last_out,
           (CAST(:minutes AS int[]))[place], (CAST(:units AS int[]))[place],
           (CAST(:overtime AS int[]))[place], '{WorkDayState.COMPLETE}',
           jsonb_strip_nulls(jsonb_build_object(
               'A', nullif(a, 0), 'B', nullif(b, 0), 'C', nullif(c, 0))), {RULE_VERSION}
    FROM kept ORDER BY worker_id, day
    ON CONFLICT (project_id, project_worker_id, work_date) DO UPDATE
    SET ({_REPLACED}) = ({", ".join(f"excluded.{name}" for name in REPLACED)})
    WHERE ({", ".join(f"known.{name}" for name in REPLACED)})
          IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in REPLACED)})
)
SELECT worker_id FROM judged WHERE NOT is_plain
"""  # noqa: S608  words of our own
"""What is stored as it is stays untouched: most days of a month were folded as they happened."""
_UNTRUSTED = f"""
SELECT DISTINCT project_worker_id FROM check_in
WHERE project_id = :project_id AND project_worker_id = ANY(:worker_ids) AND valid
  AND clock_bound_ms > {CLOCK_TRUST_MS} AND received_at >= :begin AND received_at < :latest
"""  # noqa: S608  a number of our own


@dataclass(frozen=True, slots=True)
class PlainSums:
    """The lines of all plain workers, and who is not one of them."""

    lines: dict[str, Line]
    """By the worker's id, as the line has it."""
    odd: list[UUID]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose days, and which."""

    project_id: UUID
    worker_ids: Collection[UUID]
    since: date
    until: date


def sum_plain_days(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID], since: date, until: date
) -> PlainSums:
    """Sum the days from `since` to `until` of all plain workers straight from their check-ins.

    Two statements, however many workers; nothing is written.
    """
    asked = _Asked(project_id, worker_ids, since, until)
    facts = _gather(session, asked)
    if facts is None:
        return PlainSums({}, list(worker_ids))
    sums = PlainSums({}, _set_untrusted_aside(session, facts))
    for worker_id, is_plain, *summed in session.execute(text(_SUM_UP), facts):
        if is_plain:
            sums.lines[str(worker_id)] = _make_line(worker_id, *summed)
        else:
            sums.odd.append(worker_id)
    return sums


def fold_team_days(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID], since: date, until: date
) -> None:
    """Fold the days from `since` to `until` of a whole team again, as `work_days.fold_days` would.

    The days of plain workers are folded where they are stored, the others' a few hundred workers
    at a time, so that no more than these are ever in memory.
    """
    odd = _store_plain_days(session, _Asked(project_id, worker_ids, since, until))
    fold_in_parts(session, project_id=project_id, worker_ids=odd, since=since, until=until)


def fold_in_parts(
    session: Session, *, project_id: UUID, worker_ids: Sequence[UUID], since: date, until: date
) -> None:
    """Do as `work_days.fold_days`, a few hundred workers at a time."""
    for start in range(0, len(worker_ids), WORKERS_AT_ONCE):
        some = worker_ids[start : start + WORKERS_AT_ONCE]
        work_days.fold_days(
            session, project_id=project_id, worker_ids=some, since=since, until=until
        )


def _store_plain_days(session: Session, asked: _Asked) -> list[UUID]:
    """Fold the days of all plain workers; return the others."""
    queries.lock_workers(session, asked.worker_ids)
    facts = _gather(session, asked)
    if facts is None:
        return list(asked.worker_ids)
    return [*_set_untrusted_aside(session, facts), *session.scalars(text(_STORE), facts)]


def _gather(session: Session, asked: _Asked) -> dict[str, Any] | None:
    """Return what the statements are asked with; None where only the fold can tell."""
    book = queries.get_day_rules(session, asked.project_id)
    reached = asked.since - ONE_DAY, asked.until + 2 * ONE_DAY
    if not asked.worker_ids or _changes_between(book, *reached):
        return None
    rules = book.on(asked.until)
    begin, end = reach(asked.since, asked.until, book)
    worth = _list_worth(rules)
    queries.set_work_mem(session, WORK_MEM)
    return {
        "project_id": asked.project_id,
        "worker_ids": list(asked.worker_ids),
        "since": asked.since,
        "until": asked.until,
        "begin": begin,
        "end": end,
        "latest": end + LONGEST_WAIT,
        "starts_at": timedelta(hours=rules.day_starts_at.hour, minutes=rules.day_starts_at.minute),
        "longest": MAX_SHIFT,
        "minutes": [each and each.minutes for each in worth],
        "units": [each and each.units for each in worth],
        "overtime": [each and each.overtime_minutes for each in worth],
    }


def _set_untrusted_aside(session: Session, facts: dict[str, Any]) -> list[UUID]:
    """Leave out of the facts whoever passed a gate whose clock was wrong; return these workers."""
    untrusted = set(session.scalars(text(_UNTRUSTED), facts))
    facts["worker_ids"] = [each for each in facts["worker_ids"] if each not in untrusted]
    return list(untrusted)


def _make_line(worker_id: UUID, units: int, minutes: int, days: int, *counts: int) -> Line:
    graded = zip(PLAIN_GRADES, counts, strict=True)
    return {
        "project_worker_id": str(worker_id),
        "units": units,
        "minutes": minutes,
        "days": days,
        "needs_confirmation": 0,
        "grades": {grade.value: int(count) for grade, count in graded if count},
    }


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
