"""Wire shapes of the messages a person reads in the app."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from core.enums import Language, NotificationState, Urgency
from db.models import Notification
from notifications.reasons import describe_failure
from notifications.templates import SIGNATURE, TEXTS, Template


class MessageOut(BaseModel):
    """One message."""

    id: UUID
    kind: Template
    topic: str
    text: str = Field(description="As it was sent, without the signature.")
    language: Language
    urgency: Urgency
    recorded_at: datetime
    read_at: datetime | None
    sms: NotificationState = Field(description="What became of the text to the phone.")
    sms_failure: str | None = Field(description="Why it failed, in everyday words.")

    @classmethod
    def of(cls, notification: Notification) -> Self:
        """Return the wire shape."""
        kind = Template(notification.template)
        return cls(
            id=notification.id,
            kind=kind,
            topic=TEXTS[kind].topic,
            text=notification.body.removeprefix(SIGNATURE),
            language=notification.language,
            urgency=notification.urgency,
            recorded_at=notification.created_at,
            read_at=notification.read_at,
            sms=notification.state,
            sms_failure=describe_failure(notification.error)
            if notification.state is NotificationState.FAILED
            else None,
        )


class UnreadOut(BaseModel):
    """How many messages you have not read."""

    unread: int


class ReadIn(BaseModel):
    """Up to where you have read."""

    newest_id: UUID = Field(description="The newest message you saw; later ones stay unread.")
