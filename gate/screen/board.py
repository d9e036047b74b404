"""The state of the gate as its screen shows it, gathered when somebody looks."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from core.enums import Direction
from gate.alarms import Alarm, Alarms
from gate.clock import GateClock
from gate.decide import Decision
from gate.link.line import Line, LineState
from gate.state.entry import State
from gate.state.journal import Journal, JournalError
from gate.state.known import Known
from gate.texts import announcement, looked_decision

SHOWN_SECONDS = 8.0
"""Then the name of the last person goes, and the screen asks for the next code."""
LOOK_SECONDS = 30.0
"""How long a guard is asked whether the face matches; the next person ends it too."""


@dataclass(frozen=True, slots=True)
class View:
    """One look at the board."""

    version: int
    direction: Direction
    decision: Decision | None
    now: datetime
    wall_error: float | None
    """How far the computer's own clock is ahead of the server's, in seconds."""
    line: LineState
    list_age: float | None
    """Seconds since the lists were last known to be current; None: never."""
    offline_until: date | None
    waiting: int
    quarantined: int
    alarms: list[Alarm]


class Board:
    """Told of each decision by the scan loop; looked at by the status page."""

    def __init__(
        self,
        *,
        direction: Direction,
        clock: GateClock,
        line: Line,
        known: Known,
        journal: Journal,
        alarms: Alarms,
        announce: Callable[[str], None],
    ) -> None:
        self._direction = direction
        self._clock = clock
        self._line = line
        self._known = known
        self._journal = journal
        self._alarms = alarms
        self._announce = announce
        self._changed = threading.Condition()
        self._version = 0
        self._decision: Decision | None = None
        self._shown_at = 0.0

    def show(self, decision: Decision) -> None:
        """Show a decision and announce who made it."""
        with self._changed:
            self._put(decision)
        self._announce(announcement(decision, list_age=self._list_age()))

    def take_look(self, nonce: str, *, is_holder: bool) -> None:
        """Note what the guard says of the face that is asked about; anything else is too late."""
        with self._changed:
            if self._decision is None or self._decision.look != nonce:
                return
            answered = self._decision = replace(self._decision, look=None)
        with suppress(JournalError):  # the alarm is raised; a look lost costs no day
            self._journal.put_look(nonce, is_holder=is_holder)
            self._replace(answered, looked_decision(answered, is_holder=is_holder))

    def wait_newer(self, version: int, seconds: float) -> None:
        """Return when there is something newer than the version, or the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._version > version, seconds)

    def view(self) -> View:
        """Return what there is to see now."""
        reading = self._clock.read()
        counts = self._journal.counts()
        is_asked = self._decision is not None and self._decision.look is not None
        shown_for = LOOK_SECONDS if is_asked else SHOWN_SECONDS
        is_recent = reading.uptime - self._shown_at <= shown_for
        return View(
            version=self._version,
            direction=self._direction,
            decision=self._decision if is_recent else None,
            now=reading.at,
            wall_error=self._clock.wall_error(),
            line=self._line.state,
            list_age=self._list_age(),
            offline_until=self._known.lists.last_day,
            waiting=counts[State.WAITING] + counts[State.ANNUL] + counts[State.LOOK],
            quarantined=counts[State.QUARANTINED],
            alarms=self._alarms.active,
        )

    def _replace(self, shown: Decision, decision: Decision) -> None:
        with self._changed:
            if self._decision is shown:  # else the next person is there already
                self._put(decision)

    def _put(self, decision: Decision) -> None:
        self._decision = decision
        self._shown_at = self._clock.uptime()
        self._version += 1
        self._changed.notify_all()

    def _list_age(self) -> float | None:
        synced_at = self._known.synced_at
        if synced_at is None:
            return None
        return max(0.0, (self._clock.read().at - synced_at).total_seconds())
