"""How far a terminal's clock is believed, and what its punch is worth; pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from attendance.rules import (
    CLOCK_TRUST_MS,
    MAX_AHEAD,
    Span,
    choose_instant,
    compute_offset_ms,
    judge_standing,
)
from core.clock import ONE_DAY, local_date
from core.enums import Direction, ScanReason
from devices.punches import Punch

MAX_AGE = timedelta(days=731)
"""No terminal keeps punches longer; an older one comes from a clock that began anew."""


def bound_clock_ms(punch: Punch, *, device_offset_ms: int | None, received_at: datetime) -> int:
    """Return ± how far the punch's instant may be from the truth.

    A live punch measures its terminal's clock, and a date that cannot be true speaks for itself.
    For any other the error is what was measured of the terminal before, but never so much that
    the punch were dated by its arrival: that may be days late, and no clock drifts so far.
    """
    is_misdated = _judge_date(punch, received_at) is not None
    if is_misdated or _is_live(punch, device_offset_ms, received_at):
        return abs(compute_offset_ms(punch.at, received_at))
    return min(abs(device_offset_ms or 0), CLOCK_TRUST_MS)


def judge_punch(
    punch: Punch,
    *,
    direction: Direction,
    stay: Span,
    contracts: Iterable[Span],
    clock_bound_ms: int,
    received_at: datetime,
    is_question: bool,
) -> ScanReason:
    """Say what was true of a registered person's punch at its own time.

    Who asks stands at the gate now, whatever year its terminal shows.
    """
    misdated = None if is_question else _judge_date(punch, received_at)
    if misdated is not None:
        return misdated
    day = local_date(choose_instant(punch.at, received_at, clock_bound_ms))
    return judge_standing(stay, contracts, direction=direction, on=day)


def measure_offset_ms(
    punches: Sequence[Punch], *, device_offset_ms: int | None, received_at: datetime
) -> int | None:
    """Return terminal clock minus server clock in milliseconds, as far as an upload tells.

    A live punch tells it, and so does one that claims to be yet to come. From an older one
    nothing follows: it may have waited. One that is only seconds old did not.
    """
    live = [punch.at for punch in punches if _is_live(punch, device_offset_ms, received_at)]
    newest = max(live or [punch.at for punch in punches], default=None)
    if newest is None:
        return None
    offset_ms = compute_offset_ms(newest, received_at)
    return offset_ms if live or offset_ms > -CLOCK_TRUST_MS else None


def _is_live(punch: Punch, device_offset_ms: int | None, received_at: datetime) -> bool:
    """Tell whether a punch happened just now.

    A clock that was right before does not fall behind by itself: an old punch that is marked as
    live was held up on its way, whatever its terminal's documents say.
    """
    if punch.is_resent:
        return False
    was_right = device_offset_ms is not None and abs(device_offset_ms) <= CLOCK_TRUST_MS
    return not was_right or compute_offset_ms(punch.at, received_at) >= -CLOCK_TRUST_MS


def _judge_date(punch: Punch, received_at: datetime) -> ScanReason | None:
    """Return what is wrong with a date that cannot be true, or None."""
    if punch.at - received_at > (MAX_AHEAD if punch.is_resent else ONE_DAY):
        return ScanReason.FUTURE_CODE
    return ScanReason.WRONG_CLOCK if received_at - punch.at > MAX_AGE else None
