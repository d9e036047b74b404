"""Gates and other paired devices."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from core.enums import DeviceProfile
from db.base import Record, UtcDateTime, enum_type


class Device(Record, table=True):
    """A gate, kiosk or supervisor's phone of one project; only hashes of its secrets are kept."""

    __tablename__ = "device"
    __table_args__ = (sa.UniqueConstraint("project_id", "name"),)

    project_id: UUID = Field(foreign_key="project.id")
    name: str = Field(max_length=50)
    profile: DeviceProfile = Field(sa_type=enum_type(DeviceProfile))
    serial_number: str | None = Field(default=None, max_length=64)
    """Vendor serial number, e.g. ZKTeco `SN`."""
    pairing_code_hash: bytes | None = Field(default=None, max_length=32, unique=True)
    pairing_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    token_hash: bytes | None = Field(default=None, max_length=32, unique=True)
    paired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    clock_offset_ms: int | None = None
    """Device clock minus server clock at the last contact."""
