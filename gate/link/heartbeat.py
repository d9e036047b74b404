"""The headers of every call: who this gate is, what time it believes it is, what it still holds."""

from collections.abc import Mapping

from gate.clock import GateClock
from gate.link.token import Token
from gate.ports.power import read_power
from gate.state.entry import State
from gate.state.journal import Journal
from gate.state.known import Known
from gate.wire import format_instant

USER_AGENT = "anxinma-gate/1"


class Heartbeat:
    """Makes the headers described in `gate/wire.py`."""

    def __init__(self, token: Token, clock: GateClock, known: Known, journal: Journal) -> None:
        self._token = token
        self._clock = clock
        self._known = known
        self._journal = journal

    def brief(self) -> Mapping[str, str]:
        """Return what also goes with a question, where every millisecond counts."""
        reading = self._clock.read()
        return {
            "Authorization": f"Bearer {self._token.text}",
            "User-Agent": USER_AGENT,
            "Gate-Time": format_instant(reading.at),
            "Gate-Boot-Id": self._clock.boot_id,
            "Gate-Uptime-Ms": str(int(reading.uptime * 1000)),
        }

    def full(self) -> Mapping[str, str]:
        """Return all of it."""
        counts = self._journal.counts()
        last_day = self._known.lists.last_day
        return {
            **self.brief(),
            "Gate-Waiting": str(counts[State.WAITING] + counts[State.ANNUL]),
            "Gate-Quarantined": str(counts[State.QUARANTINED]),
            "Gate-Offline-Until": last_day.isoformat() if last_day else "",
            "Gate-Power": read_power() or "",
        }
