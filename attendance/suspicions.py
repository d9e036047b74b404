"""Whether the crossings behind a sheet look made up, for whoever looks the sheet over."""

from collections.abc import Collection, Iterator
from uuid import UUID

from sqlmodel import Session

from attendance import queries
from attendance.drawing import RECORDED_GRADES
from attendance.regularity import Punch, Suspicion, SuspicionKind, judge_regularity
from attendance.work_days import reach
from core.clock import ONE_DAY, month_start, next_month
from db.models import AttendanceSheet

WORKERS_AT_ONCE = 500
"""A month of so many is judged together; nobody's team is larger, and any team fits into memory."""


def list_suspicions(
    session: Session, sheet: AttendanceSheet, *, worker_ids: Collection[UUID]
) -> list[Suspicion]:
    """Return what is too regular about the crossings that gates and phones recorded, each once."""
    everybody = list(worker_ids)
    found: dict[SuspicionKind, Suspicion] = {}
    for start in range(0, len(everybody), WORKERS_AT_ONCE):
        some = everybody[start : start + WORKERS_AT_ONCE]
        for suspicion in judge_regularity(_list_punches(session, sheet, some)):
            found.setdefault(suspicion.kind, suspicion)
    return list(found.values())


def _list_punches(
    session: Session, sheet: AttendanceSheet, worker_ids: Collection[UUID]
) -> Iterator[Punch]:
    first = month_start(sheet.month)
    until = next_month(first)
    rules = queries.get_day_rules(session, sheet.project_id)
    begin, end = reach(first, until - ONE_DAY, rules)
    for record in queries.list_crossings(
        session, project_id=sheet.project_id, worker_ids=worker_ids, since=begin, until=end
    ):
        day = rules.work_date(record.crossing.at)
        if record.crossing.grade in RECORDED_GRADES and first <= day < until:
            crossing = record.crossing
            yield Punch(record.project_worker_id, crossing.direction, crossing.at, day)
