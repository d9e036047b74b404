"""Summing and storing a team's months, most days of which are plain, inside the database.

A plain day is entries, then exits, once or twice, all by clocks that are believed. Whatever else a
day is, an exit missing, a night shift, an entry by hand, is left to `attendance.odd_days`. What a
plain day of so many minutes is worth is asked of the same fold, so both always agree.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from attendance import fold_queries, queries, work_days
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
from attendance.odd_days import Asked, Team, fold_odd_days, list_days
from attendance.rules import CLOCK_TRUST_MS
from attendance.work_days import REPLACED, reach
from core.clock import ONE_DAY, day_start
from core.enums import CheckInMethod, Direction, Grade, WorkDayState

SOME_DAY = date(2026, 1, 1)
PLAIN_GRADES = (Grade.A, Grade.B, Grade.C, Grade.E)
NOTHING_SUMMED = (0,) * (3 + len(PLAIN_GRADES))
WORKERS_AT_ONCE = 500
WORK_MEM = "64MB"
"""PostgreSQL's own 4 MB would sort 600,000 crossings on disk."""

_VALUED = f"""
WITH crossing AS (
    SELECT c.project_worker_id AS worker_id, c.occurred_at AS at,
           ((c.occurred_at AT TIME ZONE 'Asia/Shanghai') - CAST(:starts_at AS interval))::date
               AS day,
           c.direction = '{Direction.IN}' AS is_entry,
           c.grade = '{Grade.D}' OR c.method = '{CheckInMethod.FORCED_EXIT}' AS is_odd,
           CASE WHEN l.id IS NULL THEN c.grade ELSE '{Grade.B}' END AS grade
    FROM check_in c
    LEFT JOIN check_in_look l ON l.project_id = c.project_id AND l.check_in_id = c.id
                             AND c.method = '{CheckInMethod.CARD_CODE}'
    LEFT JOIN check_in_annulment a ON a.project_id = c.project_id AND a.check_in_id = c.id
    WHERE c.project_id = :project_id AND c.project_worker_id = ANY(:worker_ids)
      AND c.valid AND a.id IS NULL
      AND c.occurred_at >= :begin AND c.occurred_at < :end
      AND c.clock_bound_ms <= {CLOCK_TRUST_MS}
    UNION ALL
    SELECT worker_id, NULL, day, NULL, true, NULL
    FROM unnest(CAST(:untrusted_ids AS uuid[]), CAST(:untrusted_days AS date[]))
        AS untrusted(worker_id, day)
),
day AS (
    SELECT worker_id, day, bool_or(is_odd) AS is_odd,
           count(*) AS crossings, count(*) FILTER (WHERE is_entry) AS entries,
           min(at) FILTER (WHERE is_entry) AS first_in, max(at) FILTER (WHERE is_entry) AS last_in,
           min(at) FILTER (WHERE NOT is_entry) AS first_out,
           max(at) FILTER (WHERE NOT is_entry) AS last_out,
           count(*) FILTER (WHERE grade = 'A') AS a, count(*) FILTER (WHERE grade = 'B') AS b,
           count(*) FILTER (WHERE grade = 'C') AS c, count(*) FILTER (WHERE grade = 'E') AS e
    FROM crossing
    WHERE NOT :is_original OR is_odd OR grade IN ('A', 'B', 'C')
    GROUP BY worker_id, day
),
timed AS (
    SELECT *, CASE
        WHEN is_odd THEN NULL
        WHEN last_in <= first_out AND last_out - first_in <= :longest THEN last_out - first_in
        WHEN crossings = 4 AND entries = 2
             AND first_in <= first_out AND first_out < last_in AND last_in <= last_out
             AND first_out - first_in <= :longest AND last_out - last_in <= :longest
            THEN (first_out - first_in) + (last_out - last_in)
        END AS inside
    FROM day
),
measured AS (
    SELECT *, floor(date_part('epoch', inside) / 60)::int AS present,
           floor(date_part('epoch', last_out - first_in - inside) / 60)::int AS outside
    FROM timed
),
worked AS (
    SELECT *, CASE WHEN present > :half_day
                   THEN greatest(:half_day, present - greatest(:break - outside, 0))
                   ELSE present
              END AS minutes
    FROM measured
),
valued AS MATERIALIZED (
    SELECT worker_id, day, day BETWEEN :since AND :until AS is_asked, first_in, last_out,
           minutes, (CAST(:units AS int[]))[minutes + 1] AS units,
           (CAST(:overtime AS int[]))[minutes + 1] AS overtime, a, b, c, e
    FROM worked
)
"""  # noqa: S608  words of our own
"""`units` is NULL for a day that is not plain; `worked` is what `day_rules.compute_worked` is."""
_SUM_UP = f"""{_VALUED}
SELECT worker_id, array_agg(day) FILTER (WHERE units IS NULL),
       coalesce(sum(units) FILTER (WHERE is_asked), 0),
       coalesce(sum(minutes) FILTER (WHERE is_asked AND units IS NOT NULL), 0),
       count(units) FILTER (WHERE is_asked),
       coalesce(sum(a) FILTER (WHERE is_asked AND units IS NOT NULL), 0),
       coalesce(sum(b) FILTER (WHERE is_asked AND units IS NOT NULL), 0),
       coalesce(sum(c) FILTER (WHERE is_asked AND units IS NOT NULL), 0),
       coalesce(sum(e) FILTER (WHERE is_asked AND units IS NOT NULL), 0)
FROM valued GROUP BY worker_id
"""  # noqa: S608  words of our own
_REPLACED = ", ".join(REPLACED)
_STORE = f"""{_VALUED},
removed AS (
    DELETE FROM work_day AS stored
    WHERE project_id = :project_id AND project_worker_id = ANY(:worker_ids)
      AND work_date BETWEEN :since AND :until
      AND NOT EXISTS (SELECT FROM valued
                      WHERE worker_id = stored.project_worker_id AND day = stored.work_date)
),
stored AS (
    INSERT INTO work_day AS known (id, created_at, project_id, project_worker_id, work_date,
                                   {_REPLACED})
    SELECT uuidv7(), now(), :project_id, worker_id, day, first_in, last_out,
           minutes, units, overtime, '{WorkDayState.COMPLETE}',
           jsonb_strip_nulls(jsonb_build_object('A', nullif(a, 0), 'B', nullif(b, 0),
                                                'C', nullif(c, 0), 'E', nullif(e, 0))),
           {RULE_VERSION}
    FROM valued WHERE is_asked AND units IS NOT NULL ORDER BY worker_id, day
    ON CONFLICT (project_id, project_worker_id, work_date) DO UPDATE
    SET ({_REPLACED}) = ({", ".join(f"excluded.{name}" for name in REPLACED)})
    WHERE ({", ".join(f"known.{name}" for name in REPLACED)})
          IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in REPLACED)})
)
SELECT worker_id, array_agg(day) FROM valued WHERE units IS NULL GROUP BY worker_id
"""  # noqa: S608  words of our own
"""What is stored as it is stays untouched: most days of a month were folded as they happened."""


def sum_days(session: Session, asked: Asked) -> dict[str, Line]:
    """Sum these days of all who came near them straight from their check-ins, by the worker's id.

    Nothing is written. A few statements, however many workers, unless thousands of days are odd.
    """
    team = _look_at(session, asked)
    lines: dict[str, Line] = {}
    odd: dict[UUID, list[date]] = {}
    for worker_id, odd_days, *sums in _ask(session, _SUM_UP, team):
        lines[str(worker_id)] = _make_line(worker_id, *sums)
        odd[worker_id] = odd_days
    for _, folded in fold_odd_days(session, team, odd):
        for worker_id, days in folded.items():
            _add_days(lines[str(worker_id)], days)
    return lines


def fold_team_days(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID], since: date, until: date
) -> None:
    """Fold the days from `since` to `until` of a whole team again, as `work_days.fold_days` would.

    Plain days are folded where they are stored, the others some thousand at a time, so that no
    more than these are ever in memory.
    """
    if not worker_ids:
        return
    queries.lock_workers(session, worker_ids)
    team = _look_at(session, Asked(project_id, worker_ids, since, until))
    odd = {worker_id: odd_days for worker_id, odd_days, *_ in _ask(session, _STORE, team)}
    for replaced, folded in fold_odd_days(session, team, odd):
        work_days.replace_days(session, project_id=project_id, replaced=replaced, folded=folded)


def _look_at(session: Session, asked: Asked) -> Team:
    book = queries.get_day_rules(session, asked.project_id)
    begin, end = reach(asked.since, asked.until, book)
    untrusted = fold_queries.list_untrusted_crossings(
        session,
        project_id=asked.project_id,
        worker_ids=asked.worker_ids,
        since=begin,
        until=end,
    )
    return Team(asked, book, untrusted)


def _ask(session: Session, statement: str, team: Team) -> Iterable[Sequence[Any]]:
    """Return of each worker the days that are not plain, and what the statement says besides."""
    asked = team.asked
    if _changes_near(asked, team.book):
        days = list_days(asked.since - ONE_DAY, asked.until + ONE_DAY)
        return [(worker_id, days, *NOTHING_SUMMED) for worker_id in asked.worker_ids]
    queries.set_work_mem(session, WORK_MEM)
    return session.execute(text(statement), _gather(team))


def _gather(team: Team) -> dict[str, Any]:
    """Return what the statements are asked with."""
    asked = team.asked
    rules = team.book.on(asked.until)
    begin, end = reach(asked.since, asked.until, team.book)
    worth = _list_worth(rules)
    return {
        "project_id": asked.project_id,
        "worker_ids": list(asked.worker_ids),
        "since": asked.since,
        "until": asked.until,
        "is_original": asked.is_original,
        "begin": begin,
        "end": end,
        "untrusted_ids": [record.project_worker_id for record in team.untrusted],
        "untrusted_days": [team.book.work_date(record.crossing.at) for record in team.untrusted],
        "starts_at": timedelta(hours=rules.day_starts_at.hour, minutes=rules.day_starts_at.minute),
        "longest": MAX_SHIFT,
        "half_day": rules.half_day_minutes,
        "break": rules.break_minutes,
        "units": [each and each.units for each in worth],
        "overtime": [each and each.overtime_minutes for each in worth],
    }


def _changes_near(asked: Asked, book: RuleBook) -> bool:
    """Tell whether other rules begin to count among these days or beside them."""
    first, last = asked.since - ONE_DAY, asked.until + 2 * ONE_DAY
    return any(first <= day <= last for day, _ in book.later)


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


def _add_days(line: Line, days: Sequence[FoldedDay]) -> None:
    for day in days:
        line["units"] += day.units
        line["minutes"] += day.minutes
        line["days"] += 1
        line["needs_confirmation"] += day.state is WorkDayState.NEEDS_CONFIRMATION
        for grade, count in day.grades.items():
            line["grades"][grade] = line["grades"].get(grade, 0) + count


@lru_cache(maxsize=64)
def _list_worth(rules: DayRules) -> list[FoldedDay | None]:
    """Return by the minutes worked what a plain day is; None where it needs confirmation."""
    unbroken = replace(rules, break_minutes=0)
    days = (_fold_one(minutes, unbroken) for minutes in range(MAX_SHIFT // MINUTE + 1))
    return [day if day.state is WorkDayState.COMPLETE else None for day in days]


def _fold_one(present: int, rules: DayRules) -> FoldedDay:
    entered = day_start(SOME_DAY, at=rules.day_starts_at)
    crossings = [
        Crossing(UUID(int=0), Direction.IN, entered, Grade.B),
        Crossing(UUID(int=1), Direction.OUT, entered + present * MINUTE, Grade.B),
    ]
    [day] = fold(crossings, RuleBook(rules))
    return day
