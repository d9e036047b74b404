"""Reading the attendance log (ATTLOG) that ZKTeco terminals push or export."""

import re
from dataclasses import dataclass
from datetime import datetime

from core.clock import SHANGHAI
from core.enums import CheckInMethod, Direction

MAX_LINES = 100_000
"""A month of 1,000 workers with four punches a day."""
MAX_FAULTS = 1_000
SHOWN_CHARACTERS = 64
MIN_COLUMNS = 3
YEARS = range(1970, 2200)
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
PIN = re.compile(r"[0-9A-Za-z]{1,30}")

DIRECTIONS = {
    "0": Direction.IN,
    "1": Direction.OUT,
    "2": Direction.OUT,  # leaving for a break
    "3": Direction.IN,
    "4": Direction.IN,  # overtime
    "5": Direction.OUT,
}
METHODS = {
    **dict.fromkeys(("15", "16", "17", "18", "19"), CheckInMethod.FACE),
    **dict.fromkeys(("1", "5", "6", "8", "9", "10", "21"), CheckInMethod.FINGERPRINT),
    **dict.fromkeys(("25", "26", "27"), CheckInMethod.PALM),
    **dict.fromkeys(("4", "7", "11"), CheckInMethod.ACCESS_CARD),
}
"""Verify types; those that do not say how (0, 2, 3, 200, unknown) are `imported`."""


@dataclass(frozen=True, slots=True)
class AttlogLine:
    """One punch. `at` is the terminal's own clock, read as Shanghai time."""

    number: int
    pin: str
    at: datetime
    status: str
    direction: Direction
    method: CheckInMethod


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
    at = _parse_time(time_text)
    if at is None:
        return "time"
    if status not in DIRECTIONS:
        return "status"
    verify = columns[MIN_COLUMNS].strip() if len(columns) > MIN_COLUMNS else ""
    method = METHODS.get(verify, CheckInMethod.IMPORTED)
    return AttlogLine(number, pin, at, status, DIRECTIONS[status], method)


def _parse_time(text: str) -> datetime | None:
    try:
        at = datetime.strptime(text, TIME_FORMAT).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return at if at.year in YEARS else None
