"""Use cases of the reader: the messages of the app, the same facts as the texts to the phone.

They are all here, also those that no gateway could send or that the reader did not want sent.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col

from db.models import Notification
from notifications import inbox_queries as queries

CHANNEL = "inbox"
"""PostgreSQL NOTIFY channel: at commit, somebody's messages or sign-ins have changed."""


def list_messages(
    session: Session, *, person_id: UUID, before: UUID | None, limit: int
) -> Sequence[Notification]:
    """Return a page of the person's messages, newest first; one more than `limit` if there is."""
    return queries.list_messages(session, person_id, before=before, limit=limit + 1)


def count_unread(session: Session, *, person_id: UUID) -> int:
    """Return how many messages the person has not read."""
    return queries.count_unread(session, [person_id]).get(person_id, 0)


def count_unread_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return the same for many people in one statement, zeros included."""
    counts = queries.count_unread(session, person_ids)
    return {person_id: counts.get(person_id, 0) for person_id in person_ids}


def read_message(session: Session, *, person_id: UUID, message_id: UUID, at: datetime) -> None:
    """Note that a message was read; repeating keeps the first instant. MessageNotFoundError."""
    queries.get_message(session, person_id, message_id)
    queries.mark_read(session, person_id, col(Notification.id) == message_id, at=at)


def read_messages(session: Session, *, person_id: UUID, newest_id: UUID, at: datetime) -> int:
    """Note that everything up to a message was read; return how many that were.

    What came after it stays unread: nobody has seen it yet.
    """
    return queries.mark_read(session, person_id, col(Notification.id) <= newest_id, at=at)
