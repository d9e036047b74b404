"""Face gates of the facesluice family (海清, 汇凡, HFSecurity) over HTTP; pure."""

import json
import re
from collections.abc import Mapping

from core.enums import CheckInMethod
from devices.punches import Punch, make_key
from devices.vendors.reading import (
    Event,
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

RECORDS = {"RecPush", "VerifyPush"}
HEARTBEAT = "HeartBeat"
ALLOWED = "1"
REFUSED = {"2", "3"}
"""Refused or on a black list, and not registered."""
REAL_TIME = "1"
RECORD_ACK = 2
NUMBER = re.compile(r"[0-9]{1,18}")
NO_RECORDS = json.dumps({"operator": "PushAck", "info": {"PushAckType": RECORD_ACK}}).encode()


def read(body: bytes, terminal: Terminal) -> Reading:
    """Read one pushed record, or a list of them; each is acknowledged by its number."""
    try:
        events = read_events(body)
    except UnreadableError as error:
        kept = redact_text(decode(body), terminal.digest)
        return Reading(unread=(str(error),), kept=kept, reply=NO_RECORDS)
    if all(event.get("operator") == HEARTBEAT for event in events):
        return _read_heartbeats(events)
    punches, unread = [], []
    for event in events:
        try:
            punches.append(_read_record(event, terminal))
        except UnreadableError as error:
            unread.append(str(error))
    return Reading(
        punches=tuple(punches),
        clock=next((punch.at for punch in punches if not punch.is_resent), None),
        serial_number=_read_serial_number(events),
        unread=tuple(unread),
        kept=redact_json(events, terminal.digest),
        reply=_acknowledge(events),
    )


def count_records(body: bytes) -> int:
    """Return about how many records a body holds, without reading it."""
    return body.count(b'"operator"')


def _read_heartbeats(events: list[dict[str, object]]) -> Reading:
    for event in events:
        try:
            clock = read_clock(read_member(event, "info").get("time"))
        except UnreadableError:
            continue
        return Reading(clock=clock, serial_number=_read_serial_number(events))
    return Reading(serial_number=_read_serial_number(events))


def _read_record(event: Event, terminal: Terminal) -> Punch:
    if event.get("operator") not in RECORDS:
        raise UnreadableError(f"operator {read_text(event.get('operator'))[:32] or 'missing'}")
    info = read_member(event, "info")
    at = read_clock(_first(info, "time", "CreateTime"))
    pin = read_pin(_first(info, "customId", "CustomizeID", "personId", "PersonID"))
    status = read_text(info.get("VerifyStatus"))
    if status != ALLOWED and status not in REFUSED:
        raise UnreadableError(f"VerifyStatus {status[:16] or 'missing'}")
    record = read_text(info.get("RecordID"))
    return Punch(
        # Without a number of its own a record is known by who stood there when.
        key=make_key("fs", record) if record else make_key("fs", pin, at.isoformat()),
        pin=pin,
        direction=choose_direction(None, terminal),
        method=_read_method(info),
        at=at,
        is_refused=status != ALLOWED,
        is_resent=read_text(info.get("Sendintime")) != REAL_TIME,
    )


def _read_method(info: Event) -> CheckInMethod:
    """Return `face` when faces were compared; how else the gate was opened is not documented."""
    try:
        similarity = float(str(_first(info, "similarity1", "Similarity1")))
    except ValueError:
        similarity = 0
    return CheckInMethod.FACE if similarity > 0 else CheckInMethod.IMPORTED


def _read_serial_number(events: list[dict[str, object]]) -> str | None:
    for event in events:
        info = event.get("info")
        if isinstance(info, Mapping):
            return read_text(_first(info, "facesluiceId", "DeviceID")) or None
    return None


def _acknowledge(events: list[dict[str, object]]) -> bytes:
    acks = [_acknowledge_one(event) for event in events]
    return json.dumps(acks[0] if len(acks) == 1 else acks).encode()


def _acknowledge_one(event: Event) -> dict[str, object]:
    info = event.get("info")
    record = info.get("RecordID") if isinstance(info, Mapping) else None
    number = read_text(record)
    named = {"messageId": event["messageId"]} if read_text(event.get("messageId")) else {}
    about: dict[str, object] = {"PushAckType": RECORD_ACK}
    if number:
        about["SnapOrRecordID"] = int(number) if NUMBER.fullmatch(number) else number
    return {"operator": "PushAck", **named, "info": about}


def _first(info: Event, *names: str) -> object:
    """Return the first of these fields that says something; firmwares name them differently."""
    return next((info[name] for name in names if info.get(name) not in (None, "")), None)
