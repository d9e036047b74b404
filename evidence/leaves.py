"""What a leaf of the evidence log is made of; pure, so that anybody can make it again."""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.enums import EvidenceKind
from evidence.canonical import canonical_form, sorted_json


def digest(document: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a document's RFC 8785 form."""
    return hashlib.sha256(canonical_form(document)).digest()


def leaf_content(entry_id: UUID, kind: EvidenceKind, subject_id: UUID, said: bytes) -> bytes:
    """Return the bytes of a leaf: nothing personal, only ids and a hash; in RFC 8785 form."""
    return sorted_json.encode(
        {
            "digest": said.hex(),
            "entry_id": str(entry_id),
            "kind": kind.value,
            "subject_id": str(subject_id),
        }
    )
