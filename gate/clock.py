"""The gate's estimate of the server's time: an anchor per contact, carried on by uptime.

The wall clock of a small computer jumps (no battery, NTP, a curious hand); the kernel's count of
seconds since boot does not. So every contact anchors the server's time to the uptime, and between
contacts only the uptime is trusted. After a reboot the anchor is of another boot: the wall clock
is then used, its error is unknown, and the last time known for sure is a floor.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.clock import now

DRIFT = 50e-6
"""Worst rate error of a cheap quartz, as a fraction: 4.3 s a day."""
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
"""No gate of ours ran before; a clock without a battery starts in 1970."""
LATEST = datetime(2199, 1, 1, tzinfo=UTC).timestamp()
BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One moment at which the server's time was known to ± `bound` seconds."""

    boot_id: str
    uptime: float
    server: float
    """Unix seconds, at that uptime."""
    bound: float
    wall_offset: float
    """Server minus wall clock at that moment: what is left to go by after a reboot."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one answer of the server says about its clock; all in seconds."""

    server: float
    resolution: float
    """How coarse the server's time stamp is."""
    sent: float
    received: float
    """Uptime when the question left and the answer came."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The estimated time now."""

    at: datetime
    bound: timedelta | None
    """None: no contact since boot, so the error is unknown."""
    floor: datetime
    """The time is certainly not before this."""
    uptime: float

    @property
    def is_sure(self) -> bool:
        """Tell whether the error has a known bound."""
        return self.bound is not None


def anchor_by(measurement: Measurement, *, boot_id: str, wall: float) -> Anchor:
    """Return the anchor an answer gives: the stamp was made between sending and receiving."""
    journey = measurement.received - measurement.sent
    server = measurement.server + (journey + measurement.resolution) / 2
    return Anchor(
        boot_id=boot_id,
        uptime=measurement.received,
        server=server,
        bound=(journey + measurement.resolution) / 2,
        wall_offset=server - wall,
    )


def choose_anchor(known: Anchor | None, fresh: Anchor) -> Anchor:
    """Keep the known anchor while it is still the sharper one and the new one agrees with it."""
    if known is None or known.boot_id != fresh.boot_id:
        return fresh
    elapsed = fresh.uptime - known.uptime
    aged_bound = known.bound + elapsed * DRIFT
    agrees = abs(known.server + elapsed - fresh.server) <= aged_bound + fresh.bound
    return known if agrees and aged_bound < fresh.bound else fresh


def estimate(anchor: Anchor | None, *, boot_id: str, uptime: float, wall: float) -> Reading:
    """Return the time by the anchor if it is of this boot, by the wall clock otherwise."""
    if anchor is None:
        return Reading(_instant(wall), None, _instant(0), uptime)
    if anchor.boot_id != boot_id:
        likely = max(anchor.server, wall + anchor.wall_offset)
        return Reading(_instant(likely), None, _instant(anchor.server), uptime)
    elapsed = uptime - anchor.uptime
    at = _instant(anchor.server + elapsed)
    bound = timedelta(seconds=anchor.bound + elapsed * DRIFT)
    return Reading(at, bound, at - bound, uptime)


class GateClock:
    """The anchor of the last contact and the clocks of this computer."""

    def __init__(
        self,
        anchor: Anchor | None,
        *,
        uptime: Callable[[], float],
        wall: Callable[[], float],
        boot_id: str,
    ) -> None:
        self._anchor = anchor
        self._uptime = uptime
        self._wall = wall
        self._lock = threading.Lock()
        self.boot_id = boot_id

    @property
    def anchor(self) -> Anchor | None:
        """What to keep on disk, so that a restarted program need not ask first."""
        return self._anchor

    def uptime(self) -> float:
        """Return seconds since boot, sleep included; never jumps."""
        return self._uptime()

    def read(self) -> Reading:
        """Return the estimated time now."""
        return estimate(
            self._anchor, boot_id=self.boot_id, uptime=self._uptime(), wall=self._wall()
        )

    def observe(self, measurement: Measurement) -> None:
        """Take what an answer says about the server's time."""
        fresh = anchor_by(measurement, boot_id=self.boot_id, wall=self._wall())
        with self._lock:
            self._anchor = choose_anchor(self._anchor, fresh)

    def wall_error(self) -> float | None:
        """Return how far this computer's own wall clock is ahead, in seconds; None if unknown."""
        reading = self.read()
        return self._wall() - reading.at.timestamp() if reading.is_sure else None


def read_boot_id() -> str:
    """Return what the kernel calls this boot (random(4))."""
    return BOOT_ID_FILE.read_text(encoding="ascii").strip()


def system_clock(anchor: Anchor | None) -> GateClock:
    """Return the clock of this computer."""
    return GateClock(
        anchor,
        uptime=lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
        wall=lambda: now().timestamp(),
        boot_id=read_boot_id(),
    )


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, EARLIEST), LATEST), UTC)
