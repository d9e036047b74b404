"""农民工工资专用账户: what the bank's statements say of it, and the notice before it is closed."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from core.wage_enums import AccountPurpose
from db.base import Record, UtcDateTime, enum_type


class WageAccountEntry(Record, table=True):
    """One line of a bank statement, in its order; by trigger it stays, withdrawn at the most."""

    __tablename__ = "wage_account_entry"
    __table_args__ = (
        sa.Index(
            "ix_wage_account_entry_standing",
            "project_id",
            "reference",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
        sa.CheckConstraint("inflow_fen >= 0 AND outflow_fen >= 0", "amounts"),
        sa.CheckConstraint("(inflow_fen > 0) <> (outflow_fen > 0)", "one_way"),
        sa.Index(None, "project_id", "booked_date", "id"),
    )

    project_id: UUID = Field(foreign_key="project.id")
    reference: str = Field(max_length=64)
    """The bank's own number of the movement (流水号)."""
    booked_date: date
    inflow_fen: int = Field(sa_type=sa.BigInteger)
    outflow_fen: int = Field(sa_type=sa.BigInteger)
    balance_fen: int = Field(sa_type=sa.BigInteger)
    """After this movement, as the bank states it."""
    purpose: AccountPurpose = Field(sa_type=enum_type(AccountPurpose))
    remark: str | None = Field(default=None, max_length=100)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawal: str | None = Field(default=None, max_length=500)
    """Why the statement was taken back."""


class ClosingNotice(Record, table=True):
    """公示 before a wage account may be closed (条例 §27)."""

    __tablename__ = "closing_notice"
    __table_args__ = (
        sa.Index(
            "ix_closing_notice_standing",
            "project_id",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    announced_date: date
    last_date: date
    """The last of the 30 days."""
    announced_by: UUID = Field(foreign_key="person.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawal: str | None = Field(default=None, max_length=500)
