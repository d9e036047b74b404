"""Cases that belong together, mass events, and what happened to people who complained."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.case_enums import DispatchKind, GroupState, RetaliationKind
from db.base import Record, Sealed, UtcDateTime, enum_type


class CaseGroup(Record, table=True):
    """Cases against the same employer or on the same project, filed within one period."""

    __tablename__ = "case_group"
    __table_args__ = (sa.Index(None, "county_code", "id"),)

    county_code: str = Field(max_length=6)
    project_id: UUID | None = Field(default=None, foreign_key="project.id", index=True)
    employer_name: str | None = Field(default=None, max_length=200)
    """Where the project is not known."""
    state: GroupState = Field(sa_type=enum_type(GroupState))
    last_filed_at: datetime = Field(sa_type=UtcDateTime)
    people: int
    """For how many its complaints speak; somebody who complained twice counts once."""
    mass_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it became 群体性 (10 people and more)."""


class GroupRepresentative(Record, table=True):
    """Who speaks for a group; 5 at most (浙江省劳动保障监察条例 §20)."""

    __tablename__ = "group_representative"
    __table_args__ = (sa.UniqueConstraint("group_id", "case_id"),)

    group_id: UUID = Field(foreign_key="case_group.id")
    case_id: UUID = Field(foreign_key="case.id")
    named_by: UUID = Field(foreign_key="person.id")


class GroupAlert(Record, table=True):
    """One contact was called about a mass event, and what became of that."""

    __tablename__ = "group_alert"
    __table_args__ = (sa.UniqueConstraint("group_id", "contact_id"),)

    group_id: UUID = Field(foreign_key="case_group.id")
    contact_id: UUID = Field(foreign_key="bureau_contact.id")
    division_code: str = Field(max_length=6)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_by: UUID | None = Field(default=None, foreign_key="person.id")
    is_passed_on: bool = False
    """Nobody answered in time, so the division above was called."""


class DispatchEntry(Record, table=True):
    """One line on the board of a mass event; append-only by trigger."""

    __tablename__ = "dispatch_entry"

    group_id: UUID = Field(foreign_key="case_group.id", index=True)
    kind: DispatchKind = Field(sa_type=enum_type(DispatchKind))
    author_id: UUID = Field(foreign_key="person.id")
    text: str = Field(sa_type=Sealed("dispatch_entry.text"))
    next_report_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RetaliationSign(Record, table=True):
    """Something that happened to a complainant and looks like revenge; for inspectors alone."""

    __tablename__ = "retaliation_sign"
    __table_args__ = (sa.UniqueConstraint("case_id", "kind"),)

    case_id: UUID = Field(foreign_key="case.id")
    kind: RetaliationKind = Field(sa_type=enum_type(RetaliationKind))
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_by: UUID | None = Field(default=None, foreign_key="person.id")
    finding: str | None = Field(default=None, max_length=1000)
