"""Exchanging a device's token for a new one without a moment in which none works."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from core.crypto import token_hash
from db.models import Device
from devices import queries
from devices.errors import DeviceRevokedError
from devices.service import TOKEN_BYTES, PairedDevice

TOKEN_LIFE = timedelta(days=90)
"""After this the device is asked to exchange its token; it works on."""
GRACE = timedelta(days=1)
"""How long a token works on when the manager wants it exchanged: a gate may be offline."""


def roll_token(session: Session, *, device: Device) -> PairedDevice:
    """Give the device its next token; both work until the first use of the new one.

    Asking again, because the answer was lost, replaces the next token by another.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device.next_token_hash = token_hash(token)
    session.flush()
    return PairedDevice(device, token)


def request_roll(session: Session, *, project_id: UUID, device_id: UUID, at: datetime) -> Device:
    """Have the device exchange its token within a day; the old one is refused from then on.

    Repeating does not give more time. Raises DeviceNotFoundError, DeviceRevokedError.
    """
    device = queries.get_device(session, project_id=project_id, device_id=device_id)
    if device.revoked_at is not None:
        raise DeviceRevokedError
    device.roll_due_at = device.roll_due_at or at + GRACE
    session.flush()
    return device


def is_roll_wanted(device: Device, *, at: datetime) -> bool:
    """Tell whether the device is to exchange its token."""
    issued_at = device.token_issued_at
    is_old = issued_at is not None and at - issued_at > TOKEN_LIFE
    return is_old or device.roll_due_at is not None
