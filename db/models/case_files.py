"""Papers of a case, how they were served, and the files and the sealed bundle of a complaint."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from core.case_enums import AgreementParty, DocumentKind, ServiceMethod, ServiceRecipient
from db.base import Record, Sealed, UtcDateTime, enum_type


class StagedFile(Record, table=True):
    """A file somebody uploaded before filing; gone within a day unless a complaint takes it."""

    __tablename__ = "staged_file"

    token_hash: bytes = Field(max_length=32, unique=True)
    digest: str = Field(max_length=64)
    """SHA-256 (hex), its name in the blob store."""
    media_type: str = Field(max_length=40)
    size: int
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class ComplaintFile(Record, table=True):
    """A picture, recording or PDF that stands with a complaint; append-only by trigger."""

    __tablename__ = "complaint_file"
    __table_args__ = (sa.UniqueConstraint("complaint_id", "digest"),)

    complaint_id: UUID = Field(foreign_key="complaint.id")
    digest: str = Field(max_length=64)
    media_type: str = Field(max_length=40)
    size: int


class EvidenceBundle(Record, table=True):
    """What was known when a complaint was filed, sealed; append-only by trigger."""

    __tablename__ = "evidence_bundle"

    complaint_id: UUID = Field(foreign_key="complaint.id", unique=True)
    manifest: dict[str, Any] = Field(sa_type=JSONB)
    """Every part's path, level, size and SHA-256; no personal number."""
    contents: str = Field(sa_type=Sealed("evidence_bundle.contents"))
    """JSON: path → the exact text of each part that is no uploaded file."""
    seal: str
    """JWS (ES256) over the manifest's hash."""


class DocumentSerial(SQLModel, table=True):
    """The last number a bureau gave to a kind of paper in a year."""

    __tablename__ = "document_serial"

    division_code: str = Field(primary_key=True, max_length=6)
    year: int = Field(primary_key=True)
    kind: DocumentKind = Field(sa_type=enum_type(DocumentKind), primary_key=True)
    last: int


class CaseDocument(Record, table=True):
    """文书: the signed paper of one step; append-only by trigger."""

    __tablename__ = "case_document"
    __table_args__ = (
        sa.UniqueConstraint("division_code", "year", "kind", "serial"),
        sa.UniqueConstraint("event_id", "signatures"),
    )

    case_id: UUID = Field(foreign_key="case.id", index=True)
    event_id: UUID = Field(foreign_key="case_event.id")
    kind: DocumentKind = Field(sa_type=enum_type(DocumentKind))
    signatures: int = 0
    """How many stand on an agreement; with another one it is another paper."""
    division_code: str = Field(max_length=6)
    year: int
    serial: int
    digest: str = Field(max_length=64)
    """SHA-256 (hex) of the signed PDF, its name in the blob store."""
    check_code: str = Field(max_length=16, unique=True)
    """Printed on the paper; whoever has it can ask whether the paper is genuine."""
    drawn_by: UUID = Field(foreign_key="person.id")


class AgreementSignature(Record, table=True):
    """One party put its name to a mediation agreement as it was shown; append-only by trigger."""

    __tablename__ = "agreement_signature"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "party"),
        sa.CheckConstraint(
            "(recorded_by IS NULL AND person_id IS NOT NULL)"
            " OR (recorded_by IS NOT NULL AND proof_digest IS NOT NULL"
            " AND signer_name IS NOT NULL)",
            name="signed_or_recorded",
        ),
    )

    event_id: UUID = Field(foreign_key="case_event.id")
    """The proposal."""
    party: AgreementParty = Field(sa_type=enum_type(AgreementParty))
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    """NULL of who signed on paper and has no account."""
    content_hash: str = Field(max_length=64)
    """SHA-256 (hex) of the canonical text that was shown."""
    is_at_kiosk: bool
    """Signed in by card and PIN instead of on a phone of one's own."""
    receipt: str
    """JWS (ES256) over who, what and when; names nobody."""
    recorded_by: UUID | None = Field(default=None, foreign_key="person.id")
    """The official who took in a signature on paper."""
    signer_name: str | None = Field(default=None, sa_type=Sealed("agreement_signature.signer_name"))
    """As it stands under the paper."""
    is_name_logged: bool = True
    """Whether the evidence log covers that name; it did not before migration 0029."""
    proof_digest: str | None = Field(default=None, max_length=64)
    """A photo or PDF of the signed paper in the blob store."""


class DocumentService(Record, table=True):
    """送达: how and when a paper reached somebody; append-only by trigger."""

    __tablename__ = "document_service"

    document_id: UUID = Field(foreign_key="case_document.id", index=True)
    method: ServiceMethod = Field(sa_type=enum_type(ServiceMethod))
    recipient: ServiceRecipient = Field(sa_type=enum_type(ServiceRecipient))
    served_at: datetime = Field(sa_type=UtcDateTime)
    note: str | None = Field(default=None, max_length=500)
    proof_digest: str | None = Field(default=None, max_length=64)
    """A photo or PDF in the blob store: the signed receipt, the posted paper."""
    recorded_by: UUID = Field(foreign_key="person.id")
