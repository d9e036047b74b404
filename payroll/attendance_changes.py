"""What published payslips no longer say right, because their attendance was reopened since."""

from sqlmodel import Session

from core.enums import SheetState
from db.models import AttendanceSheet, PaySheet
from payroll import newer_queries
from payroll.drawing import NO_WORK, read_worked
from payroll.errors import AttendanceChangedError, AttendanceNotLockedError
from payroll.newer import Newer, NewerKind
from payroll.rules import describe_work_time


def list_changes(session: Session, sheet: PaySheet) -> list[Newer]:
    """Return whose shown days are not the locked ones; while nothing is locked, everybody's."""
    attendance = session.get_one(AttendanceSheet, sheet.attendance_sheet_id)
    if attendance.state is not SheetState.LOCKED:
        return [Newer(NewerKind.ATTENDANCE, None)]
    return [
        Newer(NewerKind.ATTENDANCE, name) for name in _list_outdated(session, sheet, attendance)
    ]


def check_locked(session: Session, sheet: PaySheet) -> AttendanceSheet:
    """Return the attendance sheet, kept locked until the transaction ends.

    Raises AttendanceNotLockedError while it is open for changes.
    """
    attendance = newer_queries.share_attendance(session, sheet)
    if attendance.state is not SheetState.LOCKED:
        raise AttendanceNotLockedError(month=sheet.month)
    return attendance


def check_unchanged(session: Session, sheet: PaySheet) -> None:
    """Let nothing be reviewed or paid that shows other days than the locked ones.

    Raises AttendanceNotLockedError, AttendanceChangedError naming the workers.
    """
    attendance = check_locked(session, sheet)
    if names := _list_outdated(session, sheet, attendance):
        raise AttendanceChangedError(names="、".join(names))


def _list_outdated(session: Session, sheet: PaySheet, attendance: AttendanceSheet) -> list[str]:
    worked = read_worked(attendance)
    return [
        each.worker_name
        for each in newer_queries.list_shown_days(session, sheet.id)
        if each.work_time != describe_work_time(worked.get(each.project_worker_id, NO_WORK))
    ]
