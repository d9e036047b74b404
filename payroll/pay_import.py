"""Importing a pay sheet somebody kept in Excel into the draft; what it pays is still checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from attendance.day_rules import format_units
from core.enums import PaySheetState
from core.masking import mask_name
from core.money import to_yuan
from db.models import PaySheet
from db.session import blind_index
from identity import audit
from identity.principal import Principal
from payroll import batch_queries, drawing, pay_file, queries, term_queries
from payroll.drawing import Drawn, TeamMonth
from payroll.pay_file import PayRow
from payroll.pay_findings import PayFinding, PayFindingCode
from payroll.pay_rules import PayItem
from payroll.queries import Payee
from payroll.service import make_payslip
from payroll.term_errors import DeductionTooLargeError, NegativeNetError, PaySheetNotDraftError
from projects.findings import Finding
from projects.workbook import open_workbook


@dataclass(frozen=True, slots=True)
class PayRowResult:
    """One row of the file and what became of it, or in a dry run would have."""

    row: int
    masked_name: str
    is_rejected: bool
    net_fen: int | None
    """None for a rejected row."""
    findings: list[Finding | PayFinding]


@dataclass(frozen=True, slots=True)
class PayImportReport:
    """Every row of a file, in the file's order, and who has attendance and no row."""

    is_dry_run: bool
    rows: list[PayRowResult]
    without_row: tuple[str, ...]
    """Masked names; their lines stay as attendance and contract make them."""

    @property
    def imported(self) -> int:
        """How many rows were taken over."""
        return sum(not row.is_rejected for row in self.rows)

    @property
    def rejected(self) -> int:
        """How many rows were not."""
        return sum(row.is_rejected for row in self.rows)


def import_pay_sheet(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    content: bytes,
    dry_run: bool,
    at: datetime,
    county_facts: Path | None = None,
) -> PayImportReport:
    """Replace what the draft's good rows earn by the file's amounts and report on every row.

    Supplements, deductions and advances must be on record already; the file cannot bring any. A
    dry run takes the same path and writes nothing. Raises PaySheetNotFoundError,
    PaySheetNotDraftError and the workbook refusals of `projects.errors`; rows never raise.
    """
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    if sheet.state is not PaySheetState.DRAFT:
        raise PaySheetNotDraftError
    rows = pay_file.read_rows(open_workbook(content, sheets=[pay_file.SHEET]), month=sheet.month)
    team = drawing.load_team_month(session, sheet, county_facts=county_facts)
    payees = _match(session, team, rows)
    drawn = {
        row.number: each
        for row in rows
        if not row.is_rejected and (each := _draw_row(team, payees[row.number], row))
    }
    if not dry_run:
        _store(session, sheet, list(drawn.values()), at)
        _record(session, principal, sheet, len(drawn), len(rows))
    return PayImportReport(
        is_dry_run=dry_run,
        rows=[_report(row, drawn.get(row.number)) for row in rows],
        without_row=_list_without_row(team, payees),
    )


def _match(session: Session, team: TeamMonth, rows: Sequence[PayRow]) -> dict[int, Payee]:
    """Return by row number whom the rows mean; report the rows that mean nobody here."""
    by_index = {payee.person.id_number_index: payee for payee in team.payees}
    found: dict[int, Payee] = {}
    for row in rows:
        if not row.id_number:
            continue
        payee = by_index.get(blind_index(session, "person.id_number", row.id_number))
        if payee is None:
            row.report(pay_file.ID_NUMBER, PayFindingCode.UNKNOWN_WORKER)
            continue
        found[row.number] = payee
        _check_identity(session, team, payee, row)
    return found


def _check_identity(session: Session, team: TeamMonth, payee: Payee, row: PayRow) -> None:
    if row.name != payee.person.name:
        row.report(pay_file.NAME, PayFindingCode.NAME_DISAGREES)
    worked = team.worked_of(payee.worker.id)
    if worked.is_empty and row.fen(pay_file.GROSS) > row.fen(pay_file.SUPPLEMENT):
        row.report(pay_file.ID_NUMBER, PayFindingCode.WITHOUT_ATTENDANCE)
    if row.units is not None and row.units != worked.units:
        units = format_units(worked.units)
        row.report(pay_file.DAYS, PayFindingCode.DAYS_DIFFER, units=units)
    if row.bank_card is not None and row.bank_card != payee.worker.bank_card:
        _check_card(session, payee, row, row.bank_card)


def _check_card(session: Session, payee: Payee, row: PayRow, card: str) -> None:
    """A card that is not the worker's is kept out; one that is somebody else's is an error."""
    index = blind_index(session, "project_worker.bank_card", card)
    sharers = set(batch_queries.list_card_sharers(session, index)) - {payee.person.id}
    if sharers:
        row.report_shared_card("已登记的另一个人", "somebody else on record")
    else:
        row.report(pay_file.BANK_CARD, PayFindingCode.CARD_DIFFERS)


def _draw_row(team: TeamMonth, payee: Payee, row: PayRow) -> Drawn | None:
    """Return the payslip the row makes; None, with findings, where it cannot be paid so."""
    try:
        drawn = drawing.draw(team, payee, _make_earned(team, payee, row))
    except (DeductionTooLargeError, NegativeNetError) as refusal:
        row.report(
            pay_file.DEDUCTION,
            PayFindingCode.NOT_LAWFUL,
            why=refusal.advice.format_map(refusal.facts),
            why_en=refusal.advice_en.format_map(refusal.facts),
        )
        return None
    _compare_record(row, drawn)
    _compare_sums(row, drawn)
    worked_out = sum(item.amount_fen for item in drawing.compute_earned(team, payee.worker.id))
    if sum(row.fen(column) for column in pay_file.EARNED) < worked_out:
        expected = to_yuan(worked_out)
        row.report(pay_file.GROSS, PayFindingCode.LESS_THAN_WORKED_OUT, expected=expected)
    return None if row.is_rejected else drawn


def _make_earned(team: TeamMonth, payee: Payee, row: PayRow) -> tuple[PayItem, ...]:
    days = tuple(day.date for day in team.days_of(payee.worker.id))
    return tuple(
        _make_item(row, column, amount, days)
        for column in pay_file.EARNED
        if (amount := row.fen(column))
    )


def _make_item(row: PayRow, column: str, amount: int, days: tuple[date, ...]) -> PayItem:
    """Return a line that is worth the amount of its column; only base pay is days times price."""
    price = row.amounts.get(pay_file.PRICE)
    if column == pay_file.BASE and row.units is not None and price is not None:
        return PayItem(column, format_units(row.units), "工日", price, "工日", amount, days)
    return PayItem(column, "1", "项", amount, "项", amount, days)


def _compare_record(row: PayRow, drawn: Drawn) -> None:
    """What the file takes off or makes good must be what is on record, to the fen."""
    facts = drawn.facts
    advances = sum(line.amount_fen for line in facts.deductions if line.advance_id)
    recorded = {
        pay_file.SUPPLEMENT: sum(item.amount_fen for item in facts.items if item.for_month),
        pay_file.DEDUCTION: facts.deductions_fen - advances,
        pay_file.ADVANCE: advances,
    }
    for column, fen in recorded.items():
        if fen != row.fen(column):
            row.report(column, PayFindingCode.NOT_RECORDED, recorded=to_yuan(fen))


def _compare_sums(row: PayRow, drawn: Drawn) -> None:
    """The payslip pays what the file says, to the fen, or the row is not taken over."""
    if row.is_rejected:
        return
    for column, code, fen in (
        (pay_file.GROSS, PayFindingCode.GROSS_DIFFERS, drawn.facts.gross_fen),
        (pay_file.NET, PayFindingCode.NET_DIFFERS, drawn.facts.net_fen),
    ):
        if fen != row.fen(column):
            row.report(column, code, expected=to_yuan(fen))


def _store(session: Session, sheet: PaySheet, drawn: Sequence[Drawn], at: datetime) -> None:
    for each in drawn:
        term_queries.forget_use(session, sheet_id=sheet.id, worker_id=each.payee.worker.id)
    queries.delete_draft_payslips(session, sheet, [each.payee.worker.id for each in drawn])
    drawing.settle(session, sheet, drawn, at=at)
    session.add_all(make_payslip(sheet, each, version=1, at=at) for each in drawn)
    session.flush()


def _report(row: PayRow, drawn: Drawn | None) -> PayRowResult:
    return PayRowResult(
        row=row.number,
        masked_name=row.masked_name,
        is_rejected=drawn is None,
        net_fen=None if drawn is None else drawn.facts.net_fen,
        findings=row.found,
    )


def _list_without_row(team: TeamMonth, payees: dict[int, Payee]) -> tuple[str, ...]:
    named = {payee.worker.id for payee in payees.values()}
    return tuple(
        mask_name(payee.person.name)
        for payee in team.payees
        if payee.worker.id not in named and not team.worked_of(payee.worker.id).is_empty
    )


def _record(
    session: Session, principal: Principal, sheet: PaySheet, imported: int, rows: int
) -> None:
    audit.record(
        session,
        actor=principal,
        action="payroll.pay-sheet-imported",
        subject_kind="pay_sheet",
        subject_id=sheet.id,
        reason="工资表导入",
        imported=str(imported),
        rejected=str(rows - imported),
    )
