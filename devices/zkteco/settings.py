"""What differs between one ZKTeco terminal and the next, as its manager set it; pure."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.crypto import token_hash
from devices.errors import WrongTerminalSettingsError

LARGEST_NETWORK = 256
"""Addresses; who is known by serial number and address alone must not be a whole provider."""


class ZktecoSettings(BaseModel):
    """The settings of one terminal, each with what suits most firmwares."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ack: Literal["count", "ok"] = "count"
    """``OK: 2`` and ``user=2`` as documented; `ok` for a firmware that sends on at these."""
    encoding: Literal["utf-8", "gb18030"] = "utf-8"
    """What its screen reads."""
    has_bare_path: bool = False
    """It can only be given a host and a port, so it calls without the secret."""
    comm_key_hash: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the communication key set in the terminal."""
    keeps_people: bool = True
    """Whether the project's people are written into it."""
    lock_count: int = Field(default=1, ge=1, le=8)
    """How many gates it drives."""
    open_seconds: int = Field(default=5, ge=1, le=60)


def check_settings(given: Mapping[str, Any], *, allowed_networks: list[str]) -> dict[str, Any]:
    """Return what is stored of the settings a manager gave; WrongTerminalSettingsError.

    `comm_key` is given in clear and stored hashed. A terminal without a secret in its path must
    have its networks named, and small ones.
    """
    known = dict(given)
    comm_key = known.pop("comm_key", None)
    if comm_key is not None:
        known["comm_key_hash"] = token_hash(str(comm_key)).hex()
    try:
        settings = ZktecoSettings.model_validate(known)
    except ValidationError as error:
        names = sorted({str(fault["loc"][0]) for fault in error.errors()})
        raise WrongTerminalSettingsError(problem="、".join(names)) from None
    if settings.has_bare_path:
        _check_networks(allowed_networks)
    return settings.model_dump(exclude_defaults=True)


def read_settings(stored: Mapping[str, Any]) -> ZktecoSettings:
    """Return the settings of a terminal as `check_settings` stored them."""
    return ZktecoSettings.model_validate(stored)


def _check_networks(allowed_networks: list[str]) -> None:
    sizes = [ip_network(network, strict=False).num_addresses for network in allowed_networks]
    if not sizes or max(sizes) > LARGEST_NETWORK:
        raise WrongTerminalSettingsError(
            problem=f"不带地址密钥的终端必须填写允许的网段，每段不超过 {LARGEST_NETWORK} 个地址"
        )
