"""Other systems that want to hear of events, and what was said to each."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.enums import WebhookState
from db.base import Record, Sealed, UtcDateTime, enum_type


class Webhook(Record, table=True):
    """An address that is told of some kinds of events of a project, a county or everywhere."""

    __tablename__ = "webhook"
    __table_args__ = (
        sa.CheckConstraint("project_id IS NULL OR county_code IS NULL", name="one_scope"),
    )

    name: str = Field(max_length=80)
    url: str = Field(sa_type=Sealed("webhook.url"))
    """Its path may be a secret of the receiver's."""
    secret: str = Field(sa_type=Sealed("webhook.secret"))
    """``whsec_…``; shown once, when the webhook is created or its secret renewed."""
    previous_secret: str | None = Field(default=None, sa_type=Sealed("webhook.previous_secret"))
    previous_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Until then events bear the signature of the previous secret too."""
    kinds: list[str] = Field(sa_type=JSONB)
    project_id: UUID | None = Field(default=None, foreign_key="project.id")
    county_code: str | None = Field(default=None, max_length=6)
    created_by: UUID = Field(foreign_key="person.id")
    failures: int = 0
    """In a row, whatever the events."""
    resting_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """A receiver that is down must not keep the workers from everybody else's messages."""
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """By an administrator, or by the receiver, who answered 410."""


class WebhookDelivery(Record, table=True):
    """One event on its way to one webhook; its id is the `webhook-id` of every attempt."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        # What an event must wait for: earlier ones about the same thing.
        sa.Index(
            "ix_webhook_delivery_queue",
            "webhook_id",
            "subject_id",
            "id",
            postgresql_where=sa.text("state = 'pending'"),
        ),
        sa.Index("ix_webhook_delivery_state", "webhook_id", "state", "id"),
    )

    webhook_id: UUID = Field(foreign_key="webhook.id")
    kind: str = Field(max_length=64)
    subject_id: UUID
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    state: WebhookState = Field(sa_type=enum_type(WebhookState))
    attempts: int = 0
    round_began_at: datetime = Field(sa_type=UtcDateTime)
    """From here the days of trying are counted; a retry by hand begins another round."""
    due_at: datetime = Field(sa_type=UtcDateTime)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status: int | None = None
    """What the receiver answered last."""
    error: str | None = Field(default=None, max_length=200)
    """Why the last attempt failed; nothing the receiver wrote."""
