"""Vendors' terminals: giving them their secret path, knowing them by it, keeping what they sent."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.crypto import token_hash
from core.enums import DeviceProfile, DeviceVendor, Direction, MessageState
from db.models import Device, DeviceMessage
from devices import queries, terminal_queries
from devices.errors import (
    DeviceNameTakenError,
    DeviceRevokedError,
    NotATerminalError,
    UnknownTerminalError,
)
from devices.terminal_settings import check_direction, check_settings
from identity import audit
from identity.principal import Principal

SECRET_BYTES = 32
KEPT_FOR = timedelta(days=7)
KEPT_BYTES = 1_000_000
"""Of one message; what is longer once its pictures are out is no message."""
LONGEST_PATH = 200
LONGEST_CONTENT_TYPE = 100
LONGEST_NOTE = 200
MESSAGE_KEY = ("project_id", "device_id", "digest")


@dataclass(frozen=True, slots=True)
class TerminalOffer:
    """What the manager types into the terminal's address field; the secret is shown once."""

    device_id: UUID
    secret: str


def create_terminal(
    session: Session,
    *,
    project_id: UUID,
    name: str,
    vendor: DeviceVendor,
    direction: Direction | None,
    serial_number: str | None,
    allowed_networks: Sequence[str],
    settings: dict[str, Any],
) -> TerminalOffer:
    """Register a vendor's terminal and return its secret.

    `allowed_networks` are CIDR blocks, none meaning that it may call from anywhere; `settings`
    are the vendor's as the manager gave them. Raises DeviceNameTakenError,
    WrongTerminalSettingsError.
    """
    check_direction(vendor, direction)
    networks = _normalize(allowed_networks)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    device = Device(
        project_id=project_id,
        name=name,
        profile=DeviceProfile.GATE,
        serial_number=serial_number,
        vendor=vendor,
        direction=direction,
        path_secret_hash=token_hash(secret),
        allowed_networks=networks,
        vendor_settings=check_settings(
            session, vendor=vendor, given=settings, allowed_networks=networks, stored={}
        ),
    )
    inserted = session.execute(
        insert(Device)
        .values(device.model_dump())
        .on_conflict_do_nothing(index_elements=["project_id", "name"])
        .returning(col(Device.id))
    )
    if inserted.first() is None:
        raise DeviceNameTakenError
    return TerminalOffer(device.id, secret)


def set_up_terminal(
    session: Session,
    *,
    project_id: UUID,
    device_id: UUID,
    direction: Direction | None,
    serial_number: str | None,
    allowed_networks: Sequence[str],
    settings: dict[str, Any],
) -> None:
    """Change how a terminal stands and who may call as it.

    Raises DeviceNotFoundError, DeviceRevokedError, NotATerminalError, WrongTerminalSettingsError.
    """
    device = _get_terminal(session, project_id, device_id)
    check_direction(device.vendor, direction)
    networks = _normalize(allowed_networks)
    device.vendor_settings = check_settings(
        session,
        vendor=device.vendor,
        given=settings,
        allowed_networks=networks,
        stored=device.vendor_settings,
    )
    device.direction = direction
    device.serial_number = serial_number
    device.allowed_networks = networks
    session.flush()


def renew_secret(session: Session, *, project_id: UUID, device_id: UUID) -> TerminalOffer:
    """Give the terminal a new secret; the old path ends at once.

    Raises DeviceNotFoundError, DeviceRevokedError, NotATerminalError.
    """
    device = _get_terminal(session, project_id, device_id)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    device.path_secret_hash = token_hash(secret)
    session.flush()
    return TerminalOffer(device.id, secret)


def find_terminal(session: Session, *, secret: str, vendor: DeviceVendor, address: str) -> Device:
    """Return the vendor's terminal whose secret stands in the path.

    UnknownTerminalError, the same for each: no such secret, revoked, another vendor's, or called
    from an `address` outside its networks.
    """
    device = terminal_queries.find_by_secret(session, token_hash(secret))
    if device is None or device.vendor is not vendor:
        raise UnknownTerminalError
    if not is_allowed(device, address):
        raise UnknownTerminalError
    return device


def is_allowed(device: Device, address: str) -> bool:
    """Tell whether the device's networks, if any are named, hold the caller's address."""
    if not device.allowed_networks:
        return True
    caller = _read_address(address)
    return caller is not None and any(
        caller in ip_network(block) for block in device.allowed_networks
    )


def keep_message(
    session: Session,
    *,
    device: Device,
    path: str,
    content_type: str,
    body: bytes,
    state: MessageState,
    note: str | None,
) -> None:
    """Keep a message for 7 days; one that is sent again unchanged is kept once.

    The caller has taken pictures and identity cards out. Beyond 1,000,000 bytes the body is cut,
    and the note says so.
    """
    is_cut = len(body) > KEPT_BYTES
    message = DeviceMessage(
        project_id=device.project_id,
        device_id=device.id,
        path=_storable(path)[:LONGEST_PATH],
        content_type=_storable(content_type)[:LONGEST_CONTENT_TYPE],
        digest=_digest(state, path, body),
        body=base64.b64encode(body[:KEPT_BYTES]).decode(),
        state=state,
        note=_note(note, f"cut from {len(body)} bytes" if is_cut else None),
    )
    session.execute(
        insert(DeviceMessage)
        .values(message.model_dump())
        .on_conflict_do_nothing(index_elements=MESSAGE_KEY)
    )


def read_message(
    session: Session, *, project_id: UUID, message_id: UUID, reader: Principal, reason: str
) -> tuple[DeviceMessage, bytes]:
    """Return a kept message of the project with its body, and write who read it and why.

    Raises DeviceMessageNotFoundError.
    """
    message = terminal_queries.get_message(session, project_id=project_id, message_id=message_id)
    audit.record(
        session,
        actor=reader,
        action="devices.read-terminal-message",
        subject_kind="device_message",
        subject_id=message.id,
        reason=reason,
        device_id=str(message.device_id),
    )
    return message, base64.b64decode(message.body)


def drop_old_messages(session: Session, *, at: datetime) -> int:
    """Delete what was kept longer than 7 days; return how many."""
    dropped = session.scalars(
        delete(DeviceMessage)
        .where(col(DeviceMessage.created_at) < at - KEPT_FOR)
        .returning(col(DeviceMessage.id))
    )
    return len(dropped.all())


def _get_terminal(session: Session, project_id: UUID, device_id: UUID) -> Device:
    device = queries.get_device(session, project_id=project_id, device_id=device_id)
    if device.vendor is DeviceVendor.ANXINMA:
        raise NotATerminalError
    if device.revoked_at is not None:
        raise DeviceRevokedError
    return device


def _normalize(networks: Sequence[str]) -> list[str]:
    return [str(ip_network(block, strict=False)) for block in networks]


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:  # a unix socket has none
        return None
    # A listener on `::` sees IPv4 callers as ::ffff:a.b.c.d.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _digest(state: MessageState, path: str, body: bytes) -> bytes:
    return hashlib.sha256(b"\0".join((state.encode(), path.encode(), body))).digest()


def _note(*notes: str | None) -> str | None:
    return _storable("; ".join(note for note in notes if note))[:LONGEST_NOTE] or None


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
