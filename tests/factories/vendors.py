"""Invented terminals of every vendor, and what they left in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.enums import DeviceVendor, Direction, MessageState
from db.models import CheckIn, Device, DeviceMessage, Project
from devices.inbox import create_terminal, keep_message

_numbers = count(1)


@dataclass(frozen=True)
class MadeTerminal:
    """A terminal and the secret in its path."""

    device_id: UUID
    secret: str

    def device(self, session: Session) -> Device:
        """Return the row as it is now."""
        return session.get_one(Device, self.device_id)

    def path(self, rest: str) -> str:
        """Return where it calls."""
        return f"/t/{self.secret}{rest}"


def make_terminal(
    session: Session,
    project: Project | UUID,
    vendor: DeviceVendor,
    *,
    direction: Direction | None = Direction.IN,
    serial_number: str | None = None,
    allowed_networks: Sequence[str] = (),
    **settings: Any,
) -> MadeTerminal:
    """Connect one terminal."""
    offer = create_terminal(
        session,
        project_id=project if isinstance(project, UUID) else project.id,
        name=f"终端 {next(_numbers)}",
        vendor=vendor,
        direction=direction,
        serial_number=serial_number,
        allowed_networks=allowed_networks,
        settings=settings,
    )
    return MadeTerminal(offer.device_id, offer.secret)


def make_message(session: Session, device_id: UUID) -> DeviceMessage:
    """Keep one message of a device that nobody could read."""
    keep_message(
        session,
        device=session.get_one(Device, device_id),
        path="/hikvision",
        content_type="application/json",
        body=b"garbage",
        state=MessageState.UNREAD,
        note="not JSON",
    )
    statement = select(DeviceMessage).where(col(DeviceMessage.device_id) == device_id)
    return session.scalars(statement).one()


def check_ins(session: Session) -> list[CheckIn]:
    """Return all there are, in the order in which they happened."""
    return list(session.scalars(select(CheckIn).order_by(col(CheckIn.occurred_at))).all())


def messages(session: Session) -> list[DeviceMessage]:
    """Return all that were kept, oldest first."""
    return list(session.scalars(select(DeviceMessage).order_by(col(DeviceMessage.id))).all())


def the_note(session: Session) -> str | None:
    """Return why the one message that was kept could not be read."""
    (message,) = messages(session)
    assert message.state is MessageState.UNREAD
    return message.note
