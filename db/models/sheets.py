"""What was done about attendance sheets."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.enums import Role
from core.sheet_enums import SheetAct, SheetStep
from db.base import Record, enum_type


class AttendanceSheetAct(Record, table=True):
    """Somebody approved, sent back, locked or reopened a sheet; append-only by trigger."""

    __tablename__ = "attendance_sheet_act"
    __table_args__ = (sa.Index(None, "project_id", "sheet_id"),)

    project_id: UUID = Field(foreign_key="project.id")
    sheet_id: UUID = Field(foreign_key="attendance_sheet.id")
    step: SheetStep = Field(sa_type=enum_type(SheetStep))
    act: SheetAct = Field(sa_type=enum_type(SheetAct))
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")
    """NULL for the system itself."""
    role: Role | None = Field(default=None, sa_type=enum_type(Role))
    reason: str | None = Field(default=None, max_length=500)
    content_hash: str = Field(max_length=64)
    """SHA-256 of the lines that were looked at; an approval of other lines does not stand."""
    lines: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    """Of a reopening: the lines as they had been locked."""
