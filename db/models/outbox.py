"""Work that must happen after a transaction commits."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.clock import now
from db.base import Record, UtcDateTime


class OutboxMessage(Record, table=True):
    """A job handed to the broker under a lease until the job itself says it is done."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        # Only what is still to do, so the relay is as fast after five million jobs as after one.
        sa.Index(None, "is_urgent", "due_at", postgresql_where=sa.text("done_at IS NULL")),
    )

    task: str = Field(max_length=64)
    payload: dict[str, Any] = Field(sa_type=JSONB)
    dedupe_key: str = Field(max_length=200, unique=True)
    due_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    """When to hand it over next; pushed ahead by the lease at each hand-over."""
    is_urgent: bool = False
    """Goes before all that is not, however long that has waited."""
    attempts: int = 0
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
