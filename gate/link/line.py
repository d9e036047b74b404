"""Whether the server is in reach, as the last call found it; shared by all threads."""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime

from gate.clock import GateClock

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LineState:
    """Up or down, and since when (server time as estimated then; None: since the start)."""

    is_up: bool
    since: datetime | None


class Line:
    """The switch between asking and deciding alone: down at the first failure, up at a sync.

    While it is down no scan waits for the network; the contact thread keeps trying.
    """

    def __init__(self, clock: GateClock) -> None:
        self._clock = clock
        self._state = LineState(is_up=False, since=None)
        self.woken = threading.Event()
        """Set when the contact thread has something to do before its time."""

    @property
    def state(self) -> LineState:
        """Return how it stands now."""
        return self._state

    def set(self, *, is_up: bool) -> None:
        """Note what a call found; going down wakes the contact thread at once."""
        if is_up == self._state.is_up:
            return
        self._state = LineState(is_up, self._clock.read().at)
        logger.info("line is %s", "up" if is_up else "down")
        if not is_up:
            self.woken.set()
