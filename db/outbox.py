"""The transactional outbox: work recorded with a fact, handed to the broker until it is done."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select, update

from core.clock import now
from db.base import new_id
from db.models.outbox import OutboxMessage

CHANNEL = "outbox"
"""PostgreSQL NOTIFY channel that wakes the relays at commit."""

WORKER_ALIVE_KEY = "worker:alive"
"""Valkey key that every relay keeps alive and `/readyz` looks for."""

POISON_ATTEMPTS = 8
POISON_WAIT = timedelta(hours=1)


def enqueue(
    session: Session,
    task: str,
    *,
    dedupe_key: str,
    due_at: datetime | None = None,
    **payload: str,
) -> None:
    """Record that `task` must run after this transaction commits; once per `dedupe_key`, ever.

    Payloads hold ids, never personal data: they travel through the broker and its logs.
    """
    statement = (
        insert(OutboxMessage)
        .values(
            id=new_id(),
            created_at=now(),
            task=task,
            payload=payload,
            dedupe_key=dedupe_key,
            due_at=due_at or now(),
            attempts=0,
        )
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(func.pg_notify(CHANNEL, ""))
    )
    session.exec(statement)


def complete(session: Session, message_id: UUID) -> None:
    """Record that the job is done and must not be handed over again."""
    statement = (
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == message_id, col(OutboxMessage.done_at).is_(None))
        .values(done_at=now())
    )
    session.exec(statement)


def relay(
    session: Session,
    send: Callable[[str, dict[str, str]], object],
    *,
    at: datetime,
    lease: timedelta,
    limit: int,
) -> int:
    """Hand due messages to the broker under a lease; return how many were handed over.

    The job receives the payload and `message_id`, and calls `complete` with it. Until then the
    message is handed over again whenever its lease ends, so a job may run more than once, and
    the broker may lose everything. `SKIP LOCKED` lets several relays run side by side.
    """
    messages = session.exec(
        select(OutboxMessage)
        .where(col(OutboxMessage.done_at).is_(None), OutboxMessage.due_at <= at)
        .order_by(col(OutboxMessage.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for message in messages:
        send(message.task, {**message.payload, "message_id": str(message.id)})
        message.attempts += 1
        message.due_at = at + compute_wait(message.attempts, lease)
    return len(messages)


def compute_wait(attempts: int, lease: timedelta) -> timedelta:
    """Return how long after the given hand-over (1 is the first) the next one may follow.

    Doubles from the lease and stops at an hour; from `POISON_ATTEMPTS` on it is an hour whatever
    the lease, so a message that cannot succeed stays in sight and costs next to nothing.
    """
    if attempts >= POISON_ATTEMPTS:
        return POISON_WAIT
    return min(lease * (1 << (attempts - 1)), POISON_WAIT)
