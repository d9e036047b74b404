"""What wage rows say, as it goes into the evidence log and as `make audit` reads it again."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session

from core.enums import EvidenceKind
from db.models import PayBatch, PayBatchRow, Payslip, PayslipAnswer, PayslipReceived
from evidence import log
from evidence.audit import Witness
from evidence.canonical import content_hash
from payroll import audit_queries as queries
from payroll.batch_queries import SentRow
from payroll.queries import Line

Row = TypeVar(
    "Row",
    Payslip,
    PayslipAnswer,
    PayslipReceived,
    PayBatchRow,
    PayBatch,
    Payslip | Line,
    PayBatchRow | SentRow,
)


def describe_payslip(payslip: Payslip) -> dict[str, Any]:
    """Return what a published payslip says; its hash is worked out again from the content."""
    return _describe_payslip(payslip, content_hash(payslip.content))


def _describe_shown(payslip: Payslip | Line) -> dict[str, Any]:
    """Return what a payslip says when it is shown, which its stored hash stands for.

    A draft whose content was changed behind the product's back is therefore named by the audit.
    """
    return _describe_payslip(payslip, payslip.content_hash)


def _describe_payslip(payslip: Payslip | Line, hashed: str) -> dict[str, Any]:
    return {
        **_ids(payslip, "project_id", "pay_sheet_id", "project_worker_id", "person_id"),
        "content_hash": hashed,
        "due_date": payslip.due_date.isoformat(),
        "gross_fen": payslip.gross_fen,
        "deductions_fen": payslip.deductions_fen,
        "net_fen": payslip.net_fen,
        "month": payslip.month,
        "stored_hash": payslip.content_hash,
        "version": payslip.version,
    }


def describe_answer(answer: PayslipAnswer) -> dict[str, Any]:
    """Return what a worker said to a payslip; what is said only sometimes, only then."""
    sometimes = {
        "expected": answer.expected or None,
        "kiosk_id": answer.kiosk_id and str(answer.kiosk_id),
        "statement_id": answer.statement_id and str(answer.statement_id),
    }
    return {
        **{name: said for name, said in sometimes.items() if said is not None},
        **_ids(answer, "project_id", "payslip_id", "person_id", "sign_in_family_id"),
        "answered_at": _instant(answer.created_at),
        "content_hash": answer.content_hash,
        "fields": answer.fields,
        "reason": answer.reason,
        "receipt": answer.receipt,
        "state": answer.state.value,
    }


def describe_received(report: PayslipReceived) -> dict[str, Any]:
    """Return a worker's word on whether the money came."""
    return {
        **_ids(report, "project_id", "payslip_id"),
        "received": report.received,
        "said_at": _instant(report.created_at),
    }


def describe_bank_row(row: PayBatchRow | SentRow) -> dict[str, Any]:
    """Return what a bank was told to pay, and what it answered."""
    return {
        **_ids(row, "project_id", "batch_id", "payslip_id"),
        "account": row.account,
        "amount_fen": row.amount_fen,
        "rejection": row.rejection,
        "row_number": row.row_number,
        "settled_date": row.settled_date and row.settled_date.isoformat(),
        "state": row.state.value,
    }


def describe_batch(batch: PayBatch) -> dict[str, Any]:
    """Return who drew a bank file up and who decided on it; the file's hash is worked out again."""
    return {
        **_ids(batch, "project_id", "pay_sheet_id", "created_by"),
        "decided_at": batch.decided_at and _instant(batch.decided_at),
        "decided_by": batch.decided_by and str(batch.decided_by),
        "file_hash": hashlib.sha256(batch.file.encode()).hexdigest(),
        "lines_hash": batch.lines_hash,
        "reason": batch.reason,
        "reference": batch.reference,
        "row_count": batch.row_count,
        "state": batch.state.value,
        "stored_hash": batch.file_hash,
        "total_fen": batch.total_fen,
    }


def record_payslips(session: Session, payslips: Iterable[Payslip | Line], *, at: datetime) -> None:
    """Note payslips as their workers are shown them."""
    _record(session, EvidenceKind.PAYSLIP, payslips, _describe_shown, at=at)


def record_answer(session: Session, answer: PayslipAnswer, *, at: datetime) -> None:
    """Note a worker's answer."""
    _record(session, EvidenceKind.PAYSLIP_ANSWER, [answer], describe_answer, at=at)


def record_received(session: Session, report: PayslipReceived, *, at: datetime) -> None:
    """Note a worker's word on the money."""
    _record(session, EvidenceKind.PAYSLIP_RECEIVED, [report], describe_received, at=at)


def record_bank_rows(
    session: Session, rows: Iterable[PayBatchRow | SentRow], *, at: datetime
) -> None:
    """Note what a bank is told, or has answered."""
    _record(session, EvidenceKind.PAY_BATCH_ROW, rows, describe_bank_row, at=at)


def record_batch(session: Session, batch: PayBatch, *, at: datetime) -> None:
    """Note a bank file as it is drawn up, or as somebody has decided on it."""
    _record(session, EvidenceKind.PAY_BATCH, [batch], describe_batch, at=at)


def is_batch_recorded(session: Session, batch: PayBatch) -> bool:
    """Tell whether the product noted last what the row of a bank file says."""
    documents = {batch.id: describe_batch(batch)}
    return not log.find_unrecorded(session, kind=EvidenceKind.PAY_BATCH, documents=documents)


def is_only_drawn_up(session: Session, batch: PayBatch) -> bool:
    """Tell whether the product noted how a bank file was drawn up, and no decision on it."""
    return log.count_recorded(session, kind=EvidenceKind.PAY_BATCH, subject_id=batch.id) == 1


def find_unrecorded_answers(session: Session, answers: Iterable[PayslipAnswer]) -> set[UUID]:
    """Return the payslips whose answers the product did not take down as they are now."""
    said = {answer.id: answer for answer in answers}
    documents = {answer_id: describe_answer(answer) for answer_id, answer in said.items()}
    unrecorded = log.find_unrecorded(session, kind=EvidenceKind.PAYSLIP_ANSWER, documents=documents)
    return {said[answer_id].payslip_id for answer_id in unrecorded}


def _record(
    session: Session,
    kind: EvidenceKind,
    rows: Iterable[Row],
    describe: Callable[[Row], Mapping[str, Any]],
    *,
    at: datetime,
) -> None:
    log.record(session, kind=kind, documents={row.id: describe(row) for row in rows}, at=at)


def _read(
    iterate: Callable[[Session], Iterator[Row]], describe: Callable[[Row], Mapping[str, Any]]
) -> Witness:
    def witness(session: Session) -> Iterator[tuple[UUID, Mapping[str, Any]]]:
        for row in iterate(session):
            yield row.id, describe(row)

    return witness


def _read_sealed(
    iterate: Callable[[Session], Iterator[Row]],
    describe: Callable[[Row], Mapping[str, Any]],
    sealed: str,
) -> Witness:
    """Return a witness that says nothing of a row whose sealed column cannot be opened."""

    def witness(session: Session) -> Iterator[tuple[UUID, Mapping[str, Any] | None]]:
        for row in iterate(session):
            yield row.id, None if getattr(row, sealed) is None else describe(row)

    return witness


def _ids(row: object, *names: str) -> dict[str, str]:
    return {name: str(getattr(row, name)) for name in names}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


WITNESSES: dict[EvidenceKind, Witness] = {
    EvidenceKind.PAYSLIP: _read(queries.iterate_published_payslips, describe_payslip),
    EvidenceKind.PAYSLIP_ANSWER: _read(queries.iterate_answers, describe_answer),
    EvidenceKind.PAYSLIP_RECEIVED: _read(queries.iterate_received, describe_received),
    EvidenceKind.PAY_BATCH: _read_sealed(queries.iterate_batches, describe_batch, "file"),
    EvidenceKind.PAY_BATCH_ROW: _read_sealed(
        queries.iterate_bank_rows, describe_bank_row, "account"
    ),
}
