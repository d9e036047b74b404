"""Complaints, the cases made of them, every step, and the legal clocks."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.enums import CaseAction, CaseState, ClockKind, ComplaintKind, Disclosure, Role
from db.base import Record, Sealed, UtcDateTime, enum_type


class Complaint(Record, table=True):
    """What was filed, as it was filed; number and PIN follow it without an account."""

    __tablename__ = "complaint"

    number: str = Field(max_length=20, unique=True)
    pin_hash: str = Field(max_length=128)
    kind: ComplaintKind = Field(sa_type=enum_type(ComplaintKind))
    disclosure: Disclosure = Field(sa_type=enum_type(Disclosure))
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    phone: str | None = Field(default=None, sa_type=Sealed("complaint.phone"))
    project_id: UUID | None = Field(default=None, foreign_key="project.id", index=True)
    subject_kind: str | None = Field(default=None, max_length=32)
    subject_id: UUID | None = None
    """What it is about, e.g. (`payslip`, its id)."""
    county_code: str = Field(max_length=6)
    statement: str = Field(sa_type=Sealed("complaint.statement"))
    amount_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """Prefilled facts at filing: months, amounts, employer; no personal numbers."""


class Case(Record, table=True):
    """案件: what the county works on."""

    __tablename__ = "case"
    __table_args__ = (
        sa.Index(None, "county_code", "id"),
        sa.Index(None, "county_code", "state", "id"),
    )

    number: str = Field(max_length=20, unique=True)
    complaint_id: UUID = Field(foreign_key="complaint.id", unique=True)
    county_code: str = Field(max_length=6)
    state: CaseState = Field(sa_type=enum_type(CaseState))


class CaseEvent(Record, table=True):
    """One step of a case; append-only by trigger."""

    __tablename__ = "case_event"

    case_id: UUID = Field(foreign_key="case.id", index=True)
    action: CaseAction | None = Field(default=None, sa_type=enum_type(CaseAction))
    """NULL for the filing itself."""
    from_state: CaseState | None = Field(
        default=None, sa_type=enum_type(CaseState, column="from_state")
    )
    to_state: CaseState = Field(sa_type=enum_type(CaseState, column="to_state"))
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")
    actor_role: Role | None = Field(default=None, sa_type=enum_type(Role))
    note: str | None = Field(default=None, max_length=1000)


class CaseClock(Record, table=True):
    """A legal deadline running or met."""

    __tablename__ = "case_clock"
    __table_args__ = (sa.Index(None, "due_date", postgresql_where=sa.text("stopped_at IS NULL")),)

    case_id: UUID = Field(foreign_key="case.id", index=True)
    kind: ClockKind = Field(sa_type=enum_type(ClockKind))
    started_date: date
    due_date: date
    is_provisional: bool
    """Some counted day lies in a year whose holidays are not published yet."""
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
