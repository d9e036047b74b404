"""Hikvision terminals (ISAPI event push): JSON, alone or in a multipart body; pure."""

import csv
import json
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.enums import CheckInMethod, Direction
from devices.punches import Punch, make_key
from devices.vendors.multipart import read_parts
from devices.vendors.reading import (
    Event,
    Question,
    Reading,
    Terminal,
    UnreadableError,
    choose_direction,
    decode,
    read_clock,
    read_events,
    read_member,
    read_pin,
    read_text,
)
from devices.vendors.redaction import redact_json, redact_text

ACCESS_EVENT = "AccessControllerEvent"
HEARTBEAT = "heartBeat"
MAJOR_ACCESS = "5"
SERIAL = re.compile(r"[0-9]{1,18}")
TABLE = Path(__file__).with_name("hikvision_events.csv")
DIRECTIONS = {
    "checkIn": Direction.IN,
    "checkOut": Direction.OUT,
    "breakOut": Direction.OUT,
    "breakIn": Direction.IN,
    "overtimeIn": Direction.IN,
    "overtimeOut": Direction.OUT,
}


class Outcome(StrEnum):
    """What the terminal did."""

    PASS = "pass"  # noqa: S105  no password
    REFUSED = "refused"
    NONE = "none"
    """Nobody passed: a door contact, a button."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a minor event code of major 5 says."""

    outcome: Outcome
    method: CheckInMethod


def _load_kinds() -> dict[str, Kind]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        return {
            row["minor"]: Kind(
                Outcome(row["outcome"]), CheckInMethod(row["method"] or CheckInMethod.IMPORTED)
            )
            for row in csv.DictReader(table)
        }


KINDS = _load_kinds()
"""By minor code (网络SDK 事件表); a code that is not here is kept unread, never guessed."""


def read(body: bytes, terminal: Terminal, *, content_type: str) -> Reading:
    """Read every event in the body, whatever its parts are called; pictures are passed over."""
    try:
        events = _list_events(content_type, body)
    except UnreadableError as error:
        return Reading(unread=(str(error),), kept=redact_text(decode(body), terminal.digest))
    reading = Reading(kept=redact_json(events, terminal.digest))
    for event in events:
        reading = _read_into(reading, event, terminal)
    is_life_sign = all(event.get("eventType") == HEARTBEAT for event in events)
    return replace(reading, kept=b"") if is_life_sign else reading


def _list_events(content_type: str, body: bytes) -> list[dict[str, Any]]:
    start = body.lstrip()[:2]
    if not start.startswith(b"--"):
        return read_events(body)
    contents = [part.content for part in read_parts(content_type, body) if not part.is_picture]
    found = [
        event for content in contents if _may_be_json(content) for event in read_events(content)
    ]
    if not found:
        raise UnreadableError("no JSON part")
    return found


def _may_be_json(content: bytes) -> bool:
    return content.lstrip()[:1] in (b"{", b"[")


def _read_into(reading: Reading, event: Event, terminal: Terminal) -> Reading:
    """Return the reading with one more event in it."""
    try:
        return _read_event(reading, event, terminal)
    except UnreadableError as error:
        return replace(reading, unread=(*reading.unread, str(error)))


def _read_event(reading: Reading, event: Event, terminal: Terminal) -> Reading:
    if event.get("eventType") == HEARTBEAT:
        return replace(reading, clock=read_clock(event.get("dateTime")))
    if event.get("eventType") != ACCESS_EVENT:
        raise UnreadableError(f"eventType {read_text(event.get('eventType'))[:40] or 'missing'}")
    access = read_member(event, ACCESS_EVENT)
    punch = _read_punch(event, access, terminal)
    if punch is None:
        return reading
    if access.get("remoteCheck") is True and not punch.is_resent:
        question = Question(punch, _read_reference(access))
        return replace(reading, questions=(*reading.questions, question), clock=punch.at)
    clock = reading.clock if punch.is_resent else punch.at
    return replace(reading, punches=(*reading.punches, punch), clock=clock)


def _read_punch(event: Event, access: Event, terminal: Terminal) -> Punch | None:
    """Return the crossing; None when nobody passed, or when it echoes our own answer."""
    code = read_text(access.get("QRCodeInfo")) or None
    kind = _find_kind(access, has_question=code is not None or access.get("remoteCheck") is True)
    if kind.outcome is Outcome.NONE or read_text(access.get("remoteCheckResult")):
        return None
    at = read_clock(event.get("dateTime"))
    pin = read_pin(access.get("employeeNoString") or access.get("employeeNo"))
    return Punch(
        key=_make_key(event, access, pin),
        pin=pin,
        direction=choose_direction(
            DIRECTIONS.get(read_text(access.get("attendanceStatus"))), terminal
        ),
        method=kind.method if code is None else CheckInMethod.LIVE_CODE,
        at=at,
        is_refused=kind.outcome is Outcome.REFUSED,
        code=code,
        # A firmware that leaves the flag out does not say that it happened just now.
        is_resent=access.get("currentEvent") is not True,
    )


def _read_reference(access: Event) -> str:
    """Return the number by which the terminal is answered."""
    serial = read_text(access.get("serialNo"))
    if not SERIAL.fullmatch(serial):
        raise UnreadableError("serialNo of a remoteCheck")
    return serial


def _find_kind(access: Event, *, has_question: bool) -> Kind:
    major, minor = read_text(access.get("majorEventType")), read_text(access.get("subEventType"))
    kind = KINDS.get(minor) if major == MAJOR_ACCESS else None
    if kind is not None:
        return kind
    if has_question:
        # The terminal cannot judge our code itself, so whatever it did was not to let anyone in.
        return Kind(Outcome.REFUSED, CheckInMethod.IMPORTED)
    raise UnreadableError(f"event {major[:8] or '?'}/{minor[:8] or '?'}")


def _make_key(event: Event, access: Event, pin: str | None) -> str:
    """Return MAC and serial number, which no event of a terminal shares with another."""
    mac = read_text(event.get("macAddress")).lower().replace(":", "").replace("-", "")
    serial = read_text(access.get("serialNo"))
    if serial:
        return make_key("hik", mac, serial)
    return make_key("hik", mac, pin, read_text(event.get("dateTime")))


def make_verdict(serial_number: str, *, opens: bool, say: str) -> bytes:
    """Return the body of ``PUT /ISAPI/AccessControl/remoteCheck``; a screen takes 64 characters."""
    verdict = {
        "serialNo": int(serial_number),
        "checkResult": "success" if opens else "failed",
        "info": say[:64],
    }
    return json.dumps({"RemoteCheck": verdict}, ensure_ascii=False).encode()
