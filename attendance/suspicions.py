"""Whether the crossings behind a sheet look made up, for whoever looks the sheet over.

A finding belongs to one drawing of the sheet: found when somebody first looks, then kept with it.
The next drawing forgets it, and the lock finds once more what it freezes.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from attendance import queries, sheet_queries, suspicion_queries
from attendance.regularity import Punch, Suspicion, SuspicionKind, judge_regularity
from core.clock import ONE_DAY, day_start, month_start, next_month
from db.models import AttendanceSheet

WORKERS_AT_ONCE = 500
"""A month of so many is judged together; nobody's team is larger, and any team fits into memory."""


def list_suspicions(session: Session, sheet: AttendanceSheet) -> list[Suspicion]:
    """Return what is too regular about the crossings the sheet was drawn from, each once.

    Keeps what it finds, unless the sheet has been drawn anew meanwhile. Waits for whoever changes
    the sheet, so ask before anything else is locked.
    """
    if sheet.suspicions is None:
        found = find_suspicions(session, sheet)
        session.execute(
            update(AttendanceSheet)
            .where(
                col(AttendanceSheet.id) == sheet.id,
                col(AttendanceSheet.project_id) == sheet.project_id,
                col(AttendanceSheet.drawn_at) == sheet.drawn_at,
            )
            .values(suspicions=write_suspicions(found)),
            execution_options={"synchronize_session": False},
        )
        return found
    return [_read_suspicion(written) for written in sheet.suspicions]


def find_suspicions(session: Session, sheet: AttendanceSheet) -> list[Suspicion]:
    """Work out what `list_suspicions` returns, whatever is kept: seconds for ten thousand."""
    worker_ids = sheet_queries.list_line_workers(session, sheet)
    found: dict[SuspicionKind, Suspicion] = {}
    for start in range(0, len(worker_ids), WORKERS_AT_ONCE):
        punches = _list_punches(session, sheet, worker_ids[start : start + WORKERS_AT_ONCE])
        for suspicion in judge_regularity(punches):
            known = found.get(suspicion.kind)
            found[suspicion.kind] = _join(known, suspicion) if known else suspicion
    return list(found.values())


def write_suspicions(found: Sequence[Suspicion]) -> list[dict[str, Any]]:
    """Return findings as a sheet keeps them."""
    return [
        {**asdict(suspicion), "worker_ids": [str(each) for each in suspicion.worker_ids]}
        for suspicion in found
    ]


def _read_suspicion(written: Mapping[str, Any]) -> Suspicion:
    return Suspicion(
        kind=SuspicionKind(written["kind"]),
        statistic=written["statistic"],
        limit=written["limit"],
        sample=written["sample"],
        worker_ids=tuple(UUID(each) for each in written["worker_ids"]),
    )


def _join(one: Suspicion, other: Suspicion) -> Suspicion:
    """Return the worse of two findings of a kind, about everybody whom either concerns."""
    # Of the flat window it is the small number that is too regular.
    worst: Callable[..., Suspicion] = min if one.kind is SuspicionKind.FLAT_WINDOW else max
    worse = worst(one, other, key=lambda suspicion: suspicion.statistic)
    return replace(worse, worker_ids=(*one.worker_ids, *other.worker_ids))


def _list_punches(
    session: Session, sheet: AttendanceSheet, worker_ids: Sequence[UUID]
) -> dict[UUID, Iterator[Punch]]:
    rules = queries.get_day_rules(session, sheet.project_id)
    first = month_start(sheet.month)
    length = (next_month(first) - first).days
    days = [first + number * ONE_DAY for number in range(length + 1)]
    starts = [day_start(day, at=rules.on(day).day_starts_at) for day in days]
    moments = suspicion_queries.list_moments(
        session, sheet, worker_ids=worker_ids, since=starts[0], until=starts[-1]
    )
    seconds = [int(start.timestamp()) for start in starts]
    return {worker_id: _read(theirs, days, seconds) for worker_id, theirs in moments.items()}


def _read(moments: Sequence[int], days: Sequence[date], starts: Sequence[int]) -> Iterator[Punch]:
    """Yield the crossings with their work days, which begin in these seconds."""
    for moment in moments:
        second = moment >> 1
        yield second, bool(moment & 1), days[bisect_right(starts, second) - 1]
