"""Check-ins as they happened, and the work days and sheets derived from them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from core.clock import now
from core.enums import (
    CheckInMethod,
    ConflictKind,
    ConflictOutcome,
    Direction,
    Grade,
    ScanReason,
    SheetState,
    WorkDayState,
)
from db.base import Record, Sealed, UtcDateTime, enum_type, new_id

REPORT_KEY = ("project_id", "source_id", "nonce", "occurred_at")
"""What a report is recognised again by; every insert of check-ins names it."""


class CheckIn(SQLModel, table=True):
    """One crossing or phone punch as it was reported, accepted or refused.

    Append-only by trigger, partitioned by month of `occurred_at`. A report is recognised again by
    `(project_id, source_id, nonce)`: `occurred_at` joins the key only because PostgreSQL wants the
    partition column there, and a repeated report carries the same instant.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        sa.PrimaryKeyConstraint("project_id", "id", "occurred_at"),
        sa.UniqueConstraint(*REPORT_KEY),
        sa.Index(None, "project_id", "project_worker_id", "occurred_at"),
        # A clock two minutes off is not believed; these few rows are found by arrival instead.
        sa.Index(
            None,
            "project_id",
            "project_worker_id",
            "received_at",
            postgresql_where=sa.text("clock_bound_ms > 120000"),
        ),
        # What the labour manager is to look at: a gate opened and something was not right.
        sa.Index(
            None,
            "project_id",
            "id",
            postgresql_where=sa.text("admitted AND reason <> 'ok'"),
        ),
        # The same where a gate that decided alone left somebody outside whose code was good.
        sa.Index(
            "ix_check_in_refused_wrongly",
            "project_id",
            "id",
            postgresql_where=sa.text("NOT admitted AND decided_offline AND reason = 'ok'"),
        ),
        {"postgresql_partition_by": "RANGE (occurred_at)"},
    )

    id: UUID = Field(default_factory=new_id)
    project_id: UUID = Field(foreign_key="project.id")
    source_id: UUID
    """The device, phone owner, manager or import batch that reported it."""
    nonce: str = Field(max_length=64)
    device_id: UUID | None = Field(default=None, foreign_key="device.id")
    project_worker_id: UUID | None = Field(default=None, foreign_key="project_worker.id")
    """NULL when nobody on this project could be recognised."""
    direction: Direction = Field(sa_type=enum_type(Direction))
    method: CheckInMethod = Field(sa_type=enum_type(CheckInMethod))
    grade: Grade = Field(sa_type=enum_type(Grade))
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    """By the reporting clock, uncorrected; a scan made under a clock that its gate itself did not
    trust is dated when it arrives, see `attendance.rejudge`."""
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    clock_bound_ms: int = 0
    """± how far `occurred_at` may be from the truth."""
    admitted: bool
    """What the gate did."""
    valid: bool
    """What is true after judgement; only valid check-ins count as work."""
    reason: ScanReason = Field(sa_type=enum_type(ScanReason))
    decided_offline: bool = False
    gate_report: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    """What a gate said about a scan it decided alone: its reason, clock, sequence and uptime; of a
    phone punch what its location says: place, accuracy and signals, never coordinates."""
    code_step: int | None = Field(default=None, sa_type=sa.BigInteger)
    """The time step inside a live code that was read; one step opens one gate once."""
    presented: str | None = Field(default=None, max_length=64)
    """The start of what was scanned when it was refused; never a personal number."""
    location: str | None = Field(default=None, sa_type=Sealed("check_in.location"))
    """Of a phone punch, as JSON: `attendance.phone_rules.Location`; only its worker is shown it."""
    note: str | None = Field(default=None, max_length=200)


class UsedStep(SQLModel, table=True):
    """A step of a live code that has opened a gate; the key makes it the only one.

    Short-lived (`attendance.due_folds.forget_steps`) and without foreign keys: a row is written
    for every crossing at 06:30, and the check-in it names holds them.
    """

    __tablename__ = "used_step"
    __table_args__ = (sa.PrimaryKeyConstraint("project_id", "project_worker_id", "code_step"),)

    project_id: UUID
    project_worker_id: UUID
    code_step: int = Field(sa_type=sa.BigInteger)
    check_in_id: UUID


class FoldDue(SQLModel, table=True):
    """A check-in that no fold has seen yet; committed with it, removed by the fold that sees it."""

    __tablename__ = "fold_due"
    __table_args__ = (sa.PrimaryKeyConstraint("project_id", "project_worker_id", "check_in_id"),)

    project_id: UUID
    project_worker_id: UUID
    check_in_id: UUID
    day: date
    """The Shanghai day it happened on; it counts for this day or the one before."""


class CheckInAnnulment(Record, table=True):
    """The check-in stays, but counts for nothing: its gate says so, or whoever entered it."""

    __tablename__ = "check_in_annulment"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "check_in_id"),
        sa.CheckConstraint("num_nonnulls(device_id, withdrawal_id) = 1", name="one_source"),
    )

    project_id: UUID = Field(foreign_key="project.id")
    check_in_id: UUID
    device_id: UUID | None = Field(default=None, foreign_key="device.id")
    """The gate whose turnstile did not turn."""
    withdrawal_id: UUID | None = Field(default=None, foreign_key="entry_withdrawal.id")
    """With which somebody took back what was entered by hand or imported."""


class CheckInLook(Record, table=True):
    """A guard compared a card's photo with the face after the gate had opened: grade B from now."""

    __tablename__ = "check_in_look"
    __table_args__ = (sa.UniqueConstraint("project_id", "check_in_id"),)

    project_id: UUID = Field(foreign_key="project.id")
    check_in_id: UUID
    device_id: UUID = Field(foreign_key="device.id")


class UnreadScan(Record, table=True):
    """Something a gate uploaded that is no scan; kept whole, because nothing it says is dropped."""

    __tablename__ = "unread_scan"
    __table_args__ = (sa.UniqueConstraint("project_id", "device_id", "digest"),)

    project_id: UUID = Field(foreign_key="project.id")
    device_id: UUID = Field(foreign_key="device.id")
    digest: bytes = Field(max_length=32)
    """SHA-256 of the content; the same thing sent again is the same row."""
    content: str = Field(sa_type=Sealed("unread_scan.content"))
    """JSON as it came; sealed, because readers also read identity cards."""


class GateConflict(SQLModel, table=True):
    """A crossing somebody has to look at; closing it changes no check-in."""

    __tablename__ = "gate_conflict"
    __table_args__ = (sa.Index(None, "project_id", "resolved_at"),)

    id: UUID = Field(primary_key=True)
    """Of the check-in."""
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    project_id: UUID = Field(foreign_key="project.id")
    kind: ConflictKind = Field(sa_type=enum_type(ConflictKind))
    owner_id: UUID | None = Field(default=None, foreign_key="person.id")
    """The labour manager when it was found, else an administrator."""
    outcome: ConflictOutcome | None = Field(default=None, sa_type=enum_type(ConflictOutcome))
    note: str | None = Field(default=None, max_length=500)
    guard_name: str | None = Field(default=None, max_length=50)
    annulment_id: UUID | None = Field(default=None, foreign_key="check_in_annulment.id")
    resolved_by_id: UUID | None = Field(default=None, foreign_key="person.id")
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """NULL while it is open."""


class WorkDay(Record, table=True):
    """出勤日 as folded from check-ins; never edited, only folded again."""

    __tablename__ = "work_day"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "project_worker_id", "work_date"),
        # The few days somebody has to be asked about.
        sa.Index(
            None,
            "work_date",
            "id",
            postgresql_where=sa.text("state = 'needs_confirmation'"),
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    project_worker_id: UUID = Field(foreign_key="project_worker.id", index=True)
    work_date: date
    first_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_out_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    minutes: int
    units: int
    """工日 in hundredths: 100 is one full day."""
    overtime_minutes: int = 0
    """Of `minutes` beyond a full day, up to the project's cap."""
    state: WorkDayState = Field(sa_type=enum_type(WorkDayState))
    grades: dict[str, int] = Field(default_factory=dict, sa_type=JSONB)
    """How many check-ins of each grade stand behind the day."""
    rule_version: int


class WorkDayObjection(Record, table=True):
    """The worker says a day is wrong; the day and the objection both stay on the sheet."""

    __tablename__ = "work_day_objection"
    __table_args__ = (sa.Index(None, "project_id", "project_worker_id", "work_date"),)

    project_id: UUID = Field(foreign_key="project.id")
    project_worker_id: UUID = Field(foreign_key="project_worker.id")
    work_date: date
    note: str = Field(max_length=500)


class AttendanceSheet(Record, table=True):
    """考勤表 of one team and month."""

    __tablename__ = "attendance_sheet"
    __table_args__ = (sa.UniqueConstraint("project_id", "team_id", "month"),)

    project_id: UUID = Field(foreign_key="project.id")
    team_id: UUID = Field(foreign_key="team.id")
    month: str = Field(max_length=7)
    """``YYYY-MM``."""
    state: SheetState = Field(sa_type=enum_type(SheetState))
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    """One object per worker as the rules summed it when the sheet was drawn up."""
    drawn_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    """When the lines were summed."""
    suspicions: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    """What is too regular about the crossings behind the lines; NULL until somebody has looked."""
