"""Days that came from files as a whole, and what was taken back of them and of entries by hand."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from db.base import Record


class SheetImport(Record, table=True):
    """A foreign sheet some of whose days were imported; append-only by trigger.

    The `source_id` of its check-ins.
    """

    __tablename__ = "sheet_import"
    __table_args__ = (sa.Index(None, "project_id", "month"),)

    project_id: UUID = Field(foreign_key="project.id")
    month: str = Field(max_length=7)
    """``YYYY-MM``."""
    file_hash: str = Field(max_length=64)
    """SHA-256 of the file."""
    days: int
    """How many were imported."""
    imported_by_id: UUID | None = Field(default=None, foreign_key="person.id")
    """NULL for nobody who was signed in."""


class EntryWithdrawal(Record, table=True):
    """Somebody took back what was entered by hand or imported, and why; append-only by trigger.

    Each of its check-ins has a `CheckInAnnulment`.
    """

    __tablename__ = "entry_withdrawal"

    project_id: UUID = Field(foreign_key="project.id")
    reason: str = Field(max_length=200)
    withdrawn_by_id: UUID = Field(foreign_key="person.id")
