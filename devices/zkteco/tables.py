"""The maker's own numbers: events, ways of verifying and what became of commands; pure."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.enums import CheckInMethod

FOLDER = Path(__file__).parent
EXTENDED_PASSES = range(4000, 5000)
"""扩展正常事件: somebody passed if a person is named."""


class Says(StrEnum):
    """What an event says about a person at the gate."""

    PASSED = "passed"
    REFUSED = "refused"
    ASKING = "asking"
    """The server is being asked; the answer is another event."""
    ANSWERED_YES = "answered_yes"
    ANSWERED_NO = "answered_no"
    ANSWERED_LATE = "answered_late"
    """The terminal did not wait for the server's answer and stayed shut."""
    NOTHING = "nothing"
    """A door, a button, the terminal itself, or the same person's finger twice."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """One row of the table of events."""

    meaning: str
    says: Says


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table)


EVENTS = {
    int(row["event"]): EventKind(row["meaning"], Says(row["says"])) for row in _rows("events")
}
METHODS = {row["verify_type"]: CheckInMethod(row["method"]) for row in _rows("verify_types")}
RETURNS = {int(row["return"]): row["meaning"] for row in _rows("command_returns")}


def find_event(number: int) -> EventKind | None:
    """Return what an event means; None for one that is in no document we know."""
    if number in EXTENDED_PASSES:
        return EventKind("扩展正常事件", Says.PASSED)
    return EVENTS.get(number)


def find_method(verify_type: str) -> CheckInMethod:
    """Return how a person was verified; `imported` where the terminal does not say."""
    return METHODS.get(verify_type, CheckInMethod.IMPORTED)


def explain_return(code: int | None) -> str:
    """Return in plain words what became of a command; None is a terminal that never answered."""
    if code is None:
        return "终端一直没有回答，请检查终端是否在线"
    if code >= 0:
        return "已完成"
    return RETURNS.get(code, f"终端没有完成，返回码 {code}，请联系设备厂家")
