"""What differs between one vendor's terminals, checked when a manager sets it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlmodel import Session

from core.enums import DeviceVendor, Direction
from db.base import field_keys
from db.models import Device
from devices.errors import WrongTerminalSettingsError
from devices.zkteco import settings as zkteco

SEALED_PASSWORD = "device.vendor_settings.password"  # noqa: S105  names the place, is none
Word = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,64}$")]
RecordType = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,20}_[0-9]{1,2}$")]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _CalledSettings(_Settings):
    """Where a terminal that we call answers, and as whom."""

    address: IPv4Address | None = None
    port: int = Field(default=80, ge=1, le=65_535)
    user: Word = "admin"
    password: Word | None = None


class _UfaceSettings(_CalledSettings):
    """`…_types` are the values of `type` that were tried out on this firmware."""

    port: int = Field(default=8090, ge=1, le=65_535)
    passing_types: list[RecordType] = Field(default_factory=list, max_length=20)
    refused_types: list[RecordType] = Field(default_factory=list, max_length=20)


SHAPES: dict[DeviceVendor, type[BaseModel]] = {
    DeviceVendor.HIKVISION: _CalledSettings,
    DeviceVendor.UFACE: _UfaceSettings,
}
"""Of vendors that have any."""


MUTE = {DeviceVendor.VGUANG, DeviceVendor.UFACE, DeviceVendor.FACESLUICE}
"""Vendors whose terminals do not say which way somebody went."""


@dataclass(frozen=True, slots=True)
class Target:
    """A terminal that may be called."""

    address: str
    port: int
    user: str
    password: str


def check_direction(vendor: DeviceVendor, direction: Direction | None) -> None:
    """Refuse a terminal of which nobody would know which way people pass it."""
    if direction is None and vendor in MUTE:
        raise WrongTerminalSettingsError(problem="direction")


def check_settings(
    session: Session,
    *,
    vendor: DeviceVendor,
    given: Mapping[str, Any],
    allowed_networks: list[str],
    stored: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the settings as they are kept, the password sealed.

    A password that is left out stays as `stored`, but only for the same address: it must not be
    sent somewhere else by whoever does not know it. Raises WrongTerminalSettingsError.
    """
    if vendor in (DeviceVendor.ZKTECO_ATT, DeviceVendor.ZKTECO_ACC):
        return zkteco.check_settings(given, allowed_networks=allowed_networks)
    try:
        settings = SHAPES.get(vendor, _Settings).model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        places = "、".join("/".join(map(str, place["loc"])) for place in error.errors())
        # A name can hold half a character, which no answer can carry.
        shown = places.encode("utf-8", "replace").decode()[:100]
        raise WrongTerminalSettingsError(problem=shown) from None
    if settings.get("password") is not None:
        settings["password"] = _seal(session, settings["password"])
    elif settings.get("address") and settings["address"] == stored.get("address"):
        settings["password"] = stored.get("password")
    return settings


def _seal(session: Session, password: str) -> str:
    keys = field_keys(session.get_bind().dialect)
    return base64.b64encode(keys.seal(SEALED_PASSWORD, password.encode())).decode()


def find_target(session: Session, device: Device) -> Target | None:
    """Return where to call the terminal; None unless address and password are set."""
    settings = device.vendor_settings
    if not settings.get("address") or not settings.get("password"):
        return None
    keys = field_keys(session.get_bind().dialect)
    sealed = base64.b64decode(settings["password"])
    return Target(
        address=settings["address"],
        port=settings["port"],
        user=settings["user"],
        password=keys.open(SEALED_PASSWORD, sealed).decode(),
    )
