"""Use cases of webhooks: announce an event, and what administrators do with subscriptions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.enums import WebhookState
from db import outbox
from db.base import new_id
from db.models import Webhook, WebhookDelivery
from db.outbox import Work
from notifications.errors import (
    WebhookEndedError,
    WebhookKnownError,
    WebhookScopeError,
    WebhookUrlError,
)
from notifications.webhooks import queries, rules
from notifications.webhooks.events import EventKind, may_subscribe
from notifications.webhooks.signing import new_secret

CALL_WEBHOOK = "notifications.call_webhook"
"""Name of the job that calls `delivery.deliver`."""
ENDED = "webhook_ended"


def announce(
    session: Session,
    kind: EventKind,
    *,
    subject_ids: Sequence[UUID],
    at: datetime,
    project_id: UUID | None = None,
    county_code: str | None = None,
) -> None:
    """Tell every webhook that listens, if and only if this transaction commits.

    What happens on a project is named by the project; what only an authority may hear of, by its
    county alone. Two events about one subject arrive in the order of these calls, so the caller
    holds the subject locked. Costs one statement while nobody listens.
    """
    listening = queries.list_listening(
        session, kind, project_id=project_id, county_code=county_code
    )
    _record(
        session,
        [
            _draft(webhook_id, kind, subject_id, at)
            for webhook_id in listening
            for subject_id in subject_ids
        ],
    )


def create_webhook(
    session: Session,
    *,
    name: str,
    url: str,
    kinds: Sequence[EventKind],
    project_id: UUID | None,
    county_code: str | None,
    created_by: UUID,
) -> Webhook:
    """Take up a webhook of one project, one county or, without either, of everything.

    Its secret is to be shown this once. Raises WebhookUrlError, WebhookScopeError, and
    WebhookKnownError where that scope has the address already.
    """
    if not rules.is_fit_url(url):
        raise WebhookUrlError
    is_unknown = project_id is not None and not queries.has_project(session, project_id)
    has_two = project_id is not None and county_code is not None
    if is_unknown or has_two or not may_subscribe(kinds, is_project=project_id is not None):
        raise WebhookScopeError
    _check_new(session, url, project_id=project_id, county_code=county_code)
    webhook = Webhook(
        name=name,
        url=url,
        secret=new_secret(),
        kinds=sorted({kind.value for kind in kinds}),
        project_id=project_id,
        county_code=county_code,
        created_by=created_by,
    )
    session.add(webhook)
    session.flush()
    return webhook


def list_webhooks(session: Session, *, before: UUID | None, limit: int) -> Sequence[Webhook]:
    """Return a page of webhooks, newest first; one more than `limit` if there is."""
    return queries.list_webhooks(session, before=before, limit=limit + 1)


def end_webhook(session: Session, *, webhook_id: UUID, at: datetime) -> None:
    """Send nothing more; what waits is given up. Repeating does nothing. WebhookNotFoundError."""
    end(session, queries.get_webhook(session, webhook_id), at=at)


def end(session: Session, webhook: Webhook, *, at: datetime) -> None:
    """Do the same for a webhook at hand."""
    webhook.ended_at = webhook.ended_at or at
    queries.give_up_pending(session, webhook.id, at=at, error=ENDED)


def renew_webhook_secret(session: Session, *, webhook_id: UUID, at: datetime) -> Webhook:
    """Give a webhook a fresh secret, to be shown this once; the one before signs for a day more.

    Renewed twice within the day, the first of the three is out at once: so a secret that leaked is
    ended by renewing twice. Raises WebhookNotFoundError, WebhookEndedError.
    """
    webhook = queries.lock_webhook(session, webhook_id)
    _check_live(webhook)
    webhook.previous_secret, webhook.secret = webhook.secret, new_secret()
    webhook.previous_until = at + rules.OLD_SECRET_HOLDS
    session.flush()
    return webhook


def send_test_event(session: Session, *, webhook_id: UUID, at: datetime) -> WebhookDelivery:
    """Send an event that means nothing, at once; its delivery shows how that went.

    It waits neither for the receiver's rest nor for earlier events.

    Raises WebhookNotFoundError, WebhookEndedError.
    """
    webhook = queries.get_webhook(session, webhook_id)
    _check_live(webhook)
    delivery = _draft(webhook.id, EventKind.TEST, webhook.id, at)
    _record(session, [delivery])
    return delivery


def list_deliveries(
    session: Session,
    *,
    webhook_id: UUID,
    state: WebhookState | None,
    before: UUID | None,
    limit: int,
) -> Sequence[WebhookDelivery]:
    """Return a page of what was said to a webhook, newest first; one more if there is.

    Raises WebhookNotFoundError.
    """
    queries.get_webhook(session, webhook_id)
    return queries.list_deliveries(session, webhook_id, state=state, before=before, limit=limit + 1)


def retry_delivery(
    session: Session, *, webhook_id: UUID, delivery_id: UUID, at: datetime
) -> WebhookDelivery:
    """Try an event that was given up for another three days, under the same id.

    Later ones about the same thing may have arrived meanwhile: the receiver goes by
    `occurred_at`. Raises WebhookNotFoundError, WebhookEndedError, WebhookDeliveryNotFoundError.
    """
    _check_live(queries.get_webhook(session, webhook_id))
    delivery = queries.lock_dead(session, webhook_id, delivery_id)
    delivery.state, delivery.settled_at = WebhookState.PENDING, None
    delivery.attempts, delivery.claimed_at = 0, None
    delivery.round_began_at = delivery.due_at = at
    session.flush()
    outbox.enqueue_many(session, CALL_WEBHOOK, [_work(delivery)])
    return delivery


def _check_new(
    session: Session, url: str, *, project_id: UUID | None, county_code: str | None
) -> None:
    queries.lock_scope(session, project_id=project_id, county_code=county_code)
    live = queries.list_live(session, project_id=project_id, county_code=county_code)
    if any(rules.is_same_address(webhook.url, url) for webhook in live):
        raise WebhookKnownError


def _check_live(webhook: Webhook) -> None:
    if webhook.ended_at is not None:
        raise WebhookEndedError


def _draft(webhook_id: UUID, kind: EventKind, subject_id: UUID, at: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        id=new_id(),
        created_at=at,
        webhook_id=webhook_id,
        kind=kind,
        subject_id=subject_id,
        occurred_at=at,
        state=WebhookState.PENDING,
        round_began_at=at,
        due_at=at,
    )


def _record(session: Session, deliveries: Sequence[WebhookDelivery]) -> None:
    session.add_all(deliveries)
    session.flush()
    outbox.enqueue_many(session, CALL_WEBHOOK, [_work(delivery) for delivery in deliveries])


def _work(delivery: WebhookDelivery) -> Work:
    began = delivery.round_began_at.isoformat()
    return Work(f"{CALL_WEBHOOK}:{delivery.id}:{began}", {"delivery_id": str(delivery.id)})
