"""Use cases of the labour manager: take over what the bank says of the wage account, or undo it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.clock import local_date
from db.base import new_id
from db.models import WageAccountEntry
from identity import audit
from identity.principal import Principal
from payroll import account_file, account_queries
from payroll.account_errors import StatementNotLastError
from payroll.account_file import StatementLine
from projects.findings import Finding, Severity
from projects.queries import lock_project


@dataclass(frozen=True, slots=True)
class StatementReport:
    """What became of a statement; with an error in it nothing is taken over."""

    is_dry_run: bool
    imported: int
    known: int
    """Lines that had been taken over before."""
    findings: list[Finding]

    @property
    def is_refused(self) -> bool:
        """Whether an error kept the whole statement out."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def import_wage_account(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    content: bytes,
    dry_run: bool,
    at: datetime,
) -> StatementReport:
    """Take over the movements of a bank statement, each once by the bank's own number.

    A dry run reports the same and changes nothing. Raises the refusals of `read_statement`.
    """
    lock_project(session, project_id)
    statement = account_file.read_statement(content, today=local_date(at))
    references = [line.reference for line in statement.lines]
    known = account_queries.map_entries(session, project_id, references)
    earlier = {reference: _as_line(entry) for reference, entry in known.items()}
    findings = statement.findings + account_file.compare_known(statement.lines, earlier)
    new = [line for line in statement.lines if line.reference not in known]
    if not known and not findings:
        last = account_queries.find_latest_entry(session, project_id)
        findings += account_file.compare_last(statement.lines, _as_line(last) if last else None)
    report = StatementReport(dry_run, len(new), len(known), findings)
    if report.is_refused:
        return StatementReport(dry_run, 0, len(known), findings)
    if new and not dry_run:
        session.add_all([_make_entry(project_id, line, at) for line in new])
        _record(session, principal, project_id, report)
        session.flush()
    return report


def withdraw_statement(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    imported_at: datetime,
    reason: str,
    at: datetime,
) -> None:
    """Take back the last statement, so that the bank's true one can be imported.

    Its lines stay, marked. StatementNotLastError for any other statement.
    """
    lock_project(session, project_id)
    if imported_at != account_queries.find_last_import(session, project_id):
        raise StatementNotLastError
    entries = account_queries.list_imported(session, project_id, imported_at=imported_at)
    for entry in entries:
        entry.withdrawn_at = at
        entry.withdrawal = reason
    audit.record(
        session,
        actor=principal,
        action="payroll.wage-account-withdrawn",
        subject_kind="project",
        subject_id=project_id,
        reason=reason,
        withdrawn=str(len(entries)),
    )
    session.flush()


def _make_entry(project_id: UUID, line: StatementLine, at: datetime) -> WageAccountEntry:
    return WageAccountEntry(
        id=new_id(),
        created_at=at,
        project_id=project_id,
        reference=line.reference,
        booked_date=line.booked_date,
        inflow_fen=line.inflow_fen,
        outflow_fen=line.outflow_fen,
        balance_fen=line.balance_fen,
        purpose=line.purpose,
        remark=line.remark or None,
    )


def _as_line(entry: WageAccountEntry) -> StatementLine:
    return StatementLine(
        number=0,
        reference=entry.reference,
        booked_date=entry.booked_date,
        inflow_fen=entry.inflow_fen,
        outflow_fen=entry.outflow_fen,
        balance_fen=entry.balance_fen,
        remark=entry.remark or "",
    )


def _record(
    session: Session, principal: Principal, project_id: UUID, report: StatementReport
) -> None:
    audit.record(
        session,
        actor=principal,
        action="payroll.wage-account-imported",
        subject_kind="project",
        subject_id=project_id,
        reason="导入工资专户流水",
        imported=str(report.imported),
        known=str(report.known),
    )
