"""Gates and other paired devices."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.enums import (
    DeviceProfile,
    DeviceTrouble,
    DeviceVendor,
    Direction,
    MessageState,
    PowerSource,
    ScanReason,
)
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
    next_token_hash: bytes | None = Field(default=None, max_length=32, unique=True)
    """Of the token that replaces the one in use; its first use ends the other."""
    token_issued_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the token in use was given out."""
    roll_due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """The manager wants a new token; from then on the one in use is refused."""
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lost_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when it is out of our hands; what it knew then is known to somebody else."""
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


class GateCard(Record, table=True):
    """Which printed cards offline gates of a project know, with the revision that said so last.

    Derived from cards and registrations when a gate syncs, as `GateBlock`; a revoked card leaves
    its row, so that gates forget it.
    """

    __tablename__ = "gate_card"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "digest"),
        sa.UniqueConstraint("project_id", "revision"),
    )

    project_id: UUID = Field(foreign_key="project.id")
    digest: bytes = Field(max_length=32)
    worker_ref: bytes | None = Field(default=None, max_length=6)
    """Whose it is; NULL: the card opens nothing any more."""
    revision: int
    """Counts up in the project, apart from that of blocks."""


class DeviceMessage(Record, table=True):
    """A vendor terminal's request as it came, kept 7 days so that a misread one is read again."""

    __tablename__ = "device_message"
    __table_args__ = (
        sa.Index(None, "created_at"),
        sa.Index(None, "project_id", "state"),
        sa.UniqueConstraint("project_id", "device_id", "digest"),
    )

    project_id: UUID = Field(foreign_key="project.id")
    device_id: UUID = Field(foreign_key="device.id")
    path: str = Field(max_length=200)
    """Path and query after the secret."""
    content_type: str = Field(max_length=100)
    digest: bytes = Field(max_length=32)
    """SHA-256 of state, path and body; the same thing sent again is the same row."""
    body: str = Field(sa_type=Sealed("device_message.body"))
    """Base64, sealed: terminals send names, faces and identity cards."""
    state: MessageState = Field(sa_type=enum_type(MessageState))
    note: str | None = Field(default=None, max_length=200)
    """Why it could not be read."""


class DeviceHealth(Record, table=True):
    """What a device last said about itself; NULL where it did not say."""

    __tablename__ = "device_health"

    project_id: UUID = Field(foreign_key="project.id")
    device_id: UUID = Field(foreign_key="device.id", unique=True)
    heard_at: datetime = Field(sa_type=UtcDateTime)
    synced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its lists were last brought up to date."""
    version: str | None = Field(default=None, max_length=64)
    """Of the program on it."""
    power: PowerSource | None = Field(default=None, sa_type=enum_type(PowerSource))
    battery_percent: int | None = None
    waiting: int | None = None
    """Scans it has not delivered yet."""
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when there have always been some."""
    quarantined: int | None = None
    """Scans it put aside because we would not take them."""
    offline_until: date | None = None
    """The last day it has keys for."""


class DeviceAlarm(Record, table=True):
    """One episode of trouble with a device, from when it was noticed until it was over."""

    __tablename__ = "device_alarm"
    __table_args__ = (
        sa.Index(
            "ix_device_alarm_open",
            "device_id",
            "trouble",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    project_id: UUID = Field(foreign_key="project.id")
    device_id: UUID = Field(foreign_key="device.id")
    trouble: DeviceTrouble = Field(sa_type=enum_type(DeviceTrouble))
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class GateFace(Record, table=True):
    """Whom the gates of a project may show, with the revision that said so last; as `GateBlock`.

    It holds no name and no picture, only a digest that changes when one of them does.
    """

    __tablename__ = "gate_face"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "worker_ref"),
        sa.UniqueConstraint("project_id", "revision"),
    )

    project_id: UUID = Field(foreign_key="project.id")
    worker_ref: bytes = Field(max_length=6)
    digest: bytes | None = Field(default=None, max_length=32)
    """NULL: to be forgotten."""
    revision: int
