"""Use cases of payment: hand confirmed payslips to the bank, take over what the bank answers."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.clock import local_date
from core.enums import PayRowState
from core.masking import mask_card
from db.base import new_id
from db.models import PayBatch, PayBatchRow, PaySheet, Payslip
from identity import audit
from identity.principal import Principal
from notifications.templates import Template
from payroll import bank_file, queries, rules, witnesses
from payroll.bank_file import FileEncoding, Instruction, ResultRow
from payroll.errors import (
    NothingToPayError,
    ResultContradictsError,
    ResultRowNeverSentError,
    ResultWrongBatchError,
)
from payroll.queries import Payee
from payroll.rules import SheetAction
from payroll.service import tell_worker
from projects.queries import get_project

SUBMITTED = PayRowState.SUBMITTED
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class CreatedBatch:
    """A new batch, and what it could not take along."""

    batch: PayBatch
    card_changed: tuple[str, ...]
    """Workers whose card is not the one they confirmed: adjust, and let them confirm again."""
    remaining_count: int
    """Payable lines beyond one file; ask for another batch."""


@dataclass(frozen=True, slots=True)
class ImportedResult:
    """A batch after a result file."""

    batch: PayBatch
    rows: list[tuple[PayBatchRow, Payslip]]
    changed_count: int
    """Rows this file decided; 0 when it was imported before."""

    def count(self, state: PayRowState) -> int:
        """Return how many rows of the batch are in a state."""
        return sum(row.state is state for row, _ in self.rows)


def create_pay_batch(
    session: Session, *, principal: Principal, project_id: UUID, sheet_id: UUID, at: datetime
) -> CreatedBatch:
    """Put up to 1,000 confirmed payslips that no bank has into a new bank file.

    A payslip is never in two batches unless the bank rejected it. Only the card the worker saw is
    paid to. Raises NothingToPayError, SheetActionNotAllowedError before approval.
    """
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    sheet.state = rules.next_state(sheet.state, SheetAction.INSTRUCT)
    payable = queries.lock_payable(session, sheet.id)
    payees = _find_payees(session, sheet, payable)
    ready = [slip for slip in payable if _is_card_as_shown(slip, payees[slip.project_worker_id])]
    if not ready:
        raise NothingToPayError
    taken = ready[: bank_file.MAX_ROWS]
    instructions = [
        _make_instruction(number, slip, payees[slip.project_worker_id])
        for number, slip in enumerate(taken, start=1)
    ]
    batch = _make_batch(session, principal, sheet, instructions, at)
    session.add(batch)
    session.flush()
    rows = [
        _make_row(batch, slip, instruction)
        for slip, instruction in zip(taken, instructions, strict=True)
    ]
    session.add_all(rows)
    witnesses.record_bank_rows(session, rows, at=at)
    _audit(session, principal, "payroll.pay-batch-created", batch)
    changed = tuple(slip.content["worker_name"] for slip in payable if slip not in ready)
    return CreatedBatch(batch, changed, len(ready) - len(taken))


def read_bank_file(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reference: str,
    encoding: FileEncoding,
) -> bytes:
    """Return the bank file as it was drawn up; it holds full numbers, so reading it is audited."""
    sheet = queries.get_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    batch = queries.get_pay_batch(session, sheet_id=sheet.id, reference=reference)
    _audit(session, principal, "payroll.bank-file-read", batch)
    return bank_file.encode_file(batch.file, encoding)


def import_bank_result(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reference: str,
    content: bytes,
    at: datetime,
) -> ImportedResult:
    """Take over the bank's answer row by row and tell each worker; all of the file or nothing.

    Importing a file again changes nothing and tells nobody. The sheet is settled once the bank
    has acknowledged every line. Raises the `Result…Error` refusals of `payroll.errors`.
    """
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    batch = queries.get_pay_batch(session, sheet_id=sheet.id, reference=reference)
    answer = bank_file.read_result(content)
    bank_file.check_dates(answer.rows, today=local_date(at))
    if answer.reference != reference:
        raise ResultWrongBatchError(found=answer.reference, expected=reference)
    sent = queries.list_batch_rows(session, batch.id)
    by_number = {row.row_number: (row, payslip) for row, payslip in sent}
    _check_was_sent(answer.rows, {number: row for number, (row, _) in by_number.items()})
    news = [line for line in answer.rows if by_number[line.row_number][0].state is SUBMITTED]
    for line in news:
        _settle_row(session, *by_number[line.row_number], line)
    settled = [by_number[line.row_number][0] for line in news]
    witnesses.record_bank_rows(session, settled, at=at)
    batch.result_at = batch.result_at or at
    _audit(session, principal, "payroll.bank-result-imported", batch)
    session.flush()
    if news and not queries.has_unpaid(session, sheet.id):
        sheet.state = rules.next_state(sheet.state, SheetAction.SETTLE)
    return ImportedResult(batch, sent, len(news))


def _find_payees(
    session: Session, sheet: PaySheet, payslips: Sequence[Payslip]
) -> dict[UUID, Payee]:
    worker_ids = [payslip.project_worker_id for payslip in payslips]
    payees = queries.list_payees(session, worker_ids, team_id=sheet.team_id)
    return {payee.worker.id: payee for payee in payees}


def _is_card_as_shown(payslip: Payslip, payee: Payee) -> bool:
    """Tell whether the card is still the one on the payslip (条例 §31: the worker's own card)."""
    shown: dict[str, Any] = payslip.content["payment_means"]
    card, bank_name = payee.worker.bank_card, payee.worker.bank_name
    return (
        card is not None and mask_card(card) == shown["account"] and bank_name == shown["bank_name"]
    )


def _make_instruction(row_number: int, payslip: Payslip, payee: Payee) -> Instruction:
    return Instruction(
        row_number=row_number,
        name=payee.person.name,
        id_number=payee.person.id_number or "",
        account=payee.worker.bank_card or "",
        bank_name=payee.worker.bank_name or "",
        bank_link_number=payee.worker.bank_link_number or "",
        amount_fen=payslip.net_fen,
    )


def _make_batch(
    session: Session,
    principal: Principal,
    sheet: PaySheet,
    instructions: Sequence[Instruction],
    at: datetime,
) -> PayBatch:
    # Random, so that a reference cannot be guessed from another project's.
    reference = f"AX{local_date(at):%Y%m%d}{secrets.token_hex(6).upper()}"
    project_code = get_project(session, sheet.project_id).code
    file = bank_file.write_file(reference, project_code=project_code, instructions=instructions)
    return PayBatch(
        id=new_id(),
        created_at=at,
        project_id=sheet.project_id,
        pay_sheet_id=sheet.id,
        reference=reference,
        row_count=len(instructions),
        total_fen=sum(instruction.amount_fen for instruction in instructions),
        file=file,
        file_hash=hashlib.sha256(file.encode()).hexdigest(),
        created_by=principal.person_id,
    )


def _make_row(batch: PayBatch, payslip: Payslip, instruction: Instruction) -> PayBatchRow:
    return PayBatchRow(
        created_at=batch.created_at,
        project_id=batch.project_id,
        batch_id=batch.id,
        payslip_id=payslip.id,
        row_number=instruction.row_number,
        account=instruction.account,
        amount_fen=instruction.amount_fen,
        state=SUBMITTED,
    )


def _audit(session: Session, principal: Principal, action: str, batch: PayBatch) -> None:
    audit.record(
        session,
        actor=principal,
        action=action,
        subject_kind="pay_batch",
        subject_id=batch.id,
        reason="代发工资",
        reference=batch.reference,
    )


def _check_was_sent(lines: Sequence[ResultRow], sent: dict[int, PayBatchRow]) -> None:
    """Refuse the file if a row was never sent, or says the opposite of an earlier file."""
    if strange := [line.line for line in lines if not _is_same(line, sent.get(line.row_number))]:
        raise ResultRowNeverSentError(lines=_join(strange))
    opposite = [
        line.line
        for line in lines
        if sent[line.row_number].state not in {SUBMITTED, _state_of(line)}
    ]
    if opposite:
        raise ResultContradictsError(lines=_join(opposite))


def _is_same(line: ResultRow, row: PayBatchRow | None) -> bool:
    return row is not None and (line.account, line.amount_fen) == (row.account, row.amount_fen)


def _state_of(line: ResultRow) -> PayRowState:
    return PayRowState.ACKNOWLEDGED if line.is_paid else PayRowState.REJECTED


def _join(lines: Sequence[int]) -> str:
    return "、".join(str(line) for line in lines)


def _settle_row(session: Session, row: PayBatchRow, payslip: Payslip, line: ResultRow) -> None:
    row.state = _state_of(line)
    row.settled_date = line.settled_date
    if line.is_paid:
        tell_worker(session, payslip, Template.WAGE_PAID, event_id=row.id)
    else:
        row.rejection = line.reason[:REASON_LENGTH]
        reason = bank_file.explain_rejection(line.reason)
        tell_worker(session, payslip, Template.WAGE_REJECTED, event_id=row.id, reason=reason)
