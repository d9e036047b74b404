"""How much one process takes in at once, and what those are told that find no place."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import BoundedSemaphore
from types import TracebackType

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from attendance.errors import GatesBusyError, StorageUnavailableError

RETRY_AFTER_SECONDS = 2
OUTAGES = (OperationalError, InterfaceError, PoolTimeoutError)
SMALL_UPLOAD = 20
"""Scans of a gate that was alone for a moment: as urgent as a question."""
BACKLOGS_AT_ONCE = 2
"""Uploads of a week's scans; more of them would take the morning's processors and connections."""

_backlogs = BoundedSemaphore(BACKLOGS_AT_ONCE)


class Places:
    """Each scan takes one with `with`; a class, as a generator costs every scan twice as much.

    Raises GatesBusyError when all are taken, StorageUnavailableError for an outage inside.
    """

    def __init__(self, count: int) -> None:
        self._free = count

    def __enter__(self) -> None:
        if not self._free:
            raise GatesBusyError(retry_after=RETRY_AFTER_SECONDS)
        self._free -= 1

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._free += 1
        if isinstance(error, OUTAGES):
            raise StorageUnavailableError(retry_after=RETRY_AFTER_SECONDS) from error


@contextmanager
def place_for_upload(scans: int) -> Generator[None]:
    """Hold one of the process's few places for backlogs; a small upload needs none.

    Raises GatesBusyError at once when all are taken: the thread that would wait is wanted too.
    """
    if scans <= SMALL_UPLOAD:
        yield
        return
    if not _backlogs.acquire(blocking=False):
        raise GatesBusyError(retry_after=RETRY_AFTER_SECONDS)
    try:
        yield
    finally:
        _backlogs.release()
