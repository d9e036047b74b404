"""What `make audit` asks of wage rows together: each may be as recorded and still not be true."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.enums import EvidenceKind, PayslipAnswerState
from db.models import PayslipAnswer
from evidence.audit import Fault, Finding
from evidence.receipts import NotGenuineError, verify_receipt
from payroll import agreed_queries, audit_queries

CHECKS: tuple[tuple[Fault, EvidenceKind, Callable[[Session], list[UUID]]], ...] = (
    ("not the worker's answer", EvidenceKind.PAYSLIP, agreed_queries.list_misstated),
    ("not the last version", EvidenceKind.PAYSLIP, agreed_queries.list_superseded),
    ("not released by two", EvidenceKind.PAY_BATCH, audit_queries.list_not_released_by_two),
)


def check_wages(session: Session, key_set: Mapping[str, Any]) -> Iterator[Finding]:
    """Name payslips and bank files that say more than people did, and receipts nobody signed."""
    for fault, kind, list_ids in CHECKS:
        for subject_id in list_ids(session):
            yield Finding(fault, kind, str(subject_id))
    for answer in audit_queries.iterate_answers(session):
        if not _is_receipt_genuine(answer, key_set):
            yield Finding("receipt not genuine", EvidenceKind.PAYSLIP_ANSWER, str(answer.id))


def _is_receipt_genuine(answer: PayslipAnswer, key_set: Mapping[str, Any]) -> bool:
    """Tell whether a confirmation carries our signature over just this answer."""
    if answer.state is not PayslipAnswerState.CONFIRMED:
        return True
    try:
        said = verify_receipt(answer.receipt or "", key_set)
    except NotGenuineError:
        return False
    expected = {
        "sub": str(answer.payslip_id),
        "jti": str(answer.id),
        "answer": answer.state.value,
        "content_hash": answer.content_hash,
    }
    return expected.items() <= said.items()
