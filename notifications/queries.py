"""Every SELECT of the package, and its conditional changes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from db.models import Notification, Person


def find_phone(session: Session, person_id: UUID) -> str | None:
    """Return the person's number (E.164), if there is one."""
    return session.exec(select(Person.phone).where(Person.id == person_id)).one()


def insert_once(session: Session, notification: Notification) -> bool:
    """Insert the row unless its dedupe key was used before; tell whether it was new."""
    statement = (
        insert(Notification)
        .values(notification.model_dump())
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(col(Notification.id))
    )
    return session.exec(statement).first() is not None


def lock_notification(session: Session, notification_id: UUID) -> Notification:
    """Return the row, held until the transaction ends."""
    statement = select(Notification).where(Notification.id == notification_id).with_for_update()
    return session.exec(statement).one()


def list_recorded_references(
    session: Session, gateway: str, references: Sequence[str]
) -> list[str]:
    """Return those of the gateway's references that a message of ours already carries."""
    statement = select(Notification.provider_reference).where(
        Notification.gateway == gateway, col(Notification.provider_reference).in_(references)
    )
    return [reference for reference in session.exec(statement) if reference is not None]
