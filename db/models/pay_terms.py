"""What a wage is worked out from beside contract and attendance: terms, entries, advances."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.pay_enums import DeductionKind, PayEntryKind
from db.base import Record, UtcDateTime, enum_type


class AgreedTerms(Record, table=True):
    """What a contract promises beside its price, from a day on; append-only.

    The latest row that has begun holds alone: it repeats what goes on.
    """

    __tablename__ = "agreed_terms"
    __table_args__ = (sa.UniqueConstraint("project_id", "project_worker_id", "from_date"),)

    project_id: UUID = Field(foreign_key="project.id")
    project_worker_id: UUID = Field(foreign_key="project_worker.id")
    from_date: date
    pays_overtime: bool
    """150, 200 and 300 % (劳动法 §44)."""
    allowances: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    """{name, per, amount_fen}, see `payroll.pay_rules.Allowance`."""
    note: str | None = Field(default=None, max_length=500)
    entered_by: UUID = Field(foreign_key="person.id")


class PayEntry(Record, table=True):
    """A quantity, a supplement or a deduction of one worker's month; never rewritten.

    It counts on one pay sheet, once; a mistake is withdrawn with a reason.
    """

    __tablename__ = "pay_entry"
    __table_args__ = (
        sa.Index(None, "project_id", "project_worker_id", "month"),
        sa.CheckConstraint("amount_fen > 0", "amount"),
        sa.CheckConstraint(
            "(kind = 'piece') = (quantity IS NOT NULL AND unit IS NOT NULL"
            " AND unit_price_fen IS NOT NULL)",
            "piece",
        ),
        sa.CheckConstraint(
            "(kind = 'supplement') = (for_month IS NOT NULL) AND for_month < month", "supplement"
        ),
        sa.CheckConstraint("(kind = 'deduction') = (deduction_kind IS NOT NULL)", "deduction"),
        # What the worker has to agree to needs no statute; the rest stands on one.
        sa.CheckConstraint(
            "deduction_kind IN ('damage', 'agreed') OR kind <> 'deduction' OR source IS NOT NULL",
            "source",
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    project_worker_id: UUID = Field(foreign_key="project_worker.id")
    month: str = Field(max_length=7)
    """The month it is paid with or taken off."""
    kind: PayEntryKind = Field(sa_type=enum_type(PayEntryKind))
    name: str = Field(max_length=30)
    amount_fen: int = Field(sa_type=sa.BigInteger)
    note: str = Field(max_length=500)
    quantity: int | None = Field(default=None, sa_type=sa.BigInteger)
    """In hundredths of `unit`."""
    unit: str | None = Field(default=None, max_length=30)
    unit_price_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    for_month: str | None = Field(default=None, max_length=7)
    """The month a supplement makes good."""
    deduction_kind: DeductionKind | None = Field(default=None, sa_type=enum_type(DeductionKind))
    source: str | None = Field(default=None, max_length=200)
    """The law or the court's paper a deduction stands on."""
    entered_by: UUID = Field(foreign_key="person.id")
    agreed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the worker agreed to it, in person."""
    pay_sheet_id: UUID | None = Field(default=None, foreign_key="pay_sheet.id")
    """The sheet it counts on."""
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: UUID | None = Field(default=None, foreign_key="person.id")
    withdrawal: str | None = Field(default=None, max_length=500)


class WageAdvance(Record, table=True):
    """预支: wages paid before the month was worked out; the worker is told."""

    __tablename__ = "wage_advance"
    __table_args__ = (sa.CheckConstraint("amount_fen > 0", "amount"),)

    project_id: UUID = Field(foreign_key="project.id")
    project_worker_id: UUID = Field(foreign_key="project_worker.id", index=True)
    paid_date: date
    amount_fen: int = Field(sa_type=sa.BigInteger)
    note: str = Field(max_length=500)
    entered_by: UUID = Field(foreign_key="person.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: UUID | None = Field(default=None, foreign_key="person.id")
    withdrawal: str | None = Field(default=None, max_length=500)


class AdvanceRecovery(Record, table=True):
    """How much of an advance a pay sheet takes off; all of them together never more than it."""

    __tablename__ = "advance_recovery"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "advance_id", "pay_sheet_id"),
        sa.CheckConstraint("amount_fen > 0", "amount"),
    )

    project_id: UUID = Field(foreign_key="project.id")
    advance_id: UUID = Field(foreign_key="wage_advance.id", index=True)
    pay_sheet_id: UUID = Field(foreign_key="pay_sheet.id")
    amount_fen: int = Field(sa_type=sa.BigInteger)
