"""Delivering one recorded message with gateways and bounds of the test's choice."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from core.enums import NotificationState
from db.models import Notification, OutboxMessage, Person
from db.session import Database
from notifications import service
from notifications.delivery import claiming, sending
from notifications.delivery.claiming import Dispatch
from notifications.delivery.limits import QuietHours
from notifications.gateways.base import Gateway
from notifications.templates import Template

PHONE = "+8619100000001"
LEASE = timedelta(seconds=60)
NO_LEASE = timedelta(0)
"""Every earlier claim is already over."""
NEVER_QUIET = QuietHours(time(), time())
PLENTY = 1000


def make_dispatch(
    *gateways: Gateway,
    lease: timedelta = LEASE,
    quiet: QuietHours = NEVER_QUIET,
    project_daily_segments: int = PLENTY,
) -> Dispatch:
    """Return what a worker sends with."""
    return Dispatch(gateways, lease, quiet, project_daily_segments)


def deliver(database: Database, dispatch: Dispatch, notification_id: UUID) -> bool:
    """Run the message's job once; tell whether nothing is left to do for it."""
    deliver_all(database, dispatch, [notification_id])
    return all(message.done_at for message in list_jobs(database, notification_id))


def deliver_all(database: Database, dispatch: Dispatch, ids: Sequence[UUID]) -> None:
    """Run one job for all these messages."""
    hand_overs = {one: list_jobs(database, one)[-1].id for one in ids}
    sending.deliver(database, dispatch, hand_overs)


def list_jobs(database: Database, notification_id: UUID) -> list[OutboxMessage]:
    """Return the message's jobs, oldest first."""
    with database.transaction() as session:
        statement = (
            select(OutboxMessage)
            .where(col(OutboxMessage.dedupe_key).contains(str(notification_id)))
            .order_by(col(OutboxMessage.id))
        )
        found = list(session.exec(statement))
        session.expunge_all()
    return found


def make_person(session: Session, phone: str | None = PHONE) -> Person:
    """Add a person."""
    person = Person(name="王小明", phone=phone)
    session.add(person)
    session.flush()
    return person


def tell(
    session: Session, person: Person, *, key: str = "payslip:1", project_id: UUID | None = None
) -> None:
    """Tell a person of a payslip."""
    service.notify(
        session,
        template=Template.PAYSLIP_PUBLISHED,
        person_id=person.id,
        key=key,
        project_id=project_id,
        month="2026-10",
    )


def record_one(database: Database, *, key: str = "payslip:1", phone: str | None = PHONE) -> UUID:
    """Commit one message to one new person; return its id."""
    with database.transaction() as session:
        person = make_person(session, phone)
        tell(session, person, key=key)
        return session.exec(
            select(Notification.id).where(Notification.person_id == person.id)
        ).one()


def read(database: Database, notification_id: UUID) -> Notification:
    """Return the committed row."""
    with database.transaction() as session:
        notification = session.get_one(Notification, notification_id)
        session.expunge(notification)
    return notification


def state_of(database: Database, notification_id: UUID) -> NotificationState:
    """Return the committed state."""
    return read(database, notification_id).state


def set_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Have deliveries happen at that instant."""
    for module in (sending, claiming):
        monkeypatch.setattr(module, "now", lambda: at, raising=False)
