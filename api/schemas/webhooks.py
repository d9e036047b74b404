"""Wire shapes of webhooks and of what was said to them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.schemas.words import NO_NUL, SEEN
from cases.divisions import is_county
from core.enums import WebhookState
from db.models import Webhook, WebhookDelivery
from notifications.webhooks.events import EventKind
from notifications.webhooks.rules import LONGEST_URL

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=NO_NUL), SEEN
]


def _refuse_unknown(code: str) -> str:
    if not is_county(code):
        raise PydanticCustomError("unknown_county", "No county has this code (GB/T 2260)")
    return code


County = Annotated[str, StringConstraints(pattern=r"^\d{6}$"), AfterValidator(_refuse_unknown)]
Kinds = Annotated[list[EventKind], Field(min_length=1, max_length=len(EventKind))]


class WebhookIn(BaseModel):
    """A system that wants to hear of events."""

    name: Name
    url: str = Field(min_length=1, max_length=LONGEST_URL, description="https, public host.")
    kinds: Kinds
    project_id: UUID | None = Field(default=None, description="Only of this project.")
    county_code: County | None = Field(
        default=None, description="Only of this county (GB/T 2260), no city or province."
    )


class WebhookOut(BaseModel):
    """A webhook without its secret."""

    id: UUID
    name: str
    url: str
    kinds: list[EventKind]
    project_id: UUID | None
    county_code: str | None
    created_at: datetime
    failures: int = Field(description="In a row.")
    resting_until: datetime | None = Field(description="Nothing is sent before, after failures.")
    ended_at: datetime | None

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """Return the wire shape."""
        return cls.model_validate(webhook, from_attributes=True)


class NewWebhookOut(WebhookOut):
    """A new webhook; the secret is shown this once."""

    secret: str = Field(description="`whsec_…`, for libraries of Standard Webhooks.")


class WebhookDeliveryOut(BaseModel):
    """One event on its way to one webhook."""

    id: UUID = Field(description="The `webhook-id` of every attempt.")
    kind: EventKind
    subject_id: UUID
    occurred_at: datetime
    state: WebhookState
    attempts: int
    due_at: datetime
    settled_at: datetime | None
    status: int | None = Field(description="HTTP status of the last answer.")
    error: str | None

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> Self:
        """Return the wire shape."""
        return cls.model_validate(delivery, from_attributes=True)
