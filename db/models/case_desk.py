"""Who works on cases: handlers, requests for approval, notes, bureaus and whom they can reach."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.case_enums import CaseAction, ClockKind
from db.base import Record, Sealed, UtcDateTime, enum_type


class CaseHandler(Record, table=True):
    """An inspector who investigates a case, until they step back."""

    __tablename__ = "case_handler"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "person_id"),
        sa.Index(None, "person_id", "case_id"),
    )

    case_id: UUID = Field(foreign_key="case.id")
    person_id: UUID = Field(foreign_key="person.id")
    assigned_by: UUID = Field(foreign_key="person.id")
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recusal: str | None = Field(default=None, max_length=500)
    """The conflict of interest; whoever has one never comes back (回避)."""


class CaseRequest(Record, table=True):
    """A step that waits for the head's decision."""

    __tablename__ = "case_request"
    __table_args__ = (
        sa.Index(
            "ix_case_request_open",
            "case_id",
            "action",
            unique=True,
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
    )

    case_id: UUID = Field(foreign_key="case.id", index=True)
    action: CaseAction = Field(sa_type=enum_type(CaseAction))
    form: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """What the step will say, as it was asked for."""
    requested_by: UUID = Field(foreign_key="person.id")
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_granted: bool | None = None
    reason: str | None = Field(default=None, max_length=1000)
    """Why the head decided so."""


class CaseNote(Record, table=True):
    """What an inspector keeps for colleagues; no complainant or employer reads it. Append-only."""

    __tablename__ = "case_note"

    case_id: UUID = Field(foreign_key="case.id", index=True)
    author_id: UUID = Field(foreign_key="person.id")
    text: str = Field(sa_type=Sealed("case_note.text"))


class BureauHead(Record, table=True):
    """Who decides in the bureau of a division, from one day to another."""

    __tablename__ = "bureau_head"

    division_code: str = Field(max_length=6, index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    from_date: date
    until_date: date | None = None


class BureauContact(Record, table=True):
    """Somebody a bureau can be reached through, from one day to another."""

    __tablename__ = "bureau_contact"

    division_code: str = Field(max_length=6, index=True)
    name: str = Field(max_length=50)
    phone: str = Field(sa_type=Sealed("bureau_contact.phone"))
    is_emergency: bool
    """Is called at any hour when many people are out on the street."""
    from_date: date
    until_date: date | None = None


class LocalPromise(Record, table=True):
    """A division promises to take less time than the law leaves it, from one day to another."""

    __tablename__ = "local_promise"
    __table_args__ = (sa.CheckConstraint("days >= 1", "some_days"),)

    division_code: str = Field(max_length=6, index=True)
    kind: ClockKind = Field(sa_type=enum_type(ClockKind))
    days: int
    """In the unit of the law's own period."""
    source: str = Field(max_length=200)
    """Where it was promised, as it is shown beside the period."""
    from_date: date
    until_date: date | None = None


class BureauAlarm(Record, table=True):
    """A bureau has a case and nobody who could be told of it."""

    __tablename__ = "bureau_alarm"
    __table_args__ = (
        sa.Index(
            "ix_bureau_alarm_open",
            "division_code",
            unique=True,
            postgresql_where=sa.text("cleared_at IS NULL"),
        ),
    )

    division_code: str = Field(max_length=6)
    case_id: UUID = Field(foreign_key="case.id")
    cleared_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
