"""What a call of a gate says about the gate; a part that cannot be read is left out."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.enums import PowerSource

INT32_MAX = 2**31 - 1
LONGEST_BOOT_ID = 64
LONGEST_VERSION = 64
FULL = 100
POWER = re.compile(r"(mains|battery)(?: ([0-9]{1,3}))?")
MOST_DIGITS = 12
"""Of an uptime in milliseconds: thirty years."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The gate's clock minus ours, which start of its computer this is, and since when."""

    clock_offset_ms: int | None
    boot_id: str | None
    uptime_ms: int | None


@dataclass(frozen=True, slots=True)
class Condition:
    """How the gate's computer is doing; None where it does not say."""

    version: str | None
    """The program on it, e.g. ``anxinma-gate/1``."""
    power: PowerSource | None
    battery_percent: int | None
    waiting: int | None
    """Scans not yet delivered."""
    quarantined: int | None
    offline_until: date | None
    """The last day it has keys for."""


def read_condition(
    *,
    user_agent: str | None,
    power: str | None,
    waiting: str | None,
    quarantined: str | None,
    offline_until: str | None,
) -> Condition:
    """Read `User-Agent` and the headers `Gate-Power`, `-Waiting`, `-Quarantined`, `-Offline-Until`.

    `Gate-Power` is ``mains`` or ``battery``, with what is left if there is one: ``mains 80``.
    """
    source, percent = _read_power(power)
    is_fit = user_agent is not None and len(user_agent) <= LONGEST_VERSION
    return Condition(
        version=user_agent if is_fit and user_agent and user_agent.isprintable() else None,
        power=source,
        battery_percent=percent,
        waiting=_read_count(waiting),
        quarantined=_read_count(quarantined),
        offline_until=_read_day(offline_until),
    )


def read_heartbeat(
    *, gate_time: str | None, boot_id: str | None, uptime_ms: str | None, at: datetime
) -> Heartbeat:
    """Read the headers `Gate-Time`, `Gate-Boot-Id` and `Gate-Uptime-Ms` of a call heard `at`."""
    is_id = boot_id is not None and 0 < len(boot_id) <= LONGEST_BOOT_ID
    return Heartbeat(
        clock_offset_ms=_read_offset(gate_time, at),
        boot_id=boot_id if is_id else None,
        uptime_ms=_read_number(uptime_ms),
    )


def _read_offset(gate_time: str | None, at: datetime) -> int | None:
    try:
        read = datetime.fromisoformat(gate_time or "")
    except ValueError:
        return None
    if read.tzinfo is None:
        return None
    offset = round((read - at) / timedelta(milliseconds=1))
    return max(-INT32_MAX, min(INT32_MAX, offset))


def _read_power(text: str | None) -> tuple[PowerSource | None, int | None]:
    said = POWER.fullmatch(text or "")
    if said is None:
        return None, None
    percent = int(said[2]) if said[2] else None
    return PowerSource(said[1]), percent if percent is None or percent <= FULL else None


def _read_count(text: str | None) -> int | None:
    number = _read_number(text)
    return number if number is None or number <= INT32_MAX else None


def _read_day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _read_number(text: str | None) -> int | None:
    is_number = text is not None and text.isascii() and text.isdecimal()
    return int(text) if text and is_number and len(text) <= MOST_DIGITS else None
