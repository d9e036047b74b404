"""Commits a message to somebody, and reads what became of it."""

import json
from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

from core.enums import NotificationState
from db.models import Notification, OutboxMessage, Person
from db.session import Database
from notifications import service
from notifications.templates import Template


def tell_somebody(database: Database, *, key: str = "payslip:1") -> UUID:
    """Commit one message to a new person; return the notification's id."""
    with database.transaction() as session:
        person = Person(name="王小明", phone="+8619100000001")
        session.add(person)
        session.flush()
        service.notify(
            session,
            template=Template.PAYSLIP_PUBLISHED,
            person_id=person.id,
            key=key,
            month="2026-10",
        )
        return session.exec(
            select(Notification.id).where(Notification.person_id == person.id)
        ).one()


def state_of(database: Database, notification_id: UUID) -> NotificationState:
    """Return the committed state."""
    with database.transaction() as session:
        return session.get_one(Notification, notification_id).state


def is_sent(database: Database, notification_id: UUID) -> bool:
    """Tell whether it is recorded as sent and will not be handed over again."""
    with database.transaction() as session:
        message = session.exec(
            select(OutboxMessage).where(
                col(OutboxMessage.dedupe_key).contains(str(notification_id))
            )
        ).one()
        notification = session.get_one(Notification, notification_id)
        return notification.state is NotificationState.SENT and message.done_at is not None


def message_id_of(database: Database, notification_id: UUID) -> UUID:
    """Return the id of the outbox message that delivers it."""
    with database.transaction() as session:
        return session.exec(
            select(OutboxMessage.id).where(
                col(OutboxMessage.dedupe_key).contains(str(notification_id))
            )
        ).one()


def references_in(file: Path) -> list[str]:
    """Return the references of the messages the console gateway sent, in order."""
    if not file.exists():
        return []
    return [json.loads(line)["reference"] for line in file.read_text().splitlines()]
