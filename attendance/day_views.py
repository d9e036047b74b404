"""What stands behind a worker's line of a sheet: days, their crossings, what was said of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from attendance import day_queries, queries, withdrawal_queries, work_days
from attendance.drawing import Period, read_cells
from attendance.errors import SheetNotFoundError
from attendance.facts import Line, ObjectionView, SeenCrossing
from attendance.folding import RECORDED_GRADES, fold
from attendance.months import place_crossings
from attendance.sheet_acts import get_own_sheet
from attendance.sheet_queries import ENTERED_MARK, IMPORTED_MARK, UNSURE_MARK
from attendance.sheets import period_of
from attendance.staleness import is_line_stale
from attendance.withdrawal_queries import WithdrawnEntry
from attendance.work_days import reach
from core.clock import ONE_DAY, local_date
from core.enums import SheetState
from core.masking import mask_name
from db.models import AttendanceSheet
from identity.principal import Principal

CORRECTED = {ENTERED_MARK, IMPORTED_MARK}
NO_WORK = 0


@dataclass(frozen=True, slots=True)
class SheetDay:
    """One day of a worker as the sheet counts it; `units` are hundredths of a 工日."""

    work_date: date
    units: int
    is_unsure: bool
    original_units: int | None
    """What gates and phones alone had recorded; None where nobody corrected it."""
    crossings: tuple[SeenCrossing, ...]
    withdrawn: list[WithdrawnEntry]
    """What was entered or imported and counts no more."""
    objections: list[ObjectionView]


@dataclass(frozen=True, slots=True)
class WorkerDays:
    """A worker's line and the days it is the sum of, oldest first."""

    sheet: AttendanceSheet
    project_worker_id: UUID
    masked_name: str
    line: Line
    days: list[SheetDay]
    is_stale: bool
    """Whether the days do not add up to the line any more."""


def view_worker_days(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    worker_id: UUID,
    at: datetime,
) -> WorkerDays:
    """Return the days behind a worker's line: of a locked sheet as they were locked.

    Days without work are listed where the worker objects or something was taken back. For whoever
    has a step on the sheet; SheetNotFoundError for others, and for workers it has no line of.
    """
    sheet = get_own_sheet(
        session, principal=principal, project_id=project_id, sheet_id=sheet_id, at=at
    )
    line = _find_line(sheet, worker_id)
    if sheet.state is SheetState.DRAFT:
        work_days.fold_month(
            session, project_id=project_id, worker_ids=[worker_id], month=sheet.month
        )
    names = queries.list_names(session, [worker_id])
    return WorkerDays(
        sheet=sheet,
        project_worker_id=worker_id,
        masked_name=mask_name(names[worker_id]),
        line=line,
        days=_list_days(session, sheet, line),
        is_stale=is_line_stale(session, sheet, line),
    )


def _find_line(sheet: AttendanceSheet, worker_id: UUID) -> Line:
    for line in sheet.lines:
        if line["project_worker_id"] == str(worker_id):
            return line
    raise SheetNotFoundError


def _list_days(session: Session, sheet: AttendanceSheet, line: Line) -> list[SheetDay]:
    worker_id = UUID(line["project_worker_id"])
    period = period_of(sheet)
    cells = read_cells(session, [line], period=period).get(worker_id, [])
    crossings, originals = _list_crossings(session, sheet.project_id, worker_id, period)
    said: dict[date, list[ObjectionView]] = {}
    for objection in queries.list_worker_objections(
        session, worker_ids=[worker_id], first=period.first, until=period.until
    ):
        said.setdefault(objection.work_date, []).append(objection)
    withdrawn = _list_withdrawn(session, worker_id, period)
    shown = {period.first.replace(day=cell[0]): cell for cell in cells}
    return [
        SheetDay(
            work_date=day,
            units=units,
            is_unsure=UNSURE_MARK in marks,
            original_units=_find_original(day, marks, originals),
            crossings=crossings.get(day, ()),
            withdrawn=withdrawn.get(day, []),
            objections=said.get(day, []),
        )
        for day in sorted(shown.keys() | said.keys() | withdrawn.keys())
        for _, units, marks in [shown.get(day, (day.day, NO_WORK, ""))]
    ]


def _find_original(day: date, marks: str, originals: Mapping[date, int]) -> int | None:
    is_corrected = not CORRECTED.isdisjoint(marks)
    return originals.get(day, NO_WORK) if is_corrected else None


def _list_withdrawn(
    session: Session, worker_id: UUID, period: Period
) -> dict[date, list[WithdrawnEntry]]:
    """Return by their Shanghai day the entries of the worker that were taken back."""
    which = withdrawal_queries.of_workers([worker_id], first=period.first, until=period.until)
    withdrawn: dict[date, list[WithdrawnEntry]] = {}
    for entry in withdrawal_queries.list_withdrawn(session, which):
        withdrawn.setdefault(local_date(entry.at), []).append(entry)
    return withdrawn


def _list_crossings(
    session: Session, project_id: UUID, worker_id: UUID, period: Period
) -> tuple[dict[date, tuple[SeenCrossing, ...]], dict[date, int]]:
    """Return the crossings behind each day, and its units by what gates and phones recorded."""
    book = queries.get_day_rules(session, project_id)
    begin, end = reach(period.first, period.until - ONE_DAY, book)
    seen = day_queries.list_seen_crossings(
        session, project_id=project_id, worker_ids=[worker_id], since=begin, until=end
    )
    placed = place_crossings(worker_id, seen, fold([one.crossing for one in seen], book))
    recorded = [one.crossing for one in seen if one.crossing.grade in RECORDED_GRADES]
    return (
        {day: theirs for (_, day), theirs in placed.items()},
        {day.work_date: day.units for day in fold(recorded, book)},
    )
