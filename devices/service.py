"""Creating, pairing, knowing and revoking devices."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from redis import Redis
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.clock import now
from core.crypto import token_hash
from core.enums import DeviceProfile
from db.models import Device
from db.session import blind_index
from devices import pairing_limits, queries
from devices.errors import (
    DeviceNameTakenError,
    DeviceRevokedError,
    LostInFutureError,
    UnknownDeviceError,
    WrongPairingCodeError,
    WrongProfileError,
)

PAIRING_DIGITS = 8
PAIRING_LIFETIME = timedelta(minutes=15)
TOKEN_BYTES = 32
CONTACT_INTERVAL = timedelta(seconds=30)
NOTABLE_OFFSET_MS = 1_000
INT32_MAX = 2**31 - 1
PURPOSES = {
    DeviceProfile.GATE: "闸机",
    DeviceProfile.KIOSK: "自助机",
    DeviceProfile.SUPERVISOR: "巡查手机",
}


class Heard(Protocol):
    """Whatever remembers when a device was heard: its row, or what the hot lane knows of it."""

    last_seen_at: datetime | None
    clock_offset_ms: int | None


@dataclass(frozen=True, slots=True)
class PairingOffer:
    """What the manager types into the device; the code is shown once and kept nowhere."""

    device_id: UUID
    pairing_code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PairedDevice:
    """A device and the token it will show from now on; only the token's hash is kept."""

    device: Device
    token: str


def create_device(
    session: Session,
    *,
    project_id: UUID,
    name: str,
    profile: DeviceProfile,
    serial_number: str | None = None,
) -> PairingOffer:
    """Register a device and return its pairing code; DeviceNameTakenError if the name is."""
    device = Device(project_id=project_id, name=name, profile=profile, serial_number=serial_number)
    inserted = session.execute(
        insert(Device)
        .values(device.model_dump())
        .on_conflict_do_nothing(index_elements=["project_id", "name"])
        .returning(col(Device.id))
    )
    if inserted.first() is None:
        raise DeviceNameTakenError
    return offer_pairing(session, project_id=project_id, device_id=device.id)


def offer_pairing(session: Session, *, project_id: UUID, device_id: UUID) -> PairingOffer:
    """Give the device a fresh pairing code; an earlier one ends, a token in use works on.

    Raises DeviceNotFoundError, DeviceRevokedError.
    """
    device = queries.get_device(session, project_id=project_id, device_id=device_id)
    if device.revoked_at is not None:
        raise DeviceRevokedError
    code = f"{secrets.randbelow(10**PAIRING_DIGITS):0{PAIRING_DIGITS}d}"
    expires_at = now() + PAIRING_LIFETIME
    device.pairing_code_hash = _code_hash(session, code)
    device.pairing_expires_at = expires_at
    session.flush()
    return PairingOffer(device.id, code, expires_at)


def pair_device(session: Session, valkey: Redis, *, pairing_code: str, caller: str) -> PairedDevice:
    """Exchange a pairing code for a device token; the code ends, and so does an older token.

    `caller` is the network address whose wrong tries are counted. Raises WrongPairingCodeError,
    PairingThrottledError, PairingUnavailableError.
    """
    pairing_limits.check_may_try(valkey, caller=caller)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    at = now()
    paired = session.scalars(
        update(Device)
        .where(
            col(Device.pairing_code_hash) == _code_hash(session, pairing_code),
            col(Device.pairing_expires_at) > at,
            col(Device.revoked_at).is_(None),
        )
        .values(
            pairing_code_hash=None,
            pairing_expires_at=None,
            token_hash=token_hash(token),
            token_issued_at=at,
            next_token_hash=None,
            roll_due_at=None,
            paired_at=at,
        )
        .returning(Device)
    ).one_or_none()
    if paired is None:
        pairing_limits.count_wrong(valkey, caller=caller)
        raise WrongPairingCodeError
    return PairedDevice(paired, token)


def authenticate(session: Session, token: str) -> Device:
    """Return the device that holds the token; a next token's first use ends the one before.

    Raises UnknownDeviceError if unknown, revoked, or overdue to be exchanged.
    """
    digest = token_hash(token)
    device = queries.find_paired_device(session, digest)
    if device is None:
        raise UnknownDeviceError
    at = now()
    if device.next_token_hash == digest:
        device.token_hash, device.next_token_hash = digest, None
        device.token_issued_at, device.roll_due_at = at, None
        session.flush()
    elif device.roll_due_at is not None and device.roll_due_at <= at:
        raise UnknownDeviceError
    return device


def authenticate_gate(session: Session, token: str) -> Device:
    """Return the gate that holds the token; UnknownDeviceError, WrongProfileError."""
    device = authenticate(session, token)
    check_profile(device, DeviceProfile.GATE)
    return device


def check_profile(device: Device, *profiles: DeviceProfile) -> None:
    """Raise WrongProfileError unless the device is one of these."""
    if device.profile not in profiles:
        raise WrongProfileError(profile=device.profile.value, purpose=PURPOSES[device.profile])


def revoke_device(session: Session, *, project_id: UUID, device_id: UUID) -> Device:
    """End the device's token and pairing code for good; repeating changes nothing."""
    device = queries.get_device(session, project_id=project_id, device_id=device_id)
    _end(device, at=now())
    session.flush()
    return device


def lose_device(
    session: Session, *, project_id: UUID, device_id: UUID, lost_at: datetime, at: datetime
) -> Device:
    """End the device for good because it is in somebody else's hands since `lost_at`.

    Repeating can only move the loss to an earlier time. Raises DeviceNotFoundError,
    LostInFutureError.
    """
    if lost_at > at:
        raise LostInFutureError
    device = queries.get_device(session, project_id=project_id, device_id=device_id)
    device.lost_at = min(lost_at, device.lost_at or lost_at)
    _end(device, at=at)
    session.flush()
    return device


def _end(device: Device, *, at: datetime) -> None:
    device.revoked_at = device.revoked_at or at
    device.pairing_code_hash = None
    device.pairing_expires_at = None
    device.next_token_hash = None


def note_contact(device: Heard, *, at: datetime, clock_offset_ms: int | None) -> None:
    """Remember when the device was heard and how far its clock is off, if it said so.

    Only changes worth a row are written, or every scan would rewrite its gate.
    """
    is_recent = device.last_seen_at is not None and at - device.last_seen_at < CONTACT_INTERVAL
    if is_recent and not _is_notable(device.clock_offset_ms, clock_offset_ms):
        return
    device.last_seen_at = at
    if clock_offset_ms is not None:
        device.clock_offset_ms = max(-INT32_MAX, min(INT32_MAX, clock_offset_ms))


def _is_notable(known_ms: int | None, said_ms: int | None) -> bool:
    if said_ms is None:
        return False
    return known_ms is None or abs(said_ms - known_ms) >= NOTABLE_OFFSET_MS


def _code_hash(session: Session, code: str) -> bytes:
    # Keyed: eight digits under a plain hash could be tried out by whoever reads the table.
    return blind_index(session, "device.pairing_code", code)
