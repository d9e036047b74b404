"""The 安薪码 of each worker."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from db.base import Record, UtcDateTime


class WorkerCode(Record, table=True):
    """Who a code speaks of. A new phone raises `key_generation`, which ends the old one's keys."""

    __tablename__ = "worker_code"

    person_id: UUID = Field(foreign_key="person.id", unique=True)
    worker_ref: bytes = Field(max_length=6, unique=True)
    """48 random bits; says nothing about the person."""
    key_generation: int = 1


class WorkerCard(Record, table=True):
    """A printed card AX2; the platform knows it only by its hash."""

    __tablename__ = "worker_card"
    __table_args__ = (
        sa.Index(
            "ix_worker_card_one_good",
            "person_id",
            unique=True,
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    person_id: UUID = Field(foreign_key="person.id", index=True)
    digest: bytes = Field(max_length=32, unique=True)
    """SHA-256 of the card's 14 random bytes."""
    pin_hash: str | None = Field(default=None, max_length=128)
    """Argon2id of the PIN: the sealed letter's until its holder chooses one."""
    pin_chosen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """NULL while whoever printed the letter may know the PIN; it opens nothing until changed."""
    pin_failures: int = 0
    """Wrong PINs since the last right one."""
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoke_reason: str | None = Field(default=None, max_length=200)


class WorkerPhone(Record, table=True):
    """The sign-in that was given a generation of the worker's keys: one row a generation."""

    __tablename__ = "worker_phone"
    __table_args__ = (sa.UniqueConstraint("person_id", "key_generation"),)

    person_id: UUID = Field(foreign_key="person.id")
    key_generation: int
    sign_in_family_id: UUID
