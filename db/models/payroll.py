"""Pay sheets, payslips, the workers' answers, bank batches and wage status."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.enums import (
    PayBatchState,
    PayRowState,
    PaySheetState,
    PayslipAnswerState,
    VisitOutcome,
)
from db.base import Record, Sealed, UtcDateTime, enum_type


class PaySheet(Record, table=True):
    """工资表 of one team and month."""

    __tablename__ = "pay_sheet"
    __table_args__ = (sa.UniqueConstraint("project_id", "team_id", "month"),)

    project_id: UUID = Field(foreign_key="project.id")
    team_id: UUID = Field(foreign_key="team.id")
    attendance_sheet_id: UUID = Field(foreign_key="attendance_sheet.id")
    month: str = Field(max_length=7)
    state: PaySheetState = Field(sa_type=enum_type(PaySheetState))
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    approved_by: UUID | None = Field(default=None, foreign_key="person.id")


class Payslip(Record, table=True):
    """工资条: one worker's line, with everything 条例 §15 demands in `content`."""

    __tablename__ = "payslip"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "pay_sheet_id", "project_worker_id", "version"),
        sa.CheckConstraint("net_fen = gross_fen - deductions_fen AND net_fen >= 0", "adds_up"),
        # One version counts at a time, whoever writes concurrently.
        sa.Index(
            None,
            "project_id",
            "pay_sheet_id",
            "project_worker_id",
            unique=True,
            postgresql_where=sa.text("is_current"),
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    pay_sheet_id: UUID = Field(foreign_key="pay_sheet.id", index=True)
    project_worker_id: UUID = Field(foreign_key="project_worker.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    version: int = 1
    is_current: bool = True
    month: str = Field(max_length=7)
    due_date: date
    """Legal payday (条例 §14), moved earlier off rest days."""
    gross_fen: int = Field(sa_type=sa.BigInteger)
    deductions_fen: int = Field(sa_type=sa.BigInteger)
    net_fen: int = Field(sa_type=sa.BigInteger)
    content: dict[str, Any] = Field(sa_type=JSONB)
    """Exactly what the worker is shown; personal numbers masked."""
    content_hash: str = Field(max_length=64)
    """SHA-256 (hex) of the RFC 8785 form of `content`."""
    answer_state: PayslipAnswerState = Field(sa_type=enum_type(PayslipAnswerState))
    promised_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    """What an earlier version said, where that was more: owed until the worker agrees with less."""
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When this version was reviewed (条例 §28); nothing is paid before."""
    approved_by: UUID | None = Field(default=None, foreign_key="person.id")


class PayslipAnswer(Record, table=True):
    """What the worker said, bound to what was shown; append-only by trigger."""

    __tablename__ = "payslip_answer"
    __table_args__ = (sa.UniqueConstraint("project_id", "statement_id"),)

    project_id: UUID = Field(foreign_key="project.id")
    payslip_id: UUID = Field(foreign_key="payslip.id", index=True)
    person_id: UUID = Field(foreign_key="person.id")
    sign_in_family_id: UUID
    """The sign-in it was given from, so the act can be traced to one phone."""
    state: PayslipAnswerState = Field(sa_type=enum_type(PayslipAnswerState))
    content_hash: str = Field(max_length=64)
    reason: str | None = Field(default=None, max_length=500)
    fields: list[str] = Field(default_factory=list, sa_type=JSONB)
    receipt: str | None = None
    """JWS (ES256) given to the worker on confirmation."""
    kiosk_id: UUID | None = Field(default=None, foreign_key="device.id")
    """Where a card and PIN answered; NULL for the worker's own phone."""
    statement_id: UUID | None = Field(default=None, foreign_key="witness_statement.id")
    """Who stood beside the worker who confirmed at a kiosk."""
    expected: dict[str, str] = Field(
        default_factory=dict, sa_type=JSONB, sa_column_kwargs={"server_default": "{}"}
    )
    """What the disputed fields should say, in the worker's words."""


class DisputeReply(Record, table=True):
    """The labour manager keeps to the payslip, and says why; append-only.

    The other answer to a dispute is a new version of the payslip.
    """

    __tablename__ = "dispute_reply"
    __table_args__ = (sa.UniqueConstraint("project_id", "answer_id"),)

    project_id: UUID = Field(foreign_key="project.id")
    payslip_id: UUID = Field(foreign_key="payslip.id", index=True)
    answer_id: UUID = Field(foreign_key="payslip_answer.id")
    replied_by: UUID = Field(foreign_key="person.id")
    reason: str = Field(max_length=500)


class PayslipVisit(Record, table=True):
    """Somebody is to see a worker who did not answer a payslip; only the worker can answer."""

    __tablename__ = "payslip_visit"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "payslip_id"),
        sa.Index(
            "ix_payslip_visit_open",
            "project_id",
            "id",
            postgresql_where=sa.text("outcome IS NULL"),
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    payslip_id: UUID = Field(foreign_key="payslip.id")
    outcome: VisitOutcome | None = Field(default=None, sa_type=enum_type(VisitOutcome))
    note: str | None = Field(default=None, max_length=500)
    visited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    visited_by: UUID | None = Field(default=None, foreign_key="person.id")


class PayslipReceived(Record, table=True):
    """The worker's own word on whether the money arrived; stands beside the bank's; append-only."""

    __tablename__ = "payslip_received"

    project_id: UUID = Field(foreign_key="project.id")
    payslip_id: UUID = Field(foreign_key="payslip.id", index=True)
    received: bool


class PayBatch(Record, table=True):
    """代发批次: one bank file, drawn up by one person and released by another."""

    __tablename__ = "pay_batch"
    __table_args__ = (
        sa.CheckConstraint("decided_by <> created_by OR state <> 'released'", "two_people"),
        # The same lines are never in two files of which one could still be paid twice.
        sa.Index(
            None,
            "project_id",
            "lines_hash",
            unique=True,
            postgresql_where=sa.text("state IN ('drafted', 'released')"),
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    pay_sheet_id: UUID = Field(foreign_key="pay_sheet.id", index=True)
    reference: str = Field(max_length=35, unique=True)
    row_count: int
    total_fen: int = Field(sa_type=sa.BigInteger)
    file: str = Field(sa_type=Sealed("pay_batch.file"))
    """The instruction as it was drawn up, so that every download is the same."""
    file_hash: str = Field(max_length=64)
    """SHA-256 (hex) of `file` in UTF-8."""
    lines_hash: str = Field(max_length=64)
    """SHA-256 (hex) of what is paid to whom, whatever the reference; see `bank_order`."""
    created_by: UUID = Field(foreign_key="person.id")
    state: PayBatchState = Field(sa_type=enum_type(PayBatchState))
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was released, refused or withdrawn."""
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    reason: str | None = Field(default=None, max_length=500)
    """Why it was refused or withdrawn."""
    result_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PayBatchRow(Record, table=True):
    """One worker's line in a bank file and what the bank answered."""

    __tablename__ = "pay_batch_row"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "batch_id", "row_number"),
        # A payslip is paid once: it cannot be in two batches that go, or went, to the bank.
        sa.Index(
            None,
            "project_id",
            "payslip_id",
            unique=True,
            postgresql_where=sa.text("state NOT IN ('rejected', 'withdrawn')"),
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    batch_id: UUID = Field(foreign_key="pay_batch.id")
    payslip_id: UUID = Field(foreign_key="payslip.id", index=True)
    row_number: int
    account: str = Field(sa_type=Sealed("pay_batch_row.account"))
    amount_fen: int = Field(sa_type=sa.BigInteger)
    state: PayRowState = Field(sa_type=enum_type(PayRowState))
    settled_date: date | None = None
    rejection: str | None = Field(default=None, max_length=200)
    correct_by: date | None = None
    """By when somebody must have removed the reason of a rejection."""
