"""What a project counts as a day, and what people said about single days."""

from datetime import date, time
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.day_enums import ObjectionOutcome
from db.base import Record, enum_type


class DayRule(Record, table=True):
    """What a project counts as a day from a date on; append-only, of one date the last counts.

    Before the first of them `project.day_starts_at` and its neighbours say it.
    """

    __tablename__ = "day_rule"
    __table_args__ = (sa.Index(None, "project_id", "from_date"),)

    project_id: UUID = Field(foreign_key="project.id")
    from_date: date
    day_starts_at: time
    full_day_minutes: int
    half_day_minutes: int
    break_minutes: int
    overtime_cap_minutes: int
    reason: str = Field(max_length=200)
    set_by_id: UUID = Field(foreign_key="person.id")


class RefoldDue(SQLModel, table=True):
    """A worker whose unlocked days since a date count otherwise now; removed by the fold."""

    __tablename__ = "refold_due"
    __table_args__ = (sa.PrimaryKeyConstraint("project_id", "project_worker_id"),)

    project_id: UUID
    project_worker_id: UUID
    since_date: date


class DayConfirmation(Record, table=True):
    """The worker accepts an uncertain day as it was shown; of another showing it says nothing.

    Append-only by trigger.
    """

    __tablename__ = "day_confirmation"
    __table_args__ = (sa.Index(None, "project_id", "project_worker_id", "work_date"),)

    project_id: UUID = Field(foreign_key="project.id")
    project_worker_id: UUID = Field(foreign_key="project_worker.id")
    work_date: date
    minutes: int
    units: int
    """工日 in hundredths, as shown."""


class ObjectionPhoto(Record, table=True):
    """A picture that goes with an objection; append-only by trigger."""

    __tablename__ = "objection_photo"
    __table_args__ = (sa.UniqueConstraint("project_id", "objection_id", "digest"),)

    project_id: UUID = Field(foreign_key="project.id")
    objection_id: UUID = Field(foreign_key="work_day_objection.id")
    digest: str = Field(max_length=64)
    """SHA-256 of the redrawn JPEG, under which `evidence.blobs` keeps it."""


class ObjectionReply(Record, table=True):
    """What the labour manager answered to an objection, once; append-only by trigger."""

    __tablename__ = "objection_reply"
    __table_args__ = (sa.UniqueConstraint("project_id", "objection_id"),)

    project_id: UUID = Field(foreign_key="project.id")
    objection_id: UUID = Field(foreign_key="work_day_objection.id")
    outcome: ObjectionOutcome = Field(sa_type=enum_type(ObjectionOutcome))
    reason: str = Field(max_length=500)
    replied_by_id: UUID = Field(foreign_key="person.id")
