"""Whether a draft still says what drawing it again would say; asked at every look, so cheaply."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from attendance import fold_queries, sheet_queries
from attendance.drawing import draw_lines, draw_lines_anew
from attendance.facts import Line
from attendance.sheet_chain import hash_lines
from attendance.sheet_errors import SheetStaleError
from attendance.sheets import list_members, period_of
from core.enums import SheetState
from db.models import AttendanceSheet

WORKERS_AT_ONCE = 500


def check_fresh(session: Session, sheet: AttendanceSheet) -> None:
    """Raise SheetStaleError for a draft that would come out otherwise now."""
    if is_stale(session, sheet):
        raise SheetStaleError


def is_stale(session: Session, sheet: AttendanceSheet) -> bool:
    """Tell whether a draft would come out otherwise now, as its lock would find; writes nothing.

    The check-ins are read only of those whose stored days do not add up to their line, or who have
    a check-in that waits to be folded.
    """
    if sheet.state is SheetState.LOCKED:
        return False
    if list_members(session, sheet) != sheet_queries.list_line_workers(session, sheet):
        return True
    chunks = sheet_queries.stream_lines(session, sheet, at_once=WORKERS_AT_ONCE)
    doubtful = [line for lines in chunks for line in _list_doubtful(session, sheet, lines)]
    if not doubtful:
        return False
    anew = draw_lines_anew(
        session,
        project_id=sheet.project_id,
        worker_ids=_list_workers(doubtful),
        period=period_of(sheet),
    )
    return hash_lines(anew) != hash_lines(doubtful)


def is_line_stale(session: Session, sheet: AttendanceSheet, line: Line) -> bool:
    """Tell whether the stored days of a draft's worker, folded just now, add up to another line."""
    if sheet.state is SheetState.LOCKED:
        return False
    return hash_lines(_draw(session, sheet, [line])) != hash_lines([line])


def _list_doubtful(session: Session, sheet: AttendanceSheet, lines: Sequence[Line]) -> list[Line]:
    waiting = fold_queries.list_waiting_workers(session, _list_workers(lines))
    return [
        line
        for line, drawn in zip(lines, _draw(session, sheet, lines), strict=True)
        if line != drawn or UUID(line["project_worker_id"]) in waiting
    ]


def _draw(session: Session, sheet: AttendanceSheet, lines: Sequence[Line]) -> list[Line]:
    return draw_lines(
        session,
        project_id=sheet.project_id,
        worker_ids=_list_workers(lines),
        period=period_of(sheet),
    )


def _list_workers(lines: Sequence[Line]) -> list[UUID]:
    return [UUID(line["project_worker_id"]) for line in lines]
