"""Wire shapes of devices and their pairing."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.gate import Instant
from api.schemas.words import NO_NUL, SEEN
from core.enums import DeviceProfile, DeviceTrouble, DeviceVendor, PowerSource
from db.models import DeviceAlarm, DeviceHealth
from devices.health import TROUBLES, DeviceView
from devices.service import PairedDevice, PairingOffer
from qr import image

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=NO_NUL),
    SEEN,
]

PAIRING_PREFIX = "AXP"
"""Tells a reader that was shown a pairing code from one that was shown a worker's."""


class DeviceIn(BaseModel):
    """A device to be paired."""

    name: Name = Field(description="Unique on the project.", examples=["东门 1 号闸机"])
    profile: DeviceProfile = DeviceProfile.GATE
    serial_number: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="The maker's serial number, e.g. ZKTeco `SN`.",
    )


class PairingOfferOut(BaseModel):
    """A pairing code; shown once."""

    device_id: UUID
    pairing_code: str = Field(examples=["40718265"])
    qr_text: str = Field(
        description="What the QR code says to the device's own reader.", examples=["AXP40718265"]
    )
    qr_svg: str = Field(description="The QR code as an SVG document, to show to the reader.")
    expires_at: datetime

    @classmethod
    def of(cls, offer: PairingOffer) -> Self:
        """Return the wire shape of an offer."""
        text = PAIRING_PREFIX + offer.pairing_code
        return cls(
            device_id=offer.device_id,
            pairing_code=offer.pairing_code,
            qr_text=text,
            qr_svg=image.link_svg(text),
            expires_at=offer.expires_at,
        )


class PairIn(BaseModel):
    """What somebody typed into the device."""

    pairing_code: str = Field(pattern=r"^[0-9]{8}$", examples=["40718265"])


class PairedDeviceOut(BaseModel):
    """Who the device is from now on; the token is shown once."""

    device_id: UUID
    project_id: UUID
    name: str
    profile: DeviceProfile
    token: str = Field(description="Send it as `Authorization: Bearer …`.")

    @classmethod
    def of(cls, paired: PairedDevice) -> Self:
        """Return the wire shape of a paired device."""
        return cls(
            device_id=paired.device.id,
            project_id=paired.device.project_id,
            name=paired.device.name,
            profile=paired.device.profile,
            token=paired.token,
        )


class LossIn(BaseModel):
    """When a device was last surely there."""

    lost_at: Instant


class TroubleOut(BaseModel):
    """Something about the device that somebody should look after."""

    trouble: DeviceTrouble
    since: datetime = Field(description="When it was noticed.")
    explanation: str = Field(examples=["刷码记录传不上来"])

    @classmethod
    def of(cls, alarm: DeviceAlarm) -> Self:
        """Return the wire shape of an open episode."""
        return cls(
            trouble=alarm.trouble,
            since=alarm.created_at,
            explanation=TROUBLES[alarm.trouble],
        )


class HealthOut(BaseModel):
    """What the device last said about itself; null where it did not."""

    heard_at: datetime
    synced_at: datetime | None = Field(description="When its lists were last current.")
    version: str | None = Field(examples=["anxinma-gate/1"])
    power: PowerSource | None
    battery_percent: int | None
    waiting: int | None = Field(description="Scans it has not delivered yet.")
    waiting_since: datetime | None = Field(description="Since when there have always been some.")
    quarantined: int | None = Field(description="Scans it put aside because they were refused.")
    offline_until: date | None = Field(description="The last day it can decide alone.")

    @classmethod
    def of(cls, health: DeviceHealth) -> Self:
        """Return the wire shape of what a device said."""
        return cls(**health.model_dump(include=set(cls.model_fields)))


class DeviceOut(BaseModel):
    """A device of the project and how it is doing."""

    id: UUID
    name: str
    profile: DeviceProfile
    vendor: DeviceVendor
    serial_number: str | None
    paired_at: datetime | None
    revoked_at: datetime | None
    lost_at: datetime | None
    keys_end_date: date | None = Field(
        description="Of a lost device: the last day its keys could open a gate that is offline."
    )
    roll_due_at: datetime | None = Field(description="When its token ends unless exchanged.")
    last_seen_at: datetime | None
    clock_offset_ms: int | None = Field(description="Device clock minus server clock.")
    health: HealthOut | None
    troubles: list[TroubleOut]

    @classmethod
    def of(cls, view: DeviceView) -> Self:
        """Return the wire shape of a device."""
        device, health = view.device, view.health
        return cls(
            id=device.id,
            name=device.name,
            profile=device.profile,
            vendor=device.vendor,
            serial_number=device.serial_number,
            paired_at=device.paired_at,
            revoked_at=device.revoked_at,
            lost_at=device.lost_at,
            keys_end_date=view.keys_end_date,
            roll_due_at=device.roll_due_at,
            last_seen_at=device.last_seen_at,
            clock_offset_ms=device.clock_offset_ms,
            health=health and HealthOut.of(health),
            troubles=[TroubleOut.of(alarm) for alarm in view.alarms],
        )
