"""What one message of a terminal says, and the plain values every dialect is made of; pure."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock import SHANGHAI
from core.enums import Direction
from devices.punches import Punch

PIN = re.compile(r"[0-9A-Za-z_.-]{1,32}")
YEARS = range(1970, 2200)
ENCODINGS = ("utf-8-sig", "gb18030")
"""What Chinese firmwares write; GB18030 contains GB2312 and GBK."""

Event = Mapping[str, Any]


class UnreadableError(ValueError):
    """Why an event could not be read, in a few plain words."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a dialect must know of the terminal that speaks it."""

    direction: Direction | None
    settings: Mapping[str, Any]
    digest: Callable[[str], str]
    """Keyed hash of an identity number: the only thing that is kept of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Somebody stands before the terminal, and it asks whether to open."""

    punch: Punch
    reference: str | None = None
    """The terminal's own number of the question; None when it has none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says. Whatever was not understood is named in `unread`."""

    punches: tuple[Punch, ...] = ()
    questions: tuple[Question, ...] = ()
    clock: datetime | None = None
    """The terminal's clock when it sent the message; None when it does not say."""
    serial_number: str | None = None
    unread: tuple[str, ...] = ()
    kept: bytes = b""
    """The message without pictures and identity numbers; empty for a mere sign of life."""
    reply: bytes = b""
    """What tells the terminal not to send it again; for a question the answer decides."""


def decode(body: bytes) -> str:
    """Return the text of a body whatever the firmware wrote it in."""
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("utf-8", "replace")


def read_events(body: bytes) -> list[dict[str, Any]]:
    """Return the JSON object, or every one of a list of them; UnreadableError otherwise."""
    try:
        document = json.loads(decode(body))
    except (ValueError, RecursionError):
        raise UnreadableError("not JSON") from None
    events = document if isinstance(document, list) else [document]
    if not all(isinstance(event, dict) for event in events):
        raise UnreadableError("not a JSON object")
    return events


def read_member(event: Event, name: str) -> dict[str, Any]:
    """Return the object inside; UnreadableError without one."""
    member = event.get(name)
    if not isinstance(member, dict):
        raise UnreadableError(f"no {name}")
    return member


def read_text(value: object) -> str:
    """Return a text or number as stripped text; empty for anything else.

    JSON can escape half a character, which no UTF-8 can hold.
    """
    is_plain = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).encode("utf-8", "replace").decode().strip() if is_plain else ""


def read_pin(value: object) -> str | None:
    """Return the number a person has on the terminal, None for a stranger."""
    text = read_text(value)
    if not text:
        return None
    if not PIN.fullmatch(text):
        raise UnreadableError("person number")
    return text


def read_clock(value: object) -> datetime:
    """Return an instant; without a zone it is the terminal's own, Shanghai."""
    try:
        at = datetime.fromisoformat(read_text(value))
        return _believable(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))
    except (ValueError, OverflowError):
        raise UnreadableError("time") from None


def read_milliseconds(value: object) -> datetime:
    """Return the instant of a Unix time in milliseconds."""
    try:
        return _believable(datetime.fromtimestamp(int(read_text(value)) / 1000, SHANGHAI))
    except (ValueError, OverflowError, OSError):
        raise UnreadableError("time") from None


def choose_direction(said: Direction | None, terminal: Terminal) -> Direction:
    """Return which way somebody passed: how the gate is mounted, or else what it says."""
    direction = terminal.direction or said
    if direction is None:
        raise UnreadableError("direction")
    return direction


def _believable(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise UnreadableError("time")
    return at
