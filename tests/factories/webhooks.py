"""Webhooks and what was said to them."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session

from core.clock import now
from core.enums import WebhookState
from db.models import Webhook, WebhookDelivery
from notifications.webhooks import service
from notifications.webhooks.events import EventKind
from tests.factories.identity import make_person

URL = "https://hooks.example.com/axm?key=k-1"


def make_webhook(
    session: Session,
    *kinds: EventKind,
    project_id: UUID | None = None,
    county_code: str | None = None,
    url: str = URL,
) -> Webhook:
    """Take up a webhook."""
    return service.create_webhook(
        session,
        name="某市平台",
        url=url,
        kinds=kinds or [EventKind.PAYSLIP_PAID],
        project_id=project_id,
        county_code=county_code,
        created_by=make_person(session, name="某干部").id,
    )


def make_delivery(
    session: Session,
    webhook: Webhook,
    *,
    subject_id: UUID | None = None,
    state: WebhookState = WebhookState.PENDING,
    at: datetime | None = None,
) -> WebhookDelivery:
    """Write one event on its way."""
    moment = at or now()
    delivery = WebhookDelivery(
        webhook_id=webhook.id,
        kind=EventKind.PAYSLIP_PAID,
        subject_id=subject_id or uuid4(),
        occurred_at=moment,
        state=state,
        round_began_at=moment,
        due_at=moment,
    )
    session.add(delivery)
    session.flush()
    return delivery


def make_dead_event(session: Session) -> dict[str, str]:
    """Write a webhook with an event that was given up; return its address."""
    webhook = make_webhook(session, url=f"{URL}{uuid4()}")
    dead = make_delivery(session, webhook, state=WebhookState.DEAD)
    return {"webhook_id": str(webhook.id), "delivery_id": str(dead.id)}
