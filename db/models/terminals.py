"""What ZKTeco terminals are asked to do, and how far their logs have been read."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from core.enums import TerminalCommandKind
from db.base import Record, UtcDateTime, enum_type


class TerminalCommand(Record, table=True):
    """One thing a terminal is to do; handed out whenever it asks until it says what came of it."""

    __tablename__ = "terminal_command"
    __table_args__ = (
        sa.UniqueConstraint("device_id", "number"),
        sa.Index(None, "device_id", "pin", "number"),
        sa.Index(
            "ix_terminal_command_waiting",
            "device_id",
            "number",
            postgresql_where=sa.text("answered_at IS NULL"),
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    device_id: UUID = Field(foreign_key="device.id")
    number: int
    """What the terminal's answer names; counts up on each terminal."""
    kind: TerminalCommandKind = Field(sa_type=enum_type(TerminalCommandKind))
    pin: str | None = Field(default=None, max_length=30)
    """Whom it is about."""
    content: str = Field(max_length=500)
    """As it is sent, the masked name included; no picture and no number of a person's papers."""
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was handed out last."""
    sends: int = 0
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    return_code: int | None = None
    """`zk_command_returns.csv`; 0 and above is done. NULL when it never answered."""


class TerminalStamp(Record, table=True):
    """The mark up to which a terminal's table has been stored; it resumes there."""

    __tablename__ = "terminal_stamp"
    __table_args__ = (sa.UniqueConstraint("device_id", "table_name"),)

    device_id: UUID = Field(foreign_key="device.id")
    table_name: str = Field(max_length=32)
    stamp: str = Field(max_length=32)
    """Opaque: echoed to the terminal as it came."""
