"""Importing a month that was kept on somebody else's sheet, as grade E: a claim, and no proof.

What gates, phones or people at the site have recorded is never overwritten.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from attendance import queries, sheet_import_queries, sheet_queries, work_days
from attendance.day_rules import DayRules
from attendance.foreign_sheets import (
    ID_NUMBER,
    NAME,
    ForeignRow,
    check_title,
    compute_presence,
    read_rows,
)
from attendance.partitions import ensure_partitions_for
from attendance.sheet_findings import SheetFinding, SheetFindingCode
from attendance.sheet_import_queries import ImportWorker
from attendance.sheet_queries import IMPORTED_MARK
from core.clock import day_start, local_date, month_start, next_month
from core.enums import CheckInMethod, Direction, Grade, ScanReason
from core.masking import mask_name
from db.models import CheckIn, SheetImport
from db.models.attendance import REPORT_KEY
from db.session import blind_index
from identity import audit
from identity.principal import Principal
from projects.workbook import open_workbook

USUAL_START = time(8)
"""A sheet says how much, not when; a day of it is written from here on."""
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class DayCounts:
    """What became of filled days."""

    imported: int = 0
    repeated: int = 0
    """Imported before with the same value."""
    kept: int = 0
    """Left alone, because the day is on record already."""


@dataclass(frozen=True, slots=True)
class ForeignRowResult:
    """One row of the sheet; `row` as Excel counts."""

    row: int
    masked_name: str
    is_rejected: bool
    days: DayCounts
    findings: list[SheetFinding]


@dataclass(frozen=True, slots=True)
class ForeignReport:
    """Every row of a file, in the file's order."""

    is_dry_run: bool
    rows: list[ForeignRowResult]
    import_id: UUID | None = None
    """By which it can be taken back; None where nothing was imported."""

    @property
    def rejected(self) -> int:
        return sum(row.is_rejected for row in self.rows)

    @property
    def days(self) -> DayCounts:
        return DayCounts(
            imported=sum(row.days.imported for row in self.rows),
            repeated=sum(row.days.repeated for row in self.rows),
            kept=sum(row.days.kept for row in self.rows),
        )


@dataclass(frozen=True, slots=True)
class _Claim:
    """A day the file claims for a worker."""

    worker_id: UUID
    day: date
    units: int
    row: int


@dataclass(frozen=True, slots=True)
class _File:
    """What is imported, where, by whom and when."""

    project_id: UUID
    month: str
    digest: str
    """SHA-256."""
    actor: Principal | None
    at: datetime


def import_sheet(
    session: Session,
    *,
    project_id: UUID,
    month: str,
    content: bytes,
    dry_run: bool,
    at: datetime,
    actor: Principal | None = None,
) -> ForeignReport:
    """Store the days of the good rows as grade E and report on every row.

    A dry run takes the same path and writes nothing; importing again inserts nothing. Raises
    OtherMonthError and the workbook refusals of `projects.errors`; rows never raise.
    """
    workbook = open_workbook(content, sheets=None)
    rows = read_rows(workbook)
    check_title(workbook, month=month)
    workers = _find_workers(session, project_id, rows)
    _check_rows(rows, workers, month=month, today=local_date(at))
    _check_locks(session, project_id, month, rows, workers)
    recorded = _list_recorded(session, project_id, month, rows, workers)
    claims, counts = _sort_out(rows, workers, recorded, month_start(month))
    results = [_report(row, counts[row.number]) for row in rows]
    if dry_run:
        return ForeignReport(dry_run, results)
    file = _File(project_id, month, hashlib.sha256(content).hexdigest(), actor, at)
    import_id = _store(session, file, claims) if claims else None
    report = ForeignReport(dry_run, results, import_id)
    _record_import(session, file, report)
    return report


def _find_workers(
    session: Session, project_id: UUID, rows: Sequence[ForeignRow]
) -> dict[int, ImportWorker]:
    """Return by row number whom the rows mean; report the rows that mean nobody."""
    indexes = {
        row.number: blind_index(session, "person.id_number", row.id_number)
        for row in rows
        if row.id_number
    }
    by_index, by_name = sheet_import_queries.list_workers(
        session,
        project_id=project_id,
        indexes=set(indexes.values()),
        names={row.name for row in rows if not row.id_number},
    )
    found: dict[int, ImportWorker] = {}
    for row in rows:
        if row.found:
            continue
        index = indexes.get(row.number)
        namesakes = by_name.get(row.name, []) if index is None else by_index.get(index, [])
        if not namesakes:
            row.report(ID_NUMBER if index else NAME, SheetFindingCode.UNKNOWN_WORKER)
        elif len(namesakes) > 1:
            row.report(ID_NUMBER, SheetFindingCode.AMBIGUOUS_NAME)
        elif namesakes[0].name != row.name:
            row.report(NAME, SheetFindingCode.NAME_DISAGREES)
        else:
            found[row.number] = namesakes[0]
    return found


def _check_rows(
    rows: Sequence[ForeignRow], workers: Mapping[int, ImportWorker], *, month: str, today: date
) -> None:
    first = month_start(month)
    last_day = (next_month(first) - first).days
    seen: dict[UUID, int] = {}
    for row in rows:
        worker = workers.get(row.number)
        if worker is None:
            continue
        if seen.setdefault(worker.id, row.number) != row.number:
            row.report(NAME, SheetFindingCode.REPEATED_ROW, first_row=seen[worker.id])
        for day in row.days:
            if day > last_day:
                row.report(str(day), SheetFindingCode.DAY_NOT_IN_MONTH, day=day)
            elif first.replace(day=day) > today:
                row.report(str(day), SheetFindingCode.DAY_TO_COME)
            elif not worker.stay.covers(first.replace(day=day)):
                row.report(str(day), SheetFindingCode.NOT_ON_SITE)


def _check_locks(
    session: Session,
    project_id: UUID,
    month: str,
    rows: Sequence[ForeignRow],
    workers: Mapping[int, ImportWorker],
) -> None:
    locked = sheet_import_queries.list_locked_teams(session, project_id=project_id, month=month)
    for row in rows:
        if row.number in workers and workers[row.number].team_id in locked:
            row.report(NAME, SheetFindingCode.SHEET_LOCKED)


def _list_recorded(
    session: Session,
    project_id: UUID,
    month: str,
    rows: Sequence[ForeignRow],
    workers: Mapping[int, ImportWorker],
) -> dict[tuple[UUID, int], tuple[int, bool]]:
    """Return what is on record: (worker, day) → 工日 and whether it came from a sheet only."""
    worker_ids = [workers[row.number].id for row in rows if row.number in workers]
    work_days.fold_month(session, project_id=project_id, worker_ids=worker_ids, month=month)
    first = month_start(month)
    cells = sheet_queries.list_cells(
        session, worker_ids=worker_ids, first=first, until=next_month(first)
    )
    return {
        (worker_id, day): (units, IMPORTED_MARK in marks)
        for worker_id, days in cells.items()
        for day, units, marks in days
    }


def _sort_out(
    rows: Sequence[ForeignRow],
    workers: Mapping[int, ImportWorker],
    recorded: Mapping[tuple[UUID, int], tuple[int, bool]],
    first: date,
) -> tuple[list[_Claim], dict[int, DayCounts]]:
    """Return the days to write, and by row number what becomes of all of them."""
    claims: list[_Claim] = []
    counts = {row.number: DayCounts() for row in rows}
    for row in rows:
        if row.is_rejected or row.number not in workers:
            continue
        worker_id = workers[row.number].id
        seen: Counter[str] = Counter()
        for day, units in sorted(row.days.items()):
            fate = _judge(recorded.get((worker_id, day)), units)
            seen[fate] += 1
            if fate == "imported":
                claims.append(_Claim(worker_id, first.replace(day=day), units, row.number))
            elif fate == "kept":
                row.report(str(day), SheetFindingCode.DAY_ON_RECORD)
        counts[row.number] = DayCounts(**seen)
    return claims, counts


def _judge(recorded: tuple[int, bool] | None, units: int) -> str:
    """Return which of `DayCounts` a claimed day belongs to."""
    if recorded is None:
        return "imported"
    known, is_imported = recorded
    return "repeated" if is_imported and known == min(units, 100) else "kept"


def _store(session: Session, file: _File, claims: Sequence[_Claim]) -> UUID:
    """Write the days down as those of one import; return its id."""
    ensure_partitions_for(session, {claim.day for claim in claims}, today=local_date(file.at))
    book = queries.get_day_rules(session, file.project_id)
    sheet_import = SheetImport(
        project_id=file.project_id,
        month=file.month,
        file_hash=file.digest,
        days=len(claims),
        imported_by_id=file.actor.person_id if file.actor else None,
        created_at=file.at,
    )
    session.add(sheet_import)
    session.flush()
    rows = [
        _make_check_in(sheet_import, claim, direction, book.on(claim.day)).model_dump()
        for claim in claims
        for direction in Direction
    ]
    statement = insert(CheckIn).on_conflict_do_nothing(index_elements=REPORT_KEY)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.execute(statement, rows[start : start + ROWS_AT_ONCE])
    work_days.fold_month(
        session,
        project_id=file.project_id,
        worker_ids={claim.worker_id for claim in claims},
        month=file.month,
    )
    return sheet_import.id


def _make_check_in(
    sheet_import: SheetImport, claim: _Claim, direction: Direction, rules: DayRules
) -> CheckIn:
    occurred_at = day_start(claim.day, at=max(USUAL_START, rules.day_starts_at))
    if direction is Direction.OUT:
        occurred_at += timedelta(minutes=compute_presence(claim.units, rules))
    return CheckIn(
        project_id=sheet_import.project_id,
        source_id=sheet_import.id,
        nonce=f"sheet:{claim.worker_id.hex}:{claim.day:%Y%m%d}:{direction.value}",
        project_worker_id=claim.worker_id,
        direction=direction,
        method=CheckInMethod.IMPORTED,
        grade=Grade.E,
        occurred_at=occurred_at,
        received_at=sheet_import.created_at,
        admitted=False,
        valid=True,
        reason=ScanReason.OK,
        note=f"外来考勤表第 {claim.row} 行，只记工日，时刻不是实际打卡时刻",
    )


def _report(row: ForeignRow, days: DayCounts) -> ForeignRowResult:
    return ForeignRowResult(row.number, mask_name(row.name), row.is_rejected, days, row.found)


def _record_import(session: Session, file: _File, report: ForeignReport) -> None:
    audit.record(
        session,
        actor=file.actor,
        action="attendance.import-sheet",
        subject_kind="project",
        subject_id=file.project_id,
        reason="外来考勤表导入",
        month=file.month,
        file_hash=file.digest,
        imported_days=str(report.days.imported),
        kept_days=str(report.days.kept),
        rejected_rows=str(report.rejected),
    )
