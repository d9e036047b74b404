"""Gates and other paired devices."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.enums import DeviceProfile, DeviceVendor, Direction, MessageState, ScanReason
from db.base import Record, Sealed, UtcDateTime, enum_type


class Device(Record, table=True):
    """A gate, kiosk or supervisor's phone of one project; only hashes of its secrets are kept."""

    __tablename__ = "device"
    __table_args__ = (sa.UniqueConstraint("project_id", "name"),)

    project_id: UUID = Field(foreign_key="project.id")
    name: str = Field(max_length=50)
    profile: DeviceProfile = Field(sa_type=enum_type(DeviceProfile))
    serial_number: str | None = Field(default=None, max_length=64)
    """Vendor serial number, e.g. ZKTeco `SN`."""
    vendor: DeviceVendor = Field(default=DeviceVendor.ANXINMA, sa_type=enum_type(DeviceVendor))
    direction: Direction | None = Field(default=None, sa_type=enum_type(Direction))
    """Which way people pass it; NULL when the device itself says."""
    path_secret_hash: bytes | None = Field(default=None, max_length=32, unique=True)
    """SHA-256 of the unguessable part of the URL a vendor terminal calls."""
    allowed_networks: list[str] = Field(default_factory=list, sa_type=JSONB)
    """CIDR blocks it may call from; empty: from anywhere."""
    vendor_settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """What differs between firmwares, checked by the vendor's module."""
    pairing_code_hash: bytes | None = Field(default=None, max_length=32, unique=True)
    pairing_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    token_hash: bytes | None = Field(default=None, max_length=32, unique=True)
    paired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    clock_offset_ms: int | None = None
    """Device clock minus server clock at the last contact."""


class GateBlock(Record, table=True):
    """Whom offline gates of a project keep out, with the revision that said so last.

    Derived from registrations and contracts when a gate syncs; a reason that is gone leaves its
    row, so that gates learn of it.
    """

    __tablename__ = "gate_block"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "worker_ref"),
        sa.UniqueConstraint("project_id", "revision"),
    )

    project_id: UUID = Field(foreign_key="project.id")
    worker_ref: bytes = Field(max_length=6)
    reason: ScanReason | None = Field(default=None, sa_type=enum_type(ScanReason))
    """NULL: may enter again."""
    revision: int
    """Counts up in the project; a gate's cursor is the last one it has seen."""


class DeviceMessage(Record, table=True):
    """A vendor terminal's request as it came, kept 7 days so that a misread one is read again."""

    __tablename__ = "device_message"
    __table_args__ = (sa.Index(None, "created_at"), sa.Index(None, "project_id", "state"))

    project_id: UUID = Field(foreign_key="project.id")
    device_id: UUID = Field(foreign_key="device.id")
    path: str = Field(max_length=200)
    """Path and query after the secret."""
    content_type: str = Field(max_length=100)
    body: str = Field(sa_type=Sealed("device_message.body"))
    """Base64, sealed: terminals send names, faces and identity cards."""
    state: MessageState = Field(sa_type=enum_type(MessageState))
    note: str | None = Field(default=None, max_length=200)
    """Why it could not be read."""
