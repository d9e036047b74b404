"""Importing a roster: read, judge, register, and report on every row."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from db.session import blind_index
from identity import audit
from identity.principal import Principal
from projects import lines, queries, rules
from projects.findings import Finding
from projects.record import look_up
from projects.registration import IMPORT_REASON, Registrar
from projects.rules import KeyedRow, RosterFacts
from projects.workbook import open_workbook

ID_NUMBER_CONTEXT = "person.id_number"
BANK_CARD_CONTEXT = "project_worker.bank_card"


class RowOutcome(StrEnum):
    """What became of a row, or in a dry run would have become of it."""

    IMPORTED = "imported"
    """New on this project."""
    UPDATED = "updated"
    """Was on this project already."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RowResult:
    """One row of the sheet; `row` as Excel counts."""

    row: int
    masked_name: str
    outcome: RowOutcome
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class RosterReport:
    """Every row of a file, in the file's order."""

    is_dry_run: bool
    rows: list[RowResult]

    @property
    def imported(self) -> int:
        return self._count(RowOutcome.IMPORTED)

    @property
    def updated(self) -> int:
        return self._count(RowOutcome.UPDATED)

    @property
    def rejected(self) -> int:
        return self._count(RowOutcome.REJECTED)

    def _count(self, outcome: RowOutcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)


def import_roster(
    session: Session,
    *,
    project_id: UUID,
    content: bytes,
    dry_run: bool,
    at: datetime,
    actor: Principal | None = None,
) -> RosterReport:
    """Bring the good rows of an .xlsx roster onto the project and report on all of them.

    A dry run takes the same path and writes nothing. Raises the workbook refusals of
    `projects.errors`; rows never raise.
    """
    queries.lock_project(session, project_id)
    rows = _read_rows(session, content)
    record = look_up(session, project_id, rows)
    rules.check_file(rows)
    rules.check_against_record(rows, record.facts)
    if not dry_run:
        Registrar(session, record, at, actor).register(rows)
    report = _report(rows, record.facts, is_dry_run=dry_run)
    if not dry_run:
        _record_import(session, project_id, report, actor)
    return report


def _read_rows(session: Session, content: bytes) -> list[KeyedRow]:
    workbook = open_workbook(content, sheets=[lines.SHEET])
    rows = map(lines.read_row, workbook.read_sheet(lines.SHEET, lines.COLUMNS))
    return [_key(session, row) for row in rows]


def _key(session: Session, row: lines.RosterRow) -> KeyedRow:
    identity, card = row.line.identity, row.line.bank_card
    return KeyedRow(
        row,
        (identity.id_type, blind_index(session, ID_NUMBER_CONTEXT, identity.id_number)),
        blind_index(session, BANK_CARD_CONTEXT, card) if card else None,
    )


def _report(rows: Collection[KeyedRow], facts: RosterFacts, *, is_dry_run: bool) -> RosterReport:
    return RosterReport(
        is_dry_run=is_dry_run,
        rows=[
            RowResult(
                row.row.findings.number,
                row.row.masked_name,
                _outcome(row, facts),
                row.row.findings.found,
            )
            for row in rows
        ],
    )


def _outcome(row: KeyedRow, facts: RosterFacts) -> RowOutcome:
    if row.row.findings.is_rejected:
        return RowOutcome.REJECTED
    person = facts.people.get(row.identity)
    if person is not None and person.place is not None:
        return RowOutcome.UPDATED
    return RowOutcome.IMPORTED


def _record_import(
    session: Session, project_id: UUID, report: RosterReport, actor: Principal | None
) -> None:
    audit.record(
        session,
        actor=actor,
        action="projects.import_roster",
        subject_kind="project",
        subject_id=project_id,
        reason=IMPORT_REASON,
        imported=str(report.imported),
        updated=str(report.updated),
        rejected=str(report.rejected),
    )
