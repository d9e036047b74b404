"""Who stood beside a worker at a kiosk, who asks again, and what belongs to a dispute."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from core.enums import Role
from core.wage_enums import CallBackOutcome, CallBackReason
from db.base import Record, UtcDateTime, enum_type


class WitnessRequest(Record, table=True):
    """A worker at a kiosk asks somebody to witness their answer; append-only by trigger."""

    __tablename__ = "witness_request"

    project_id: UUID = Field(foreign_key="project.id")
    payslip_id: UUID = Field(foreign_key="payslip.id", index=True)
    person_id: UUID = Field(foreign_key="person.id")
    kiosk_id: UUID = Field(foreign_key="device.id")
    sign_in_family_id: UUID = Field(index=True)
    """The sign-in with card and PIN in which the answer has to follow."""
    content_hash: str = Field(max_length=64)
    """Of what the kiosk showed."""
    code_index: bytes = Field(max_length=32, index=True)
    """Keyed hash of the code on the kiosk's screen."""
    expires_at: datetime = Field(sa_type=UtcDateTime)


class WitnessStatement(Record, table=True):
    """Somebody at their own phone says that they stand beside the worker; append-only."""

    __tablename__ = "witness_statement"
    __table_args__ = (sa.UniqueConstraint("project_id", "request_id"),)

    project_id: UUID = Field(foreign_key="project.id")
    request_id: UUID = Field(foreign_key="witness_request.id")
    witness_id: UUID = Field(foreign_key="person.id", index=True)
    witness_role: Role = Field(sa_type=enum_type(Role))
    sign_in_family_id: UUID
    content_hash: str = Field(max_length=64)


class CallBack(Record, table=True):
    """A confirmation at a kiosk about which its worker is asked again."""

    __tablename__ = "call_back"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "answer_id"),
        sa.Index(
            "ix_call_back_open", "project_id", "id", postgresql_where=sa.text("outcome IS NULL")
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    answer_id: UUID = Field(foreign_key="payslip_answer.id")
    reason: CallBackReason = Field(sa_type=enum_type(CallBackReason))
    due_date: date
    outcome: CallBackOutcome | None = Field(default=None, sa_type=enum_type(CallBackOutcome))
    note: str | None = Field(default=None, max_length=500)
    called_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    called_by: UUID | None = Field(default=None, foreign_key="person.id")


class DisputeFile(Record, table=True):
    """A photo or recording that belongs to a dispute; append-only by trigger."""

    __tablename__ = "dispute_file"
    __table_args__ = (sa.UniqueConstraint("project_id", "answer_id", "digest"),)

    project_id: UUID = Field(foreign_key="project.id")
    payslip_id: UUID = Field(foreign_key="payslip.id", index=True)
    answer_id: UUID = Field(foreign_key="payslip_answer.id")
    digest: str = Field(max_length=64)
    """SHA-256 (hex), under which `evidence.blobs` keeps it."""
    media_type: str = Field(max_length=40)
