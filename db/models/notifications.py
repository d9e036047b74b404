"""Messages to people, as they will be or were sent."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from core.enums import NotificationState, Urgency
from db.base import Record, Sealed, UtcDateTime, enum_type


class Notification(Record, table=True):
    """One message to one phone; its id is the reference the gateway is asked about."""

    __tablename__ = "notification"

    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    phone: str | None = Field(default=None, sa_type=Sealed("notification.phone"))
    """E.164; NULL for a person without a phone, who is told by other means."""
    template: str = Field(max_length=64)
    template_version: int
    body: str = Field(sa_type=Sealed("notification.body"))
    urgency: Urgency = Field(sa_type=enum_type(Urgency))
    dedupe_key: str = Field(max_length=200, unique=True)
    state: NotificationState = Field(sa_type=enum_type(NotificationState), index=True)
    attempts: int = 0
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gateway: str | None = Field(default=None, max_length=32)
    provider_reference: str | None = Field(default=None, max_length=64)
    error: str | None = Field(default=None, max_length=200)
