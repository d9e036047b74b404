"""Complaints, the cases made of them, every step, and the legal clocks."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from core.case_enums import (
    CaseAction,
    CaseState,
    Channel,
    ClockChangeKind,
    ClockKind,
    ComplaintKind,
    Disclosure,
    Rung,
    Silence,
)
from core.enums import Role
from db.base import Record, Sealed, UtcDateTime, enum_type

RUNS = "stopped_at IS NULL AND NOT is_paused"


class Complaint(Record, table=True):
    """What was filed, as it was filed; append-only by trigger."""

    __tablename__ = "complaint"
    __table_args__ = (
        sa.Index(None, "subject_id", postgresql_where=sa.text("subject_id IS NOT NULL")),
    )

    number: str = Field(max_length=20, unique=True)
    kind: ComplaintKind = Field(sa_type=enum_type(ComplaintKind))
    disclosure: Disclosure = Field(sa_type=enum_type(Disclosure))
    channel: Channel = Field(default=Channel.WORKER, sa_type=enum_type(Channel))
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    phone: str | None = Field(default=None, sa_type=Sealed("complaint.phone"))
    personal: str | None = Field(default=None, sa_type=Sealed("complaint.personal"))
    """JSON of what somebody without an account said of themselves: name, ID number, bank card."""
    project_id: UUID | None = Field(default=None, foreign_key="project.id", index=True)
    employer_name: str | None = Field(default=None, max_length=200, index=True)
    subject_kind: str | None = Field(default=None, max_length=32)
    subject_id: UUID | None = None
    """What it is about, e.g. (`payslip`, its id)."""
    county_code: str = Field(max_length=6)
    """Where it was filed; the case may move on."""
    statement: str = Field(sa_type=Sealed("complaint.statement"))
    amount_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    people: int = 1
    """For how many it speaks, the complainant included."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """Prefilled facts at filing: months, amounts, employer; no personal numbers."""


class FilingSlip(Record, table=True):
    """Number and PIN of a fresh complaint, kept for half an hour for a second look.

    It also tells a second tap from a second complaint.
    """

    __tablename__ = "filing_slip"

    complaint_id: UUID = Field(foreign_key="complaint.id", index=True)
    fingerprint: bytes | None = Field(default=None, max_length=32, unique=True)
    """Keyed hash of what was sent; NULL for an anonymous complaint without a form's mark."""
    ticket_hash: bytes = Field(max_length=32, unique=True)
    secrets: str = Field(sa_type=Sealed("filing_slip.secrets"))
    """JSON of PIN and ticket."""
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Case(Record, table=True):
    """案件: what the county works on."""

    __tablename__ = "case"
    __table_args__ = (
        sa.Index(None, "county_code", "id"),
        sa.Index(None, "county_code", "state", "id"),
        sa.Index(None, "search_words", postgresql_using="gin"),
    )

    number: str = Field(max_length=20, unique=True)
    pin_hash: str = Field(max_length=128)
    """Number and PIN follow the case without an account."""
    complaint_id: UUID = Field(foreign_key="complaint.id", unique=True)
    county_code: str = Field(max_length=6)
    state: CaseState = Field(sa_type=enum_type(CaseState))
    group_id: UUID | None = Field(default=None, foreign_key="case_group.id", index=True)
    recovered_fen: int = Field(default=0, sa_type=sa.BigInteger)
    advanced_fen: int = Field(default=0, sa_type=sa.BigInteger)
    """应急周转金 paid out (条例 §63)."""
    advance_recovered_fen: int = Field(default=0, sa_type=sa.BigInteger)
    """What came back of it from the employer."""
    satisfaction: int | None = None
    """1 to 5, as the complainant said after closing."""
    search_words: list[str] = Field(
        default_factory=list,
        sa_type=ARRAY(sa.Text),
    )
    """What a search may find it by; see `cases.searching`."""


class CaseEvent(Record, table=True):
    """One step of a case; append-only by trigger."""

    __tablename__ = "case_event"
    __table_args__ = (
        sa.Index(None, "action", "created_at"),
        sa.Index(None, "county_code", "created_at"),
    )

    case_id: UUID = Field(foreign_key="case.id", index=True)
    county_code: str = Field(max_length=6)
    """Whose case it was when the step was taken; a transfer is the step of who passed it on."""
    action: CaseAction | None = Field(default=None, sa_type=enum_type(CaseAction))
    """NULL for the filing itself."""
    from_state: CaseState | None = Field(
        default=None, sa_type=enum_type(CaseState, column="from_state")
    )
    to_state: CaseState = Field(sa_type=enum_type(CaseState, column="to_state"))
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")
    actor_role: Role | None = Field(default=None, sa_type=enum_type(Role))
    note: str | None = Field(default=None, max_length=2000)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """What the step says beside the note: ground, county, amounts, dates."""
    silence: Silence | None = Field(default=None, sa_type=enum_type(Silence))
    """Why the complainant was not told; NULL means that they were."""


class CaseClock(Record, table=True):
    """A period running or met."""

    __tablename__ = "case_clock"
    __table_args__ = (
        sa.Index(None, "due_date", "case_id", postgresql_where=sa.text(RUNS)),
        sa.Index(None, "county_code", "due_date", "case_id", postgresql_where=sa.text(RUNS)),
        sa.Index(
            None,
            "county_code",
            "stopped_at",
            postgresql_where=sa.text("stopped_at IS NOT NULL"),
        ),
    )

    case_id: UUID = Field(foreign_key="case.id", index=True)
    county_code: str = Field(max_length=6)
    """Whose case it was when the period began; a transfer begins another one."""
    kind: ClockKind = Field(sa_type=enum_type(ClockKind))
    started_date: date
    due_date: date
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The instant, for a period in hours."""
    promised_days: int | None = None
    """Shorter than the law's, by the promise below; NULL where the law's own length counts."""
    promise_source: str | None = Field(default=None, max_length=200)
    is_provisional: bool
    """Some counted day lies in a year whose holidays are not published yet."""
    is_paused: bool = False
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CaseClockChange(Record, table=True):
    """A pause, its end, or an extension of a period; append-only by trigger."""

    __tablename__ = "case_clock_change"

    clock_id: UUID = Field(foreign_key="case_clock.id", index=True)
    event_id: UUID = Field(foreign_key="case_event.id")
    kind: ClockChangeKind = Field(sa_type=enum_type(ClockChangeKind))
    on_date: date
    added_days: int = 0
    """Working days, of an extension."""
    approved_by: UUID | None = Field(default=None, foreign_key="person.id")
    tell_by_date: date
    """Last day on which the complainant must have been told (浙江省劳动保障监察条例 §30)."""


class CaseClockRung(Record, table=True):
    """Somebody was told that a period nears or passes its end; once for each end it had."""

    __tablename__ = "case_clock_rung"
    __table_args__ = (sa.UniqueConstraint("clock_id", "rung", "due_date"),)

    clock_id: UUID = Field(foreign_key="case_clock.id")
    rung: Rung = Field(sa_type=enum_type(Rung))
    due_date: date
