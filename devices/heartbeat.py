"""What every call of a gate says about its clock; a part that cannot be read is left out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

INT32_MAX = 2**31 - 1
LONGEST_BOOT_ID = 64
MOST_DIGITS = 12
"""Of an uptime in milliseconds: thirty years."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The gate's clock minus ours, which start of its computer this is, and since when."""

    clock_offset_ms: int | None
    boot_id: str | None
    uptime_ms: int | None


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


def _read_number(text: str | None) -> int | None:
    is_number = text is not None and text.isascii() and text.isdecimal()
    return int(text) if text and is_number and len(text) <= MOST_DIGITS else None
