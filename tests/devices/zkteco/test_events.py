"""Lines of access terminals, from the wire examples to garbage."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import CheckInMethod, Direction
from devices.zkteco.clock import read_clock, read_packed
from devices.zkteco.events import AccessEvent, read_events

LIVE = (
    "time=2026-01-05 07:02:04\tpin=1001\tcardno=0\tsitecode=0\tlinkid=0\teventaddr=1"
    "\tevent=0\tinoutstatus=0\tverifytype=15\tindex=21"
)
AT = datetime(2026, 1, 4, 23, 2, 4, tzinfo=UTC)


def read_one(line: str, *, is_live: bool = True) -> AccessEvent:
    (event,) = read_events(line, is_live=is_live).events
    return event


def test_the_documented_live_event_is_read() -> None:
    event = read_one(LIVE)

    assert (event.at, event.number, event.pin, event.card) == (AT, 0, "1001", None)
    assert (event.direction, event.method) == (Direction.IN, CheckInMethod.FACE)
    assert (event.key, event.door, event.line) == ("zka-21", 1, LIVE)


def test_the_same_event_out_of_the_memory_has_the_same_key() -> None:
    packed = ((26 * 12 + 0) * 31 + 4) * 86_400 + 7 * 3_600 + 2 * 60 + 4
    buffered = read_one(
        f"transaction cardno=0\tpin=1001\tverified=15\tdoorid=1\teventtype=0\tinoutstate=0"
        f"\ttime_second={packed}\tindex=21",
        is_live=False,
    )
    live = read_one(LIVE)

    assert (buffered.key, buffered.at, buffered.method) == (live.key, live.at, live.method)
    assert buffered.to_punch("k").is_resent
    assert not live.to_punch("k").is_resent


def test_without_a_number_an_event_is_known_by_what_it_says() -> None:
    first, same, other = (
        read_one(line)
        for line in (
            LIVE.replace("index=21", "index=0"),
            LIVE.replace("\tindex=21", ""),
            LIVE.replace("\tindex=21", "").replace("07:02:04", "07:02:05"),
        )
    )
    assert first.key == same.key
    assert first.key != other.key


@pytest.mark.parametrize(
    ("wrong", "right", "fault"),
    [
        ("time=2026-01-05 07:02:04", "time=2026-13-05 07:02:04", "time"),
        ("time=2026-01-05 07:02:04\t", "", "time"),
        ("event=0\t", "event=x\t", "event"),
        ("event=0\t", "event=999\t", "event 999"),
        ("event=0\t", "", "event"),
        ("pin=1001", "pin=张三", "pin"),
        ("cardno=0", "cardno=1\0002", "cardno"),
    ],
)
def test_what_cannot_be_read_is_named(wrong: str, right: str, fault: str) -> None:
    log = read_events(LIVE.replace(wrong, right) + "\r\n" + LIVE, is_live=True)
    assert (log.faults, len(log.events)) == ([fault], 1)


def test_a_scanned_code_is_told_from_a_card() -> None:
    code = "A" * 37
    assert read_one(LIVE.replace("cardno=0", f"cardno={code}")).code == code
    card = read_one(LIVE.replace("cardno=0", "cardno=1234567890").replace("pin=1001", "pin=0"))
    assert (card.code, card.to_punch("k").pin) == (None, "1234567890")


@given(st.text(max_size=200), st.booleans())
def test_no_text_breaks_the_reader_and_no_line_disappears(text: str, is_live: bool) -> None:
    log = read_events(text, is_live=is_live)
    filled = [line for line in text.split("\n") if line.strip("\r\0 ")]
    assert len(log.events) + len(log.faults) == len(filled)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_packed_instants_are_read_back(clock: datetime) -> None:
    day = ((clock.year - 2000) * 12 + clock.month - 1) * 31 + clock.day - 1
    packed = day * 86_400 + clock.hour * 3_600 + clock.minute * 60 + clock.second
    assert read_packed(str(packed)) == read_clock(f"{clock:%Y-%m-%d %H:%M:%S}")


@pytest.mark.parametrize(
    "text", ["", "-1", "x", "9" * 12, "99999999999", "１２", str(31 * 86_400 + 30 * 86_400)]
)
def test_what_is_no_packed_instant_is_none(text: str) -> None:
    assert read_packed(text) is None
