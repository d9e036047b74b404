"""How every worker's wages stand, kept beside the facts it follows from."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from db.base import UtcDateTime


class StoredWageStatus(SQLModel, table=True):
    """The status of one person as `payroll.status_projection` worked it out last.

    It holds while the person has no `WageStatusMark` and until `valid_until`.
    """

    __tablename__ = "wage_status"

    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    severity: int | None = Field(default=None, sa_type=sa.SmallInteger, index=True)
    """`core.enums.WageSeverity`; NULL for somebody who is on no project."""
    reasons: list[dict[str, Any]] = Field(sa_type=JSONB)
    """Code, month, due date and amount of each; the words are put to them when they are read."""
    computed_at: datetime = Field(sa_type=UtcDateTime)
    valid_until: datetime = Field(sa_type=UtcDateTime, index=True)
    """When time alone may change it: the next due date, end of grace, month, entry or leaving."""


class WageStatusMark(SQLModel, table=True):
    """A fact behind somebody's status has changed; committed with the change.

    Written by the triggers `…_mark_wage_status`, removed by whoever works the status out again.
    Nothing but inserts, so that no two transactions ever wait for each other here.
    """

    __tablename__ = "wage_status_mark"
    __table_args__ = (sa.PrimaryKeyConstraint("person_id", "id"),)

    person_id: UUID
    id: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity()))
