"""宇泛 (Uni-Ubi) face terminals: callbacks on the site network, and those of their cloud; pure."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl

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
    read_milliseconds,
    read_pin,
    read_text,
)
from devices.vendors.redaction import redact_form, redact_json, redact_text

STORED = b'{"result":1,"success":true}'
NO_TASK = b'{"result":false}'
CLOUD_STORED = b"SUCCESS"
NOBODY = {"STRANGERBABY", "IDCARDBABY", "-1"}
MOST_FIELDS = 200
PULLED = "/newFindRecords"
"""Stands for the path of what a terminal answered when it was asked."""
METHODS = {"face": CheckInMethod.FACE, "card": CheckInMethod.ACCESS_CARD}
"""By what stands before the underscore of `type`; anything else is `imported`."""
CLOUD_METHODS = {
    "1": CheckInMethod.FACE,
    "2": CheckInMethod.ACCESS_CARD,
    "3": CheckInMethod.FACE,
}
CLOUD_MATCH, CLOUD_FAIL = "1", "2"


def read_callback(body: bytes, terminal: Terminal) -> Reading:
    """Read one recognition as the terminal posts it, once and never again."""
    return _read_form(body, terminal, _read_record, STORED)


def read_cloud(body: bytes, terminal: Terminal) -> Reading:
    """Read one recognition as the vendor's cloud posts it."""
    return _read_form(body, terminal, _read_cloud_record, CLOUD_STORED)


def read_heartbeat(body: bytes, terminal: Terminal) -> Reading:
    """Read the sign of life of every minute; there are never tasks waiting for the terminal."""
    try:
        event: Event = read_events(body)[0] if body.lstrip()[:1] == b"{" else dict(_fields(body))
        clock = read_milliseconds(event.get("time"))
    except UnreadableError as error:
        kept = redact_text(decode(body), terminal.digest)
        return Reading(unread=(str(error),), kept=kept, reply=NO_TASK)
    serial_number = read_text(event.get("deviceKey")) or None
    return Reading(clock=clock, serial_number=serial_number, reply=NO_TASK)


def read_pulled(body: bytes, terminal: Terminal) -> Reading:
    """Read the answer to ``newFindRecords``; a crossing has the same key as in its callback."""
    try:
        answer = read_member(read_events(body)[0], "data")
        records = [dict(record) for record in answer["records"]]
    except (UnreadableError, LookupError, TypeError, ValueError):
        kept = redact_text(decode(body), terminal.digest)
        return Reading(unread=("no records",), kept=kept)
    punches, unread = [], []
    for record in records:
        try:
            punches.append(_read_record(record, terminal))
        except UnreadableError as error:
            unread.append(str(error))
    kept = redact_json({"data": answer}, terminal.digest)
    return Reading(punches=tuple(punches), unread=tuple(unread), kept=kept)


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(decode(body), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise UnreadableError("not a form") from None


def _read_form(
    body: bytes, terminal: Terminal, read_one: Callable[[Event, Terminal], Punch], reply: bytes
) -> Reading:
    try:
        fields = _fields(body)
        kept = redact_form(fields, terminal.digest)
    except UnreadableError as error:
        kept = redact_text(decode(body), terminal.digest)
        return Reading(unread=(str(error),), kept=kept, reply=reply)
    event = dict(fields)
    reading = Reading(serial_number=event.get("deviceKey"), kept=kept, reply=reply)
    try:
        return replace(reading, punches=(read_one(event, terminal),))
    except UnreadableError as error:
        return replace(reading, unread=(str(error),))


def _read_record(event: Event, terminal: Terminal) -> Punch:
    kind, person, at = read_text(event.get("type")), event.get("personId"), event.get("time")
    return Punch(
        key=make_key("uf", read_text(person), read_text(at)),
        pin=_read_person(person),
        direction=choose_direction(None, terminal),
        method=METHODS.get(kind.partition("_")[0], CheckInMethod.IMPORTED),
        at=read_milliseconds(at),
        is_refused=_is_refused(kind, terminal),
        # Nothing says whether it happened just now.
        is_resent=True,
    )


def _is_refused(kind: str, terminal: Terminal) -> bool:
    """Tell by what was tried out on this firmware; no document says what the suffixes mean."""
    if kind in terminal.settings.get("passing_types", ()):
        return False
    if kind in terminal.settings.get("refused_types", ()):
        return True
    raise UnreadableError(f"type {kind[:32] or 'missing'}")


def _read_cloud_record(event: Event, terminal: Terminal) -> Punch:
    match = read_text(event.get("type"))
    if match not in (CLOUD_MATCH, CLOUD_FAIL):
        raise UnreadableError(f"type {match[:32] or 'missing'}")
    guid = read_text(event.get("guid"))
    at = read_clock(event.get("showTime"))
    person = event.get("personGuid")
    return Punch(
        key=make_key("uc", guid) if guid else make_key("uc", read_text(person), at.isoformat()),
        pin=_read_person(person),
        direction=choose_direction(None, terminal),
        method=CLOUD_METHODS.get(read_text(event.get("recMode")), CheckInMethod.IMPORTED),
        at=at,
        is_refused=match == CLOUD_FAIL,
        is_resent=True,
    )


def _read_person(value: object) -> str | None:
    pin = read_pin(value)
    return None if pin in NOBODY else pin
