"""How much one process takes in at once, and what those are told that find no place."""

from types import TracebackType

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from attendance.errors import GatesBusyError, StorageUnavailableError

RETRY_AFTER_SECONDS = 2
OUTAGES = (OperationalError, InterfaceError, PoolTimeoutError)


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
