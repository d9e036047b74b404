"""Use case of the bank's answer: take it over line by line and have each worker told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.calendar import WORKING_DAYS
from core.clock import local_date
from core.enums import PayRowState
from db.models import PayBatch
from identity.principal import Principal
from notifications.webhooks.events import EventKind
from notifications.webhooks.service import announce
from payroll import bank_file, batch_queries, queries, rejections, rules, witnesses
from payroll.bank import check_released, record_act
from payroll.bank_file import ResultRow
from payroll.batch_queries import SentRow
from payroll.errors import (
    ResultContradictsError,
    ResultRowNeverSentError,
    ResultWrongBatchError,
)
from payroll.result_news import enqueue_telling
from payroll.rules import SheetAction

SUBMITTED = PayRowState.SUBMITTED
EVENTS = {
    PayRowState.ACKNOWLEDGED: EventKind.PAYSLIP_PAID,
    PayRowState.REJECTED: EventKind.PAYSLIP_BOUNCED,
}
"""What other systems hear of a line the bank has decided."""
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ImportedResult:
    """A batch after a result file."""

    batch: PayBatch
    rows: list[SentRow]
    changed_count: int
    """Rows this file decided; 0 when it was imported before."""

    def count(self, state: PayRowState) -> int:
        """Return how many rows of the batch are in a state."""
        return sum(row.state is state for row in self.rows)


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
    """Take over the bank's answer row by row and have each worker told; all of the file or nothing.

    Importing a file again changes nothing and tells nobody. The sheet is settled once the bank
    has acknowledged every line. Raises BatchNotReleasedError and the `Result…Error` refusals of
    `payroll.errors`.
    """
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    batch = batch_queries.lock_pay_batch(session, sheet_id=sheet.id, reference=reference)
    answer = bank_file.read_result(content)
    if answer.reference != reference:
        raise ResultWrongBatchError(found=answer.reference, expected=reference)
    check_released(session, batch)
    assert batch.decided_at is not None  # as the log says of what was released
    released = local_date(batch.decided_at)
    bank_file.check_dates(answer.rows, released=released, today=local_date(at))
    sent = {row.row_number: row for row in batch_queries.list_sent_rows(session, batch.id)}
    _check_was_sent(answer.rows, sent)
    settled = _settle(answer.rows, sent, at)
    if settled:
        batch_queries.settle_rows(session, settled)
        enqueue_telling(session, batch)
    witnesses.record_bank_rows(session, settled, at=at)
    _announce(session, settled, project_id=project_id, at=at)
    batch.result_at = batch.result_at or at
    record_act(session, principal, "payroll.bank-result-imported", batch)
    session.flush()
    if settled and not batch_queries.has_unpaid(session, sheet.id):
        sheet.state = rules.next_state(sheet.state, SheetAction.SETTLE)
        announce(
            session,
            EventKind.PAY_SHEET_SETTLED,
            subject_ids=[sheet.id],
            at=at,
            project_id=project_id,
        )
    rows = {**sent, **{row.row_number: row for row in settled}}
    return ImportedResult(batch, list(rows.values()), len(settled))


def _announce(
    session: Session, settled: Sequence[SentRow], *, project_id: UUID, at: datetime
) -> None:
    for state, kind in EVENTS.items():
        payslip_ids = [row.payslip_id for row in settled if row.state is state]
        announce(session, kind, subject_ids=payslip_ids, at=at, project_id=project_id)


def _check_was_sent(lines: Sequence[ResultRow], sent: Mapping[int, SentRow]) -> None:
    """Refuse the file if a row was never sent, or says otherwise than an earlier file."""
    if strange := [line.line for line in lines if not _is_same(line, sent.get(line.row_number))]:
        raise ResultRowNeverSentError(lines=_join(strange))
    if otherwise := [line.line for line in lines if _contradicts(line, sent[line.row_number])]:
        raise ResultContradictsError(lines=_join(otherwise))


def _is_same(line: ResultRow, row: SentRow | None) -> bool:
    return row is not None and (line.account, line.amount_fen) == (row.account, row.amount_fen)


def _contradicts(line: ResultRow, row: SentRow) -> bool:
    """Tell whether a decided row is said to have ended otherwise, or on another day."""
    said = (_state_of(line), line.settled_date)
    return row.state is not SUBMITTED and (row.state, row.settled_date) != said


def _state_of(line: ResultRow) -> PayRowState:
    return PayRowState.ACKNOWLEDGED if line.is_paid else PayRowState.REJECTED


def _join(lines: Sequence[int]) -> str:
    return "、".join(str(line) for line in lines)


def _settle(lines: Sequence[ResultRow], sent: Mapping[int, SentRow], at: datetime) -> list[SentRow]:
    """Return the undecided rows as the bank has decided them."""
    correct_by = rejections.compute_correction_date(local_date(at), WORKING_DAYS)
    return [
        sent[line.row_number]._replace(
            state=_state_of(line),
            settled_date=line.settled_date,
            rejection=None if line.is_paid else line.reason[:REASON_LENGTH],
            correct_by=None if line.is_paid else correct_by,
        )
        for line in lines
        if sent[line.row_number].state is SUBMITTED
    ]
