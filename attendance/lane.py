"""Group commit: scans that come while a wave is being stored are stored as the next wave."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from attendance.errors import StorageUnavailableError
from attendance.judgement import ScanRecord
from attendance.places import RETRY_AFTER_SECONDS
from attendance.waves import StoredWave
from core.enums import ScanReason
from db.direct import LostDatabaseError, RefusedStatementError

LARGEST_WAVE = 250

log = structlog.get_logger(__name__)

Store = Callable[[Sequence[ScanRecord]], Awaitable[StoredWave]]


@dataclass(slots=True)
class _Waiting:
    record: ScanRecord
    reason: "asyncio.Future[ScanReason | None]"


class Lane:
    """Coalesces concurrent scans into waves; each is answered once its own row is durable.

    A wave leaves as soon as the one before is stored, so an idle lane adds no delay. Bounded by
    `attendance.ingest`, which admits only so many scans at once.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: deque[_Waiting] = deque()
        self._has_work = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None
        self._is_closing = False

    def start(self) -> None:
        """Begin to store."""
        self._flusher = asyncio.create_task(self._flush_until_closed())

    async def close(self) -> None:
        """Store what still waits, and end."""
        self._is_closing = True
        self._has_work.set()
        if self._flusher is not None:
            await self._flusher

    def put(self, record: ScanRecord) -> "asyncio.Future[ScanReason | None]":
        """Return what will say how the record was stored; None if it must be dealt with by itself.

        That is so when its report is known already, or when its wave was refused. It fails with
        StorageUnavailableError when it is unknown whether it was stored: asking again with the
        same nonce tells. No coroutine: one costs every scan a microsecond.
        """
        waiting = _Waiting(record, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self._has_work.set()
        return waiting.reason

    async def _flush_until_closed(self) -> None:
        while self._queue or not self._is_closing:
            await self._has_work.wait()
            await self._flush()

    async def _flush(self) -> None:
        wave = self._take()
        try:
            reasons = await self._store_once(wave)
        except LostDatabaseError as error:
            log.warning("wave_without_database", scans=len(wave), cause=repr(error.__cause__))
            for waiting in wave:
                _fail(waiting, StorageUnavailableError(retry_after=RETRY_AFTER_SECONDS))
        except Exception as error:
            log.exception("wave_failed", scans=len(wave))
            for waiting in wave:
                _fail(waiting, error)
        else:
            for waiting in wave:
                if not waiting.reason.done():
                    waiting.reason.set_result(reasons.get(waiting.record.id))

    def _take(self) -> list[_Waiting]:
        wave = [self._queue.popleft() for _ in range(min(len(self._queue), LARGEST_WAVE))]
        if not self._queue:
            self._has_work.clear()
        return wave

    async def _store_once(self, wave: Sequence[_Waiting]) -> dict[UUID, ScanReason]:
        """Store the first record of each report; its repetitions are dealt with afterwards."""
        firsts: dict[tuple[UUID, str], ScanRecord] = {}
        for waiting in wave:
            firsts.setdefault((waiting.record.device_id, waiting.record.nonce), waiting.record)
        try:
            return (await self._store(list(firsts.values()))).reasons if firsts else {}
        except RefusedStatementError as error:
            log.warning("wave_refused", scans=len(firsts), cause=repr(error.__cause__))
            return {}


def _fail(waiting: _Waiting, error: Exception) -> None:
    if not waiting.reason.done():
        waiting.reason.set_exception(error)
