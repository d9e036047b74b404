"""Reading the attendance log (ATTLOG) that ZKTeco terminals push or export."""

import re
from dataclasses import dataclass
from datetime import datetime

from core.enums import CheckInMethod, Direction
from devices.punches import Punch, make_key
from devices.zkteco.clock import read_clock
from devices.zkteco.tables import find_method

MAX_LINES = 100_000
"""A month of 1,000 workers with four punches a day."""
MAX_FAULTS = 1_000
SHOWN_CHARACTERS = 64
MIN_COLUMNS = 3
PIN = re.compile(r"[0-9A-Za-z]{1,30}")

DIRECTIONS = {
    "0": Direction.IN,
    "1": Direction.OUT,
    "2": Direction.OUT,  # leaving for a break
    "3": Direction.IN,
    "4": Direction.IN,  # overtime
    "5": Direction.OUT,
}


@dataclass(frozen=True, slots=True)
class AttlogLine:
    """One punch. `at` is the terminal's own clock, read as Shanghai time."""

    number: int
    pin: str
    at: datetime
    status: str
    direction: Direction
    method: CheckInMethod

    @property
    def punch(self) -> Punch:
        """The same however often and by whatever way the line comes: pushed, or as a file.

        ATT does not say whether a line is late, so every line is taken to be.
        """
        return Punch(
            key=make_key("zk", self.pin, self.at.isoformat(), self.status),
            pin=self.pin,
            direction=self.direction,
            method=self.method,
            at=self.at,
            is_resent=True,
        )


@dataclass(frozen=True, slots=True)
class AttlogFault:
    """A line that could not be read: its number, which column was wrong, and its beginning."""

    number: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Attlog:
    """A parsed file; every line that is not blank is in one of the two lists."""

    lines: list[AttlogLine]
    faults: list[AttlogFault]


def parse_attlog(content: bytes) -> Attlog:
    """Read TAB-separated lines: PIN, local time, status, verify type; later columns are ignored.

    Blank lines are not lines. A line that cannot be read is a fault, never an exception.
    """
    log = Attlog([], [])
    for number, raw in enumerate(content.split(b"\n"), start=1):
        text = raw.decode("utf-8", "replace").strip("\r\x00 ")
        if not text:
            continue
        parsed = _parse_line(number, text.split("\t"))
        if isinstance(parsed, AttlogLine):
            log.lines.append(parsed)
        else:
            log.faults.append(AttlogFault(number, parsed, text[:SHOWN_CHARACTERS]))
    return log


def _parse_line(number: int, columns: list[str]) -> AttlogLine | str:
    """Return the line, or the name of the column that is wrong."""
    if len(columns) < MIN_COLUMNS:
        return "columns"
    pin, time_text, status = (column.strip() for column in columns[:MIN_COLUMNS])
    if not PIN.fullmatch(pin):
        return "pin"
    at = read_clock(time_text)
    if at is None:
        return "time"
    if status not in DIRECTIONS:
        return "status"
    verify = columns[MIN_COLUMNS].strip() if len(columns) > MIN_COLUMNS else ""
    return AttlogLine(number, pin, at, status, DIRECTIONS[status], find_method(verify))
