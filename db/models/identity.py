"""People, what they may do, how they signed in, and who looked at what."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.enums import Notice, Role
from db.base import Record, Sealed, UtcDateTime, enum_type


class Person(Record, table=True):
    """One human being across all projects; a phone is a contact, not a key (crews share them)."""

    __tablename__ = "person"
    __table_args__ = (sa.UniqueConstraint("id_type", "id_number_index"),)

    name: str = Field(max_length=50)
    id_type: str | None = Field(default=None, max_length=2)
    """National 证件类型, e.g. `01`; staff need none."""
    id_number: str | None = Field(default=None, sa_type=Sealed("person.id_number"))
    id_number_index: bytes | None = Field(default=None, max_length=32)
    birth_date: date | None = None
    gender: str | None = Field(default=None, max_length=1)
    """National 性别: `0` male, `1` female."""
    nation: str | None = Field(default=None, max_length=10)
    address: str | None = Field(default=None, sa_type=Sealed("person.address"))
    phone: str | None = Field(default=None, sa_type=Sealed("person.phone"))
    """E.164."""
    phone_index: bytes | None = Field(default=None, max_length=32, index=True)


class RoleGrant(Record, table=True):
    """A role for exactly one scope: a project, an employer, a county, or everywhere."""

    __tablename__ = "role_grant"
    __table_args__ = (
        sa.CheckConstraint("num_nonnulls(project_id, employer_id, county_code) <= 1", "one_scope"),
    )

    person_id: UUID = Field(foreign_key="person.id", index=True)
    role: Role = Field(sa_type=enum_type(Role))
    project_id: UUID | None = Field(default=None, foreign_key="project.id")
    employer_id: UUID | None = Field(default=None, foreign_key="employer.id")
    county_code: str | None = Field(default=None, max_length=6)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SignIn(Record, table=True):
    """One refresh token; rotation adds a row to the family, reuse of an old one ends the family."""

    __tablename__ = "sign_in"

    family_id: UUID = Field(index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    role: Role = Field(sa_type=enum_type(Role))
    grant_id: UUID | None = Field(default=None, foreign_key="role_grant.id")
    kiosk_id: UUID | None = Field(default=None, foreign_key="device.id")
    """Where a card and PIN signed in; NULL for the worker's own phone and for staff."""
    token_hash: bytes = Field(max_length=32, unique=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    rotated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuditEntry(Record, table=True):
    """Somebody saw or did something that must be answerable for; append-only by trigger."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index(None, "subject_kind", "subject_id"),)

    actor_id: UUID | None = Field(default=None, foreign_key="person.id")
    actor_role: Role | None = Field(default=None, sa_type=enum_type(Role))
    action: str = Field(max_length=64)
    subject_kind: str = Field(max_length=32)
    subject_id: UUID
    reason: str = Field(max_length=500)
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)


class WorkerPhoto(Record, table=True):
    """A small portrait for guards to compare with, if the worker wants one.

    Never required, and never compared by a machine. Deleting it deletes the row.
    """

    __tablename__ = "worker_photo"

    person_id: UUID = Field(foreign_key="person.id", unique=True)
    image: str = Field(sa_type=Sealed("worker_photo.image"))
    """JPEG of 120×160 pixels, base64."""
    digest: bytes = Field(max_length=32)
    """SHA-256 of the JPEG."""
    uploaded_by_id: UUID = Field(foreign_key="person.id")
    consent: str = Field(max_length=200)
    """How the worker agreed (个人信息保护法 §29)."""
    notice_version: str = Field(max_length=20)
    """Of the notice they agreed to."""


class Consent(Record, table=True):
    """A person agreed to a notice, and perhaps withdrew that later (个人信息保护法 §15, §29)."""

    __tablename__ = "consent"
    __table_args__ = (
        sa.Index(
            "ix_consent_standing",
            "person_id",
            "notice",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )

    person_id: UUID = Field(foreign_key="person.id")
    notice: Notice = Field(sa_type=enum_type(Notice))
    version: str = Field(max_length=20)
    agreed_at: datetime = Field(sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
