"""Delivering one event: claim it, call its webhook, write down how that went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from core.clock import now
from core.enums import WebhookState
from db import outbox
from db.models import Webhook, WebhookDelivery
from db.session import Database
from notifications.webhooks import queries, rules
from notifications.webhooks.caller import Caller, Outcome
from notifications.webhooks.events import EventKind, write_body
from notifications.webhooks.service import end
from notifications.webhooks.signing import sign

LEASE = timedelta(seconds=60)
"""Above the longest a call may take."""
WAIT_FOR_EARLIER = timedelta(seconds=2)
NEVER_UP = "receiver_down"

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt that this worker alone makes."""

    url: str
    body: bytes
    headers: dict[str, str]
    claimed_at: datetime


def deliver(database: Database, caller: Caller, *, delivery_id: UUID, message_id: UUID) -> None:
    """Make one attempt, unless nothing is left to do or it is not its turn yet.

    `message_id` is the job in the outbox: completed when the event is delivered or given up, put
    off until the next attempt otherwise. A worker that dies in between is followed by another
    after the lease, so a receiver may see an event twice, under the same `webhook-id`.
    """
    with database.transaction() as session:
        call = _claim(session, delivery_id, message_id, at=now())
    if call is None:
        return
    outcome = caller.post(call.url, call.body, call.headers)
    with database.transaction() as session:
        _record(session, delivery_id, message_id, call, outcome, at=now())


def _claim(session: Session, delivery_id: UUID, message_id: UUID, *, at: datetime) -> Call | None:
    delivery, webhook = queries.lock_delivery(session, delivery_id)
    if delivery.state is not WebhookState.PENDING:
        outbox.complete(session, message_id)
        return None
    if until := _find_hindrance(session, delivery, webhook, at):
        if rules.is_hopeless(round_began_at=delivery.round_began_at, next_at=until):
            delivery.state, delivery.settled_at = WebhookState.DEAD, at
            delivery.error = delivery.error or NEVER_UP
        outbox.put_off(session, until, message_id)
        return None
    delivery.claimed_at = at
    delivery.attempts += 1
    body = write_body(delivery.id, delivery.kind, delivery.subject_id, delivery.occurred_at)
    secrets = rules.choose_secrets(
        webhook.secret, webhook.previous_secret, until=webhook.previous_until, at=at
    )
    headers = sign(secrets, event_id=str(delivery.id), at=at, body=body)
    return Call(webhook.url, body, headers, at)


def _find_hindrance(
    session: Session, delivery: WebhookDelivery, webhook: Webhook, at: datetime
) -> datetime | None:
    """Return until when to wait: for a worker, the hour, the receiver, or an earlier event."""
    if delivery.claimed_at is not None and delivery.claimed_at + LEASE > at:
        return delivery.claimed_at + LEASE
    if delivery.due_at > at:
        return delivery.due_at
    if delivery.kind == EventKind.TEST:
        return None  # somebody is waiting to see whether the receiver is mended
    if webhook.resting_until is not None and webhook.resting_until > at:
        return webhook.resting_until
    earlier = queries.find_ahead(session, delivery)
    return None if earlier is None else max(earlier, at) + WAIT_FOR_EARLIER


def _record(
    session: Session,
    delivery_id: UUID,
    message_id: UUID,
    call: Call,
    outcome: Outcome,
    *,
    at: datetime,
) -> None:
    delivery, webhook = queries.lock_delivery(session, delivery_id)
    if delivery.claimed_at != call.claimed_at or delivery.state is not WebhookState.PENDING:
        return  # another worker has taken over, or it was ended meanwhile
    delivery.claimed_at = None
    delivery.status, delivery.error = outcome.status, outcome.error
    webhook.failures = 0 if outcome.is_taken else webhook.failures + 1
    rest = None if outcome.is_taken else at + rules.choose_rest(webhook.failures)
    webhook.resting_until = rest
    if outcome.is_taken:
        delivery.state, delivery.settled_at = WebhookState.DELIVERED, at
    elif outcome.status == rules.GONE:
        _end_by_receiver(session, webhook, at)
        session.refresh(delivery)
    else:
        _plan_next(delivery, at)
    if delivery.state is WebhookState.PENDING:
        outbox.put_off(session, delivery.due_at, message_id)
    else:
        outbox.complete(session, message_id)


def _plan_next(delivery: WebhookDelivery, at: datetime) -> None:
    next_at = at + rules.choose_pause(delivery.attempts)
    if rules.is_hopeless(round_began_at=delivery.round_began_at, next_at=next_at):
        delivery.state, delivery.settled_at = WebhookState.DEAD, at
        log.error("webhook event given up", webhook_id=str(delivery.webhook_id))
    else:
        delivery.due_at = next_at


def _end_by_receiver(session: Session, webhook: Webhook, at: datetime) -> None:
    log.warning("webhook ended by its receiver", webhook_id=str(webhook.id))
    end(session, webhook, at=at)
    session.flush()
