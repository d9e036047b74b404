"""Every SELECT on devices."""

from uuid import UUID

from sqlmodel import Session, col, select

from db.models import Device
from devices.errors import DeviceNotFoundError


def get_device(session: Session, *, project_id: UUID, device_id: UUID) -> Device:
    """Return the project's device; DeviceNotFoundError for any other."""
    statement = select(Device).where(Device.id == device_id, Device.project_id == project_id)
    device = session.exec(statement).one_or_none()
    if device is None:
        raise DeviceNotFoundError
    return device


def list_devices(session: Session, project_id: UUID) -> list[Device]:
    """Return the project's devices by name, revoked ones too."""
    statement = select(Device).where(Device.project_id == project_id).order_by(col(Device.name))
    return list(session.exec(statement))


def find_paired_device(session: Session, token_hash: bytes) -> Device | None:
    """Return the device that holds this token, unless it was revoked."""
    statement = select(Device).where(
        Device.token_hash == token_hash, col(Device.revoked_at).is_(None)
    )
    return session.exec(statement).one_or_none()
