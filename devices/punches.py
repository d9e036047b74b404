"""One punch as a vendor's terminal reports it, whichever vendor; pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from core.enums import CheckInMethod, Direction

KEY_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Punch:
    """One crossing in the terminal's own words."""

    key: str
    """The vendor's documented dedupe key, unique per terminal, at most 64 characters."""
    pin: str | None
    """The number the terminal knows the person by (`ProjectWorker.card_number`)."""
    direction: Direction
    method: CheckInMethod
    at: datetime
    """By the terminal's clock, aware."""
    is_refused: bool = False
    """The terminal did not let the person pass; stored, never counted."""
    code: str | None = None
    """What a reader read, when the terminal reports a scanned code; judged instead of the PIN."""
    is_resent: bool = False
    """Uploaded late. False only where the vendor marks what happened just now, because the delay
    of such a punch is taken for the error of the terminal's clock."""
    note: str | None = None
    """What else the terminal said about it, in plain words."""


def make_key(prefix: str, *facts: object) -> str:
    """Return a dedupe key of bounded length for whatever identifies an event."""
    words = "|".join(str(fact) for fact in facts)
    return f"{prefix}-{hashlib.sha256(words.encode()).hexdigest()[:KEY_CHARACTERS]}"
