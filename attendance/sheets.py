"""考勤表: a team's month, drawn up from its work days and then locked for the payroll."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from attendance import queries, work_days
from attendance.errors import SheetLockedError
from attendance.facts import MonthTotal
from core.clock import ONE_DAY, month_start, next_month, now
from core.enums import SheetState
from core.masking import mask_name
from db.models import AttendanceSheet, WorkDayObjection
from notifications.webhooks.events import EventKind
from notifications.webhooks.service import announce
from projects.queries import get_team


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One worker's line with the days the worker objects to."""

    project_worker_id: UUID
    masked_name: str
    units: int
    minutes: int
    days: int
    needs_confirmation: int
    grades: dict[str, int]
    objections: list[WorkDayObjection]


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet as the labour manager reads it."""

    sheet: AttendanceSheet
    lines: list[SheetLine]


def draw_up_sheet(
    session: Session, *, project_id: UUID, team_id: UUID, month: str, at: datetime
) -> AttendanceSheet:
    """Fold the team's month again and write it down; everybody who was in the team has a line.

    A draft is drawn up anew at every call. Raises TeamNotFoundError, SheetLockedError.
    """
    get_team(session, project_id=project_id, team_id=team_id)
    sheet = _open_sheet(session, project_id=project_id, team_id=team_id, month=month, at=at)
    if sheet.state is SheetState.LOCKED:
        raise SheetLockedError
    first = month_start(month)
    until = next_month(first)
    worker_ids = queries.list_team_members(
        session, team_id=team_id, first=first, last=until - ONE_DAY
    )
    work_days.fold_month(session, project_id=project_id, worker_ids=worker_ids, month=month)
    totals = queries.list_month_totals(session, worker_ids=worker_ids, first=first, until=until)
    grades = queries.list_month_grades(session, worker_ids=worker_ids, first=first, until=until)
    sheet.lines = _make_lines(worker_ids, totals, grades)
    session.flush()
    return sheet


def lock_sheet(session: Session, *, project_id: UUID, sheet_id: UUID) -> AttendanceSheet:
    """Freeze the sheet as it was last drawn up; repeating changes nothing."""
    sheet = queries.lock_sheet(session, project_id=project_id, sheet_id=sheet_id)
    if sheet.state is not SheetState.LOCKED:
        sheet.state = SheetState.LOCKED
        announce(
            session,
            EventKind.SHEET_LOCKED,
            subject_ids=[sheet.id],
            at=now(),
            project_id=project_id,
        )
    session.flush()
    return sheet


def view_sheet(session: Session, *, project_id: UUID, sheet_id: UUID) -> SheetView:
    """Return the sheet with names, and with all objections up to now, locked or not."""
    sheet = queries.get_sheet(session, project_id=project_id, sheet_id=sheet_id)
    first = month_start(sheet.month)
    names = queries.list_names(session, [UUID(line["project_worker_id"]) for line in sheet.lines])
    objections = queries.list_worker_objections(
        session, worker_ids=list(names), first=first, until=next_month(first)
    )
    return SheetView(sheet, [_view_line(line, names, objections) for line in sheet.lines])


def _open_sheet(
    session: Session, *, project_id: UUID, team_id: UUID, month: str, at: datetime
) -> AttendanceSheet:
    """Return the team's sheet, created if there was none, with its row locked."""
    draft = AttendanceSheet(
        project_id=project_id,
        team_id=team_id,
        month=month,
        state=SheetState.DRAFT,
        created_at=at,
    )
    session.execute(
        insert(AttendanceSheet)
        .values(draft.model_dump())
        .on_conflict_do_nothing(index_elements=["project_id", "team_id", "month"])
    )
    return queries.lock_team_sheet(session, project_id=project_id, team_id=team_id, month=month)


def _make_lines(
    worker_ids: Sequence[UUID],
    totals: Sequence[MonthTotal],
    grades: dict[UUID, dict[str, int]],
) -> list[dict[str, Any]]:
    by_worker = {total.project_worker_id: total for total in totals}
    lines = []
    for worker_id in worker_ids:
        total = by_worker.get(worker_id, MonthTotal(worker_id, 0, 0, 0, 0))
        lines.append(
            {
                "project_worker_id": str(worker_id),
                "units": total.units,
                "minutes": total.minutes,
                "days": total.days,
                "needs_confirmation": total.needs_confirmation,
                "grades": grades.get(worker_id, {}),
            }
        )
    return lines


def _view_line(
    line: dict[str, Any], names: dict[UUID, str], objections: Sequence[WorkDayObjection]
) -> SheetLine:
    worker_id = UUID(line["project_worker_id"])
    return SheetLine(
        **{**line, "project_worker_id": worker_id},
        masked_name=mask_name(names[worker_id]),
        objections=[
            objection for objection in objections if objection.project_worker_id == worker_id
        ],
    )
