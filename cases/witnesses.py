"""What signatures under agreements say, for the evidence log and as `make audit` reads it again."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import Session

from cases import agreement_queries
from core.enums import EvidenceKind
from db.models import AgreementSignature
from evidence.audit import Witness


def describe_signature(signature: AgreementSignature) -> dict[str, Any]:
    """Return who signed what and when: ids and hashes, and the name under the paper.

    The log keeps a hash of it. It covers no name of a signature from before migration 0029.
    """
    on_paper = {
        "recorded_by": str(signature.recorded_by),
        "proof_digest": signature.proof_digest,
        **({"signer_name": signature.signer_name} if signature.is_name_logged else {}),
    }
    return {
        "event_id": str(signature.event_id),
        "party": signature.party.value,
        "person_id": signature.person_id and str(signature.person_id),
        "content_hash": signature.content_hash,
        "is_at_kiosk": signature.is_at_kiosk,
        "signed_at": int(signature.created_at.timestamp()),
        **(on_paper if signature.recorded_by else {}),
    }


def _read_signatures(session: Session) -> Iterator[tuple[UUID, Mapping[str, Any] | None]]:
    """Say nothing of a row whose sealed name cannot be opened."""
    for signature in agreement_queries.iterate_signatures(session):
        is_unreadable = signature.recorded_by is not None and signature.signer_name is None
        yield signature.id, None if is_unreadable else describe_signature(signature)


WITNESSES: dict[EvidenceKind, Witness] = {EvidenceKind.AGREEMENT_SIGNATURE: _read_signatures}
