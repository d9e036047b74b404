"""What follows a stored wave and need not be waited for: gates' heartbeats, waking the fold."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from attendance.due_folds import wake_fold
from attendance.roster import Gate
from core.clock import now
from db.models import Device
from devices.health import note_condition
from devices.heartbeat import Condition
from devices.service import note_contact

PAUSE_SECONDS = 1.0
"""One transaction for what a second has brought."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Left:
    """What a second has left to do; by gate, with the instant at which it was heard."""

    contacts: dict[UUID, tuple[datetime, int | None]] = field(default_factory=dict)
    """With how far its clock is ahead of ours, in milliseconds, if it said so."""
    conditions: dict[UUID, tuple[datetime, Condition]] = field(default_factory=dict)
    is_fold_due: bool = False

    def look_after(self, session: Session) -> None:
        """Do it; a contact stays if somebody holds the gate's row, rather than wait for them."""
        for gate_id in sorted(self.contacts):
            lock = {"key_share": True, "skip_locked": True}
            gate = session.get(Device, gate_id, with_for_update=lock)
            if gate is not None:
                at, offset_ms = self.contacts.pop(gate_id)
                note_contact(gate, at=at, clock_offset_ms=offset_ms)
        for gate_id, (at, condition) in sorted(self.conditions.items()):
            gate = session.get_one(Device, gate_id)
            note_condition(session, device=gate, condition=condition, at=at)
        if self.is_fold_due:
            wake_fold(session, source="lane", at=now())


class Aftercare:
    """Collects what waves leave to do and does it once a second, in one short transaction."""

    def __init__(self, run: Callable[[Callable[[Session], None]], Awaitable[None]]) -> None:
        self._run = run
        self._left = _Left()
        self._has_work = asyncio.Event()
        self._closing = asyncio.Event()

    def note_contact(self, gate: Gate, *, at: datetime, clock_offset_ms: int | None) -> None:
        """Remember that a gate was heard, if that is worth a row."""
        before = gate.last_seen_at, gate.clock_offset_ms
        note_contact(gate, at=at, clock_offset_ms=clock_offset_ms)
        if before != (gate.last_seen_at, gate.clock_offset_ms):
            self._left.contacts[gate.id] = at, clock_offset_ms
            self._has_work.set()

    def note_condition(self, gate: Gate, condition: Condition, *, at: datetime) -> None:
        """Remember what a gate has said about itself."""
        self._left.conditions[gate.id] = at, condition
        self._has_work.set()

    def note_fold(self) -> None:
        """Remember that a day has changed."""
        self._left.is_fold_due = True
        self._has_work.set()

    async def run(self) -> None:
        """Look after things until closed, and once more then."""
        while not self._closing.is_set():
            await self._has_work.wait()
            await self._look_after()
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE_SECONDS):
                    await self._closing.wait()
        await self._look_after()

    def close(self) -> None:
        """Let `run` come to its end."""
        self._closing.set()
        self._has_work.set()

    async def _look_after(self) -> None:
        """Do what is to be done; what fails is done by the next contact and the next beat."""
        self._has_work.clear()
        left, self._left = self._left, _Left()
        try:
            await self._run(left.look_after)
        except SQLAlchemyError as error:
            log.warning("aftercare_left_undone", error=type(error).__name__)
        for gate_id in left.contacts:  # whose rows an upload held
            self._left.contacts.setdefault(gate_id, left.contacts[gate_id])
