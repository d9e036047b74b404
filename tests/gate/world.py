"""True time, and phones that show codes by it."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from core.clock import local_date
from gate.clock import Anchor, GateClock
from qr import code as ax1

MORNING = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
"""06:30 in Shanghai on the 23rd."""
KEY_DAYS = range(-1, 8)
HOLDER_KEY = bytes(32)


@dataclass
class World:
    """What time it really is, and how this computer's clocks stand to it."""

    now: datetime = MORNING
    booted_at: datetime = MORNING - timedelta(hours=1)
    boot_id: str = "boot-1"
    wall_error: timedelta = timedelta()
    """Wall clock minus true time."""
    drift: float = 0.0
    """How much too fast the quartz runs, as a fraction."""

    def pass_time(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def reboot(self) -> None:
        """Start the computer anew, now."""
        self.booted_at = self.now
        self.boot_id = f"boot-{secrets.token_hex(4)}"

    def uptime(self) -> float:
        return (self.now - self.booted_at).total_seconds() * (1 + self.drift)

    def wall(self) -> float:
        return (self.now + self.wall_error).timestamp()

    def make_clock(self, anchor: Anchor | None) -> GateClock:
        return GateClock(anchor, uptime=self.uptime, wall=self.wall, boot_id=self.boot_id)


@dataclass(frozen=True)
class Project:
    """A building site with its gate master key."""

    project_id: UUID = field(default_factory=uuid4)
    gate_master: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def day_key(self, day: date, suite: ax1.Suite = ax1.Suite.SHA256) -> bytes:
        return ax1.derive_project_day_key(
            self.gate_master, project_id=self.project_id, day=day, suite=suite
        )

    def days(self, at: datetime) -> list[date]:
        """The days a gate that syncs then has keys for."""
        return [local_date(at) + timedelta(days=ahead) for ahead in KEY_DAYS]


@dataclass(frozen=True)
class Phone:
    """A worker's phone on a project."""

    project: Project
    worker_ref: bytes = field(default_factory=lambda: secrets.token_bytes(6))
    suite: ax1.Suite = ax1.Suite.SHA256

    def show(self, at: datetime) -> str:
        """The code on the screen at that moment."""
        return self.show_step(ax1.step_at(at))

    def show_step(self, step: int) -> str:
        day_key = self.project.day_key(ax1.step_day(step), self.suite)
        gate_key = ax1.derive_gate_key(day_key, worker_ref=self.worker_ref, suite=self.suite)
        made = ax1.make_code(
            worker_ref=self.worker_ref,
            step=step,
            gate_key=gate_key,
            holder_key=HOLDER_KEY,
            suite=self.suite,
        )
        return ax1.encode(made)
