"""Whether the crossings behind a sheet look made up, for whoever looks the sheet over."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session

from attendance import queries
from attendance.drawing import RECORDED_GRADES
from attendance.regularity import Punch, Suspicion, judge_regularity
from attendance.work_days import reach
from core.clock import ONE_DAY, month_start, next_month
from db.models import AttendanceSheet


def list_suspicions(
    session: Session, sheet: AttendanceSheet, *, worker_ids: Collection[UUID]
) -> list[Suspicion]:
    """Return what is too regular about the crossings that gates and phones recorded."""
    first = month_start(sheet.month)
    until = next_month(first)
    rules = queries.get_day_rules(session, sheet.project_id)
    begin, end = reach(first, until - ONE_DAY, rules)
    recorded = queries.list_crossings(
        session, project_id=sheet.project_id, worker_ids=worker_ids, since=begin, until=end
    )
    punches = [
        Punch(record.project_worker_id, record.crossing.direction, record.crossing.at, day)
        for record in recorded
        if record.crossing.grade in RECORDED_GRADES
        and first <= (day := rules.work_date(record.crossing.at)) < until
    ]
    return judge_regularity(punches)
