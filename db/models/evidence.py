"""The evidence log: hashes of facts people must be able to prove, as one growing Merkle tree."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.enums import EvidenceKind
from db.base import Record, enum_type


class EvidenceEntry(Record, table=True):
    """What one row said when it was written; a leaf of the tree once the next seal counts it.

    Append-only by trigger, except that `position` is given once.
    """

    __tablename__ = "evidence_entry"
    __table_args__ = (
        sa.Index(None, "kind", "subject_id"),
        sa.Index(
            "ix_evidence_entry_unsealed",
            "created_at",
            "id",
            postgresql_where=sa.text("position IS NULL"),
        ),
    )

    kind: EvidenceKind = Field(sa_type=enum_type(EvidenceKind))
    subject_id: UUID
    digest: bytes = Field(max_length=32)
    """SHA-256 of the RFC 8785 form of what the row said."""
    leaf_hash: bytes = Field(max_length=32, unique=True)
    """RFC 6962 hash of the leaf; its content is `evidence.log.leaf_content`."""
    tag: bytes | None = Field(default=None, max_length=32)
    """Keyed hash of `leaf_hash`, which only the product can make; NULL before there were tags."""
    position: int | None = Field(default=None, sa_type=sa.BigInteger, unique=True)
    """The leaf's place in the tree, from 0; NULL until sealed."""


class EvidenceNode(SQLModel, table=True):
    """The hash of one complete subtree; it never changes, see `evidence.merkle`."""

    __tablename__ = "evidence_node"

    level: int = Field(sa_type=sa.SmallInteger, primary_key=True)
    index: int = Field(sa_type=sa.BigInteger, primary_key=True)
    digest: bytes = Field(max_length=32)


class EvidenceSeal(Record, table=True):
    """The tree's root at the end of a day, signed, and chained to the seal before."""

    __tablename__ = "evidence_seal"

    sealed_date: date = Field(unique=True)
    tree_size: int = Field(sa_type=sa.BigInteger)
    root: bytes = Field(max_length=32)
    previous_id: UUID | None = Field(default=None, foreign_key="evidence_seal.id", unique=True)
    statement: str
    """JWS (ES256) over date, size, root and the SHA-256 of the statement before."""
