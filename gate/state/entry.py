"""One scan as the gate keeps it."""

from dataclasses import dataclass
from enum import StrEnum

from core.enums import Direction

INTERRUPTED = "interrupted"
NOT_OPENED = "not_opened"
LOOKED = "looked"
"""Admitted with a card, and a guard found the holder's face to match."""
NOT_THE_HOLDER = "not_the_holder"
"""Let in with somebody else's card, and turned back by the guard."""


class State(StrEnum):
    """Where an entry stands between this gate and the server."""

    OPEN = "open"
    """Scanned and not decided; this is how a power cut leaves it."""
    WAITING = "waiting"
    ANNUL = "annul"
    """Admitted by the server, but the turnstile did not open; the server is yet to hear it."""
    LOOK = "look"
    """A guard has looked at the face; the server has the scan and is yet to hear of the look."""
    TAKEN = "taken"
    QUARANTINED = "quarantined"
    """Refused by the server for good: kept for a person to look at."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One scan and its answer; the names are those of `POST /v1/gate/scans`."""

    sequence: int
    nonce: str
    code: str
    """What `gate.keeping` left of the scanned text; empty some time after the server took it."""
    direction: Direction
    scanned_at: str
    """Frozen at the scan: a repeated report must carry the same instant."""
    clock_bound_ms: int | None
    boot_id: str
    uptime_ms: int
    admitted: bool = False
    reason: str = INTERRUPTED
    decided_offline: bool = True
    state: State = State.OPEN
    answer: str | None = None
    """What the server said about it, as JSON."""
