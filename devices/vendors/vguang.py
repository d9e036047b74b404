"""微光 VGuang readers: one scanned text at a time, no clock, no memory; pure."""

from datetime import datetime

from core.enums import CheckInMethod
from devices.punches import Punch, make_key
from devices.vendors.reading import Question, Reading, Terminal, decode
from devices.vendors.redaction import redact_text

OPEN = b"code=0000"
DENY = b"code=0001"
HEARTBEATS = {"", "heartbeat", "heart", "keepalive", "ping"}
RESULT = "result"
"""Ends the key in every spelling: ``vgdecoderresult``, ``vgdecoderesult``."""
FURTHEST_RESULT = 24
DEVICE = "devicenumber"
OTHERS = "otherparams"
BETWEEN = " =&\r\n\t\0"
LONGEST_TEXT = 4_000


def read(body: bytes, terminal: Terminal, *, at: datetime) -> Reading:
    """Read ``vgdecoderresult=…&&devicenumber=…&&otherparams=``, however it is spelt.

    A reader has no clock, so the scan is dated by its arrival. Firmwares leave out the equal
    signs, add spaces or send the text alone.
    """
    text = decode(body[:LONGEST_TEXT]).strip()
    if text.strip('"').lower() in HEARTBEATS:
        return Reading()
    kept = redact_text(text, terminal.digest)
    if terminal.direction is None:
        return Reading(unread=("direction",), kept=kept)
    code, serial_number = _split(text)
    punch = Punch(
        key=make_key("vg", code, int(at.timestamp())),
        pin=None,
        direction=terminal.direction,
        method=CheckInMethod.LIVE_CODE,
        at=at,
        code=code,
    )
    return Reading(
        questions=(Question(punch),),
        serial_number=serial_number or None,
        kept=kept,
    )


def _split(text: str) -> tuple[str, str]:
    """Return the scanned text and the reader's number."""
    lower = text.lower()
    begin = lower.find(RESULT) + len(RESULT)
    if not lower.startswith("vg") or not len(RESULT) <= begin <= FURTHEST_RESULT:
        return text, ""
    end = lower.rfind(DEVICE)
    if end < begin:
        return text[begin:].strip(BETWEEN), ""
    number = lower[end + len(DEVICE) :].partition(OTHERS)[0]
    return text[begin:end].strip(BETWEEN), number.strip(BETWEEN)
