"""The receipt of a confirmed payslip as a document that its worker can keep and anybody check."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.enums import EvidenceKind
from core.keyring import Keyring
from db.models import PayslipAnswer
from evidence import log
from evidence import queries as evidence_queries
from evidence.receipts import jwks
from payroll import queries
from payroll.assisted_queries import was_denied
from payroll.errors import NotConfirmedError
from payroll.witnesses import describe_answer


def get_receipt(
    session: Session, keyring: Keyring, *, person_id: UUID, payslip_id: UUID
) -> dict[str, Any]:
    """Return the worker's receipt document, see `evidence.proofs`.

    `entry` and `inclusion` are None until the day is sealed. Raises PayslipNotFoundError,
    NotConfirmedError.
    """
    payslip = queries.get_own_payslip(session, payslip_id=payslip_id, person_id=person_id)
    answer = queries.map_latest(session, PayslipAnswer, [payslip.id]).get(payslip.id)
    if answer is None or answer.receipt is None or was_denied(session, answer.id):
        raise NotConfirmedError
    entry, inclusion = _find_proof(session, answer)
    return {
        "receipt": answer.receipt,
        "content": payslip.content,
        "keys": jwks(keyring),
        "entry": entry,
        "inclusion": inclusion,
    }


def _find_proof(
    session: Session, answer: PayslipAnswer
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    entry = evidence_queries.find_latest_entry(
        session, kind=EvidenceKind.PAYSLIP_ANSWER, subject_id=answer.id
    )
    if entry is None or entry.position is None:
        return None, None
    seal = evidence_queries.find_latest_seal(session)
    assert seal is not None  # a position is given only by a seal
    proof = log.prove_inclusion(session, leaf_hash=entry.leaf_hash, tree_size=seal.tree_size)
    described = {
        "entry_id": str(entry.id),
        "kind": entry.kind.value,
        "subject_id": str(entry.subject_id),
        "document": describe_answer(answer),
    }
    inclusion = {
        "position": proof.position,
        "hashes": [sibling.hex() for sibling in proof.hashes],
        "seal": seal.statement,
    }
    return described, inclusion
