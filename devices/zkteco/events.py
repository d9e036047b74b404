"""Reading what access terminals (ACC) report: lines of ``name=value`` between TABs; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.enums import CheckInMethod, Direction
from devices.punches import Punch, make_key
from devices.zkteco.clock import read_clock, read_packed
from devices.zkteco.tables import EventKind, Says, find_event, find_method

Fields = Mapping[str, str]

SHORTEST_CODE = 20
"""What is scanned is longer than the number of any card."""
LONGEST_CODE = 200
NOBODY = {"", "0"}
NUMBER = re.compile(r"[0-9]{1,9}")
PIN = re.compile(r"[0-9A-Za-z]{1,30}")
INDEX = re.compile(r"[0-9]{1,20}")
OUT = "1"
REFUSALS = {Says.REFUSED, Says.ANSWERED_NO, Says.ANSWERED_LATE, Says.ASKING}
ANSWERS = {Says.ANSWERED_YES, Says.ANSWERED_NO, Says.ANSWERED_LATE, Says.ASKING}
"""Says that somebody stood there of whom the server was asked before."""
SPELLINGS = {
    "event": ("event", "eventtype"),
    "inoutstatus": ("inoutstatus", "inoutstate"),
    "verifytype": ("verifytype", "verified"),
    "eventaddr": ("eventaddr", "doorid"),
}
"""A live event and the same event read out of the memory name their columns differently."""


@dataclass(frozen=True, slots=True)
class AccessEvent:
    """One event as the terminal tells it."""

    at: datetime
    number: int
    kind: EventKind
    pin: str | None
    card: str | None
    """The number of a card, or the text of a scanned code."""
    direction: Direction
    method: CheckInMethod
    door: int
    index: str | None
    is_live: bool
    line: str
    """As it came; an answer repeats it."""

    @property
    def code(self) -> str | None:
        """What was scanned, if it was no card."""
        return self.card if self.card and len(self.card) >= SHORTEST_CODE else None

    @property
    def is_answer(self) -> bool:
        """Whether it tells of a question that the server was asked."""
        return self.kind.says in ANSWERS

    def name_question(self, at: datetime) -> str:
        """Return the key under which a question about this person at that second is recorded."""
        return self.name_questions(at)[0]

    def name_questions(self, at: datetime) -> list[str]:
        """Return every such key: the answer may name a PIN where the question had a card."""
        said = [name for name in (self.code, self.pin, self.card) if name] or [""]
        return [make_key("zkq", name, at.isoformat()) for name in said]

    def to_punch(self, key: str) -> Punch:
        """Return what the event says of a person."""
        return Punch(
            key=key,
            pin=self.pin or (None if self.code else self.card),
            direction=self.direction,
            method=CheckInMethod.LIVE_CODE if self.code else self.method,
            at=self.at,
            is_refused=self.kind.says in REFUSALS,
            code=self.code,
            is_resent=not self.is_live,
            note=f"{self.number} {self.kind.meaning}",
        )

    @property
    def key(self) -> str:
        """The number the terminal gives each event (documented); else the event itself."""
        if self.index is not None:
            return f"zka-{self.index}"
        return make_key("zka", self.at.isoformat(), self.number, self.pin, self.card, self.door)


@dataclass(frozen=True, slots=True)
class EventLog:
    """What was read of an upload, and why the other lines were not."""

    events: list[AccessEvent]
    faults: list[str]


def read_lines(text: str) -> list[tuple[str, dict[str, str]]]:
    """Return every line that is not blank, with its fields by lower-case name.

    A line out of a table begins with the table's name, which is left out of the fields.
    """
    lines = [line.strip("\r\0 ") for line in text.split("\n")]
    return [(line, read_fields(line)) for line in lines if line]


def read_fields(line: str) -> dict[str, str]:
    """Return the fields of one line; a word without ``=`` is no field."""
    head, _, rest = line.partition(" ")
    body = rest if "=" not in head else line
    pairs = (pair.partition("=") for pair in body.split("\t"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


def read_events(text: str, *, is_live: bool) -> EventLog:
    """Read an upload; a line that cannot be read is a fault, never an exception."""
    log = EventLog([], [])
    for line, fields in read_lines(text):
        event = read_event(line, fields, is_live=is_live)
        if isinstance(event, AccessEvent):
            log.events.append(event)
        else:
            log.faults.append(event)
    return log


def read_event(line: str, fields: Fields, *, is_live: bool) -> AccessEvent | str:
    """Return the event of a line, or which of its fields is wrong."""
    at = read_clock(fields.get("time", "")) or read_packed(fields.get("time_second", ""))
    if at is None:
        return "time"
    number, kind = _read_kind(fields)
    if kind is None:
        return "event" if number is None else f"event {number}"
    pin, card = _read_person(fields)
    if pin is not None and not PIN.fullmatch(pin):
        return "pin"
    if card is not None and len(card) < SHORTEST_CODE and not PIN.fullmatch(card):
        return "cardno"
    index = fields.get("index", "")
    return AccessEvent(
        at=at,
        number=number or 0,
        kind=kind,
        pin=pin,
        card=card,
        direction=Direction.OUT if _find(fields, "inoutstatus") == OUT else Direction.IN,
        method=find_method(_find(fields, "verifytype")),
        door=_read_number(_find(fields, "eventaddr")) or 1,
        index=index if INDEX.fullmatch(index) and index.strip("0") else None,
        is_live=is_live,
        line=line,
    )


def _read_kind(fields: Fields) -> tuple[int | None, EventKind | None]:
    number = _read_number(_find(fields, "event"))
    return number, None if number is None else find_event(number)


def _read_person(fields: Fields) -> tuple[str | None, str | None]:
    pin, card = fields.get("pin", ""), fields.get("cardno", "")[:LONGEST_CODE]
    return None if pin in NOBODY else pin, None if card in NOBODY else card


def _find(fields: Fields, name: str) -> str:
    return next((fields[spelt] for spelt in SPELLINGS[name] if spelt in fields), "")


def _read_number(text: str) -> int | None:
    return int(text) if NUMBER.fullmatch(text) else None
