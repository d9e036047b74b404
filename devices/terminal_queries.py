"""Every SELECT on vendors' terminals and what they sent."""

from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from core.enums import DeviceVendor, MessageState
from db.models import Device, DeviceMessage
from devices.errors import DeviceMessageNotFoundError


def find_by_secret(session: Session, secret_hash: bytes) -> Device | None:
    """Return the device whose path has this secret, unless it was revoked."""
    statement = select(Device).where(
        Device.path_secret_hash == secret_hash, col(Device.revoked_at).is_(None)
    )
    return session.exec(statement).one_or_none()


def find_terminal_by_id(session: Session, device_id: UUID) -> Device | None:
    """Return a terminal that was not revoked."""
    statement = select(Device).where(Device.id == device_id, col(Device.revoked_at).is_(None))
    return session.exec(statement).one_or_none()


def list_terminals(session: Session, vendor: DeviceVendor) -> list[Device]:
    """Return the vendor's terminals of all projects that were not revoked."""
    statement = select(Device).where(Device.vendor == vendor, col(Device.revoked_at).is_(None))
    return list(session.exec(statement))


def lock_unread(session: Session, *, device_id: UUID, limit: int) -> list[DeviceMessage]:
    """Return what the terminal sent and nobody could read, oldest first, for one reader alone."""
    statement = (
        select(DeviceMessage)
        .where(DeviceMessage.device_id == device_id, DeviceMessage.state == MessageState.UNREAD)
        .order_by(col(DeviceMessage.id))
        .limit(limit)
        .with_for_update()
    )
    return list(session.exec(statement))


def list_messages(
    session: Session,
    *,
    project_id: UUID,
    state: MessageState,
    before: UUID | None,
    limit: int,
) -> list[DeviceMessage]:
    """Return what the project's terminals sent, newest first, without the bodies."""
    statement = (
        select(DeviceMessage)
        .where(DeviceMessage.project_id == project_id, DeviceMessage.state == state)
        .options(defer(col(DeviceMessage.body), raiseload=True))  # type: ignore[arg-type]
        .order_by(col(DeviceMessage.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(DeviceMessage.id) < before)
    return list(session.exec(statement))


def get_message(session: Session, *, project_id: UUID, message_id: UUID) -> DeviceMessage:
    """Return the project's message; DeviceMessageNotFoundError for any other."""
    statement = select(DeviceMessage).where(
        DeviceMessage.id == message_id, DeviceMessage.project_id == project_id
    )
    message = session.exec(statement).one_or_none()
    if message is None:
        raise DeviceMessageNotFoundError
    return message
