"""Wire shapes of devices and their pairing."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.words import NO_NUL
from core.enums import DeviceProfile
from db.models import Device
from devices.service import PairedDevice, PairingOffer

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=NO_NUL),
]


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
    expires_at: datetime

    @classmethod
    def of(cls, offer: PairingOffer) -> Self:
        """Return the wire shape of an offer."""
        return cls(
            device_id=offer.device_id,
            pairing_code=offer.pairing_code,
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


class DeviceOut(BaseModel):
    """A device of the project and how it is doing."""

    id: UUID
    name: str
    profile: DeviceProfile
    serial_number: str | None
    paired_at: datetime | None
    revoked_at: datetime | None
    last_seen_at: datetime | None
    clock_offset_ms: int | None = Field(description="Device clock minus server clock.")

    @classmethod
    def of(cls, device: Device) -> Self:
        """Return the wire shape of a device."""
        return cls(
            id=device.id,
            name=device.name,
            profile=device.profile,
            serial_number=device.serial_number,
            paired_at=device.paired_at,
            revoked_at=device.revoked_at,
            last_seen_at=device.last_seen_at,
            clock_offset_ms=device.clock_offset_ms,
        )
