"""What follows a stored wave and need not be waited for: gates' heartbeats, waking the fold."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from attendance.due_folds import wake_fold
from attendance.judgement import Scan
from attendance.roster import Gate
from core.clock import now
from db.models import Device
from devices.service import note_contact

PAUSE_SECONDS = 1.0
"""One transaction for what a second has brought."""

log = structlog.get_logger(__name__)


class Aftercare:
    """Collects what waves leave to do and does it once a second, in one short transaction."""

    def __init__(self, run: Callable[[Callable[[Session], None]], Awaitable[None]]) -> None:
        self._run = run
        self._contacts: dict[UUID, tuple[datetime, int]] = {}
        self._is_fold_due = False
        self._has_work = asyncio.Event()
        self._closing = asyncio.Event()

    def note(self, gate: Gate, scan: Scan, *, is_fold_due: bool) -> None:
        """Remember that a gate was heard, if that is worth a row, and that a day has changed."""
        before = gate.last_seen_at, gate.clock_offset_ms
        note_contact(gate, at=scan.received_at, clock_offset_ms=scan.offset_ms)
        if before != (gate.last_seen_at, gate.clock_offset_ms):
            self._contacts[gate.id] = scan.received_at, scan.offset_ms
            self._has_work.set()
        if is_fold_due:
            self._is_fold_due = True
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
        contacts, self._contacts = self._contacts, {}
        is_fold_due, self._is_fold_due = self._is_fold_due, False
        try:
            await self._run(lambda session: _look_after(session, contacts, is_fold_due=is_fold_due))
        except SQLAlchemyError as error:
            log.warning("aftercare_left_undone", error=type(error).__name__)


def _look_after(
    session: Session, contacts: dict[UUID, tuple[datetime, int]], *, is_fold_due: bool
) -> None:
    for device_id in sorted(contacts):
        # A gate whose upload holds its row is being heard by that upload.
        lock = {"key_share": True, "skip_locked": True}
        device = session.get(Device, device_id, with_for_update=lock)
        if device is not None:
            at, offset_ms = contacts[device_id]
            note_contact(device, at=at, clock_offset_ms=offset_ms)
    if is_fold_due:
        wake_fold(session, source="lane", at=now())
