"""Every SELECT and conditional write about the messages a person reads in the app."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from db.models import Notification
from notifications.errors import MessageNotFoundError
from notifications.templates import TEXTS, Template

NEVER_SHOWN = (
    Template.DIGEST,
    *(template for template, text in TEXTS.items() if "{code}" in text.text),
)
"""A code proves who holds the phone it was sent to; a digest repeats what is there already."""


def list_messages(
    session: Session, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Notification]:
    """Return a person's messages older than `before`, newest first, at most `limit`."""
    statement = select(Notification).where(*_own(person_id))
    if before is not None:
        statement = statement.where(col(Notification.id) < before)
    return session.exec(statement.order_by(col(Notification.id).desc()).limit(limit)).all()


def get_message(session: Session, person_id: UUID, message_id: UUID) -> Notification:
    """Return one of the person's messages; MessageNotFoundError for any other."""
    statement = select(Notification).where(*_own(person_id), Notification.id == message_id)
    found = session.exec(statement).one_or_none()
    if found is None:
        raise MessageNotFoundError
    return found


def mark_read(
    session: Session, person_id: UUID, which: sa.ColumnElement[bool], *, at: datetime
) -> int:
    """Note that the person read those unread messages that fit; return how many there were."""
    statement = (
        sa.update(Notification)
        .where(*_own(person_id), col(Notification.read_at).is_(None), which)
        .values(read_at=at)
        .returning(col(Notification.id))
    )
    return len(session.execute(statement).all())


def count_unread(session: Session, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many unread messages each person has; those without any are left out."""
    statement = (
        select(Notification.person_id, sa.func.count())
        .where(
            col(Notification.person_id).in_(person_ids),
            col(Notification.read_at).is_(None),
            col(Notification.template).not_in(NEVER_SHOWN),
        )
        .group_by(col(Notification.person_id))
    )
    return {person_id: count for person_id, count in session.exec(statement) if person_id}


def _own(person_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Notification.person_id) == person_id,
        col(Notification.template).not_in(NEVER_SHOWN),
    )
