"""Messages to people, what the carriers reported about them, and who wants or can get them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from core.enums import (
    ApprovalState,
    Language,
    NotificationState,
    NumberTrouble,
    ToldBy,
    Urgency,
)
from db.base import Record, Sealed, UtcDateTime, enum_type


class Notification(Record, table=True):
    """One message to one phone; its id is the reference the gateway is asked about."""

    __tablename__ = "notification"
    __table_args__ = (
        # Two messages of ours are never one message of a provider's.
        sa.Index(
            None,
            "gateway",
            "provider_reference",
            unique=True,
            postgresql_where=sa.text("provider_reference IS NOT NULL"),
        ),
        sa.Index(None, "phone_index", "created_at"),
        sa.Index(None, "digest_id", postgresql_where=sa.text("digest_id IS NOT NULL")),
        # The few that did not arrive, whatever arrived before them.
        sa.Index(
            None,
            "project_id",
            "id",
            postgresql_where=sa.text("state IN ('sent', 'failed', 'merged')"),
        ),
        sa.Index(
            None,
            "county_code",
            "id",
            postgresql_where=sa.text("state IN ('sent', 'failed', 'merged')"),
        ),
        sa.Index(
            "ix_notification_unread",
            "person_id",
            "id",
            postgresql_where=sa.text("read_at IS NULL"),
        ),
    )

    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    project_id: UUID | None = Field(default=None, foreign_key="project.id")
    """Whose budget it is sent from, and whose labour manager looks after it."""
    county_code: str | None = Field(default=None, max_length=6)
    """Whose inspectors look after it: that of the case it is about (GB/T 2260)."""
    phone: str | None = Field(default=None, sa_type=Sealed("notification.phone"))
    """E.164; NULL for a person without a phone, who is told by other means."""
    phone_index: bytes | None = Field(default=None, max_length=32)
    template: str = Field(max_length=64)
    template_version: int
    language: Language = Field(default=Language.CHINESE, sa_type=enum_type(Language))
    body: str = Field(sa_type=Sealed("notification.body"))
    parameters: str | None = Field(default=None, sa_type=Sealed("notification.parameters"))
    """JSON of the shown values, for gateways that hold the text themselves."""
    segments: int = 1
    urgency: Urgency = Field(sa_type=enum_type(Urgency))
    dedupe_key: str = Field(max_length=200, unique=True)
    state: NotificationState = Field(sa_type=enum_type(NotificationState))
    attempts: int = 0
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    deferred_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The end of the quiet hours it fell into."""
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gateway: str | None = Field(default=None, max_length=32)
    """Which one has it, or is to try it next."""
    rung: int = 0
    """How many gateways took it and then reported that it did not arrive."""
    provider_reference: str | None = Field(default=None, max_length=64)
    digest_id: UUID | None = Field(default=None, foreign_key="notification.id")
    """The message that says what this one would have said."""
    error: str | None = Field(default=None, max_length=200)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its reader opened it in the app."""


class DeliveryReport(Record, table=True):
    """What a provider reported, once; also about messages nobody here knows."""

    __tablename__ = "delivery_report"
    __table_args__ = (sa.UniqueConstraint("gateway", "provider_reference", "state", "error"),)

    notification_id: UUID | None = Field(default=None, foreign_key="notification.id", index=True)
    gateway: str = Field(max_length=32)
    provider_reference: str = Field(max_length=64)
    state: NotificationState = Field(sa_type=enum_type(NotificationState))
    error: str = Field(default="", max_length=64)
    """The provider's own code."""


class NumberStatus(Record, table=True):
    """What is known of a number whoever uses it; the number itself is not kept."""

    __tablename__ = "number_status"

    phone_index: bytes = Field(max_length=32, unique=True)
    trouble: NumberTrouble | None = Field(
        default=None, sa_type=enum_type(NumberTrouble), nullable=True
    )
    trouble_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opted_out_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """退订, by a reply from the number; ends the messages that no law asks for."""


class MessagePreference(Record, table=True):
    """How a person wants to be told."""

    __tablename__ = "message_preference"

    person_id: UUID = Field(foreign_key="person.id", unique=True)
    language: Language = Field(sa_type=enum_type(Language))
    wants_optional: bool = True


class TemplateApproval(Record, table=True):
    """What the operator of a gateway said about one version of a text."""

    __tablename__ = "template_approval"
    __table_args__ = (sa.UniqueConstraint("gateway", "template", "version", "language"),)

    gateway: str = Field(max_length=32)
    template: str = Field(max_length=64)
    version: int
    language: Language = Field(sa_type=enum_type(Language))
    state: ApprovalState = Field(sa_type=enum_type(ApprovalState))
    provider_code: str | None = Field(default=None, max_length=64)
    """What the gateway calls the text, e.g. ``SMS_123456789``."""
    note: str | None = Field(default=None, max_length=200)


class SmsSpending(Record, table=True):
    """Segments a project has sent on one day (Shanghai)."""

    __tablename__ = "sms_spending"
    __table_args__ = (sa.UniqueConstraint("project_id", "date"),)

    project_id: UUID = Field(foreign_key="project.id")
    date: date
    segments: int
    exhausted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the first message had to wait for the next day."""


class ToldOtherwise(Record, table=True):
    """Somebody told the person what no message could; append-only by trigger."""

    __tablename__ = "told_otherwise"

    notification_id: UUID = Field(foreign_key="notification.id", unique=True)
    told_by: UUID = Field(foreign_key="person.id")
    how: ToldBy = Field(sa_type=enum_type(ToldBy))
    note: str | None = Field(default=None, max_length=200)
