"""The transactional outbox: work recorded with a fact, handed to the broker until it is done."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, text
from sqlmodel import Session, col, select, update

from core.clock import now
from db.base import first_id_at, new_id
from db.bulk import insert_rows
from db.models.outbox import OutboxMessage

CHANNEL = "outbox"
"""PostgreSQL NOTIFY channel that wakes the relays at commit."""
WAKE = select(func.pg_notify(CHANNEL, ""))

WORKER_ALIVE_KEY = "worker:alive"
"""Valkey key that every relay keeps alive and `/readyz` looks for."""

URGENT_LIMIT = 100
POISON_ATTEMPTS = 8
POISON_WAIT = timedelta(hours=1)
KEPT_FOR = timedelta(days=7)
"""How long a finished job can still be looked at, and its key keeps a second one away."""
FORGET_ROWS = 5_000

Payload = dict[str, str]
Batch = dict[str, list[Payload]]


Send = Callable[[str, Payload | Batch, bool], object]
"""Hands one job to the broker: task, payload, and whether it is urgent."""


@dataclass(frozen=True, slots=True)
class Work:
    """One job to be recorded; `payload` holds ids, never personal data."""

    dedupe_key: str
    payload: Payload
    is_urgent: bool = False


def enqueue(
    session: Session,
    task: str,
    *,
    dedupe_key: str,
    due_at: datetime | None = None,
    is_urgent: bool = False,
    **payload: str,
) -> None:
    """Record that `task` must run after this transaction commits; once per `dedupe_key`.

    A key is free again a week after its job was recorded and finished. Payloads hold ids, never
    personal data: they travel through the broker and its logs.
    """
    enqueue_many(session, task, [Work(dedupe_key, payload, is_urgent)], due_at=due_at)


def enqueue_many(
    session: Session, task: str, works: Sequence[Work], *, due_at: datetime | None = None
) -> None:
    """Record many jobs of one task in one statement; see `enqueue`."""
    if not works:
        return
    at = now()
    rows = [
        {
            "id": new_id(),
            "created_at": at,
            "task": task,
            "payload": work.payload,
            "dedupe_key": work.dedupe_key,
            "due_at": due_at or at,
            "is_urgent": work.is_urgent,
            "attempts": 0,
        }
        for work in works
    ]
    insert_rows(session, OutboxMessage, rows, once_per="dedupe_key")
    session.execute(WAKE)


def complete(session: Session, *message_ids: UUID) -> None:
    """Record that the jobs are done and must not be handed over again."""
    statement = (
        update(OutboxMessage)
        .where(col(OutboxMessage.id).in_(message_ids), col(OutboxMessage.done_at).is_(None))
        .values(done_at=now())
    )
    session.execute(statement)


def put_off(session: Session, until: datetime, *message_ids: UUID) -> None:
    """Have the jobs handed over again at that instant, which is no failure of theirs."""
    statement = (
        update(OutboxMessage)
        .where(col(OutboxMessage.id).in_(message_ids), col(OutboxMessage.done_at).is_(None))
        .values(due_at=until, attempts=0)
    )
    session.execute(statement)
    session.execute(WAKE)


def relay(
    session: Session,
    send: Send,
    *,
    at: datetime,
    lease: timedelta,
    limit: int,
    batches: Mapping[str, int] | None = None,
) -> int:
    """Hand due messages to the broker under a lease, urgent ones first; return how many.

    The job receives the payload and `message_id`, and calls `complete` with it. Until then the
    message is handed over again whenever its lease ends, so a job may run more than once, and
    the broker may lose everything. `SKIP LOCKED` lets several relays run side by side. `limit`
    is for those that are not urgent; tasks named in `batches` receive up to so many of those at
    once, as `messages`.
    """
    handed_over: list[OutboxMessage] = []
    for is_urgent, most in ((True, URGENT_LIMIT), (False, limit)):
        # Urgent messages are on their way before anybody looks for others.
        messages = _lock_due(session, at=at, is_urgent=is_urgent, limit=most)
        for task, payload, is_first in _list_jobs(messages, batches or {}):
            send(task, payload, is_first)
        handed_over += messages
    for message in handed_over:
        message.attempts += 1
        message.due_at = at + compute_wait(message.attempts, lease)
    # Nobody waits for this commit: were it lost in a crash, they would be handed over once more.
    session.execute(text("SET LOCAL synchronous_commit = off"))
    return len(handed_over)


def _lock_due(
    session: Session, *, at: datetime, is_urgent: bool, limit: int
) -> Sequence[OutboxMessage]:
    return session.exec(
        select(OutboxMessage)
        .where(
            col(OutboxMessage.done_at).is_(None),
            col(OutboxMessage.is_urgent).is_(is_urgent),
            OutboxMessage.due_at <= at,
        )
        .order_by(col(OutboxMessage.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def _list_jobs(
    messages: Sequence[OutboxMessage], batches: Mapping[str, int]
) -> list[tuple[str, Payload | Batch, bool]]:
    """Return what the broker is to be handed: urgent messages alone, others together."""
    jobs: list[tuple[str, Payload | Batch, bool]] = []
    together = defaultdict[str, list[Payload]](list)
    for message in messages:
        payload = {**message.payload, "message_id": str(message.id)}
        if message.task not in batches:
            jobs.append((message.task, payload, message.is_urgent))
        elif message.is_urgent:
            jobs.append((message.task, {"messages": [payload]}, True))
        else:
            together[message.task].append(payload)
    for task, payloads in together.items():
        size = batches[task]
        jobs += [
            (task, {"messages": payloads[start : start + size]}, False)
            for start in range(0, len(payloads), size)
        ]
    return jobs


def count_under_way(session: Session, *, at: datetime, lease: timedelta, limit: int) -> int:
    """Return how many jobs the broker was handed and has not finished, at most `limit`."""
    under_way = (
        select(OutboxMessage.id)
        .where(
            col(OutboxMessage.done_at).is_(None),
            col(OutboxMessage.is_urgent).is_(False),
            OutboxMessage.due_at > at,
            OutboxMessage.due_at <= at + lease,
            OutboxMessage.attempts > 0,
        )
        .limit(limit)
        .subquery()
    )
    return session.exec(select(func.count()).select_from(under_way)).one()


def list_poison(session: Session, *, before: UUID | None, limit: int) -> list[OutboxMessage]:
    """Return jobs that were handed over `POISON_ATTEMPTS` times in vain, newest first."""
    statement = select(OutboxMessage).where(
        col(OutboxMessage.done_at).is_(None), OutboxMessage.attempts >= POISON_ATTEMPTS
    )
    if before is not None:
        statement = statement.where(col(OutboxMessage.id) < before)
    return list(session.exec(statement.order_by(col(OutboxMessage.id).desc()).limit(limit)))


def hand_over_now(session: Session, message_id: UUID) -> bool:
    """Give a job another full round of tries; tell whether there is such an unfinished job."""
    statement = (
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == message_id, col(OutboxMessage.done_at).is_(None))
        .values(due_at=now(), attempts=0)
        .returning(col(OutboxMessage.id))
    )
    is_there = session.execute(statement).first() is not None
    session.execute(WAKE)
    return is_there


def forget_finished(session: Session, *, at: datetime) -> bool:
    """Delete some of the jobs finished and recorded a week ago; tell whether there may be more.

    Walks the primary key from its old end, which is where they stand.
    """
    oldest = (
        select(OutboxMessage.id)
        .where(
            col(OutboxMessage.id) < first_id_at(at - KEPT_FOR),
            col(OutboxMessage.done_at).is_not(None),
        )
        .order_by(col(OutboxMessage.id))
        .limit(FORGET_ROWS)
        .with_for_update(skip_locked=True)
    )
    found = session.exec(oldest).all()
    session.execute(delete(OutboxMessage).where(col(OutboxMessage.id).in_(found)))
    return len(found) == FORGET_ROWS


def compute_wait(attempts: int, lease: timedelta) -> timedelta:
    """Return how long after the given hand-over (1 is the first) the next one may follow.

    Doubles from the lease and stops at an hour; from `POISON_ATTEMPTS` on it is an hour whatever
    the lease, so a message that cannot succeed stays in sight and costs next to nothing.
    """
    if attempts >= POISON_ATTEMPTS:
        return POISON_WAIT
    return min(lease * (1 << (attempts - 1)), POISON_WAIT)
