"""Hikvision events: what codes mean, what parts are called, which way somebody went."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import CheckInMethod, Direction
from devices.vendors import hikvision
from devices.vendors.hikvision import KINDS, Outcome, make_verdict, read
from devices.vendors.reading import Reading, Terminal
from tests.devices.simulators.hikvision import event, wrap

Describe = Callable[..., Terminal]
READ_ON_A_DEVICE = {"1": CheckInMethod.ACCESS_CARD, "38": CheckInMethod.FINGERPRINT}
"""What the national method map says of Hikvision minors, beside 75."""


def test_the_table_says_what_the_method_map_says() -> None:
    passing = {minor: kind.method for minor, kind in KINDS.items() if kind.outcome is Outcome.PASS}
    assert passing["75"] is CheckInMethod.FACE
    assert READ_ON_A_DEVICE.items() <= passing.items()


def test_every_code_stands_once_and_nobody_passes_without_a_method() -> None:
    with Path(hikvision.__file__).with_name("hikvision_events.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))

    assert len({row["minor"] for row in rows}) == len(rows)
    assert all(bool(row["method"]) == (row["outcome"] != "none") for row in rows)


@pytest.mark.parametrize(
    ("said", "mounted", "direction"),
    [
        ("checkIn", None, Direction.IN),
        ("checkOut", None, Direction.OUT),
        ("breakOut", None, Direction.OUT),
        ("checkIn", Direction.OUT, Direction.OUT),
        ("undefined", Direction.OUT, Direction.OUT),
    ],
)
def test_the_gate_as_mounted_decides_which_way(
    describe: Describe, said: str, mounted: Direction | None, direction: Direction
) -> None:
    reading = read(event(attendanceStatus=said), describe(mounted), content_type="")
    assert [punch.direction for punch in reading.punches] == [direction]


def test_mac_and_serial_number_name_an_event(describe: Describe) -> None:
    def key(body: bytes) -> str:
        (punch,) = read(body, describe(), content_type="").punches
        return punch.key

    same = event().replace(b"00:00:5e:00:53:01", b"00-00-5E-00-53-01")
    other = event().replace(b"00:00:5e:00:53:01", b"00:00:5e:00:53:02")
    assert key(event()) == key(same)
    assert len({key(event()), key(other), key(event(serialNo=8))}) == 3
    assert len(key(event())) <= 64


@pytest.mark.parametrize(("current", "is_resent"), [(True, False), (False, True), (None, True)])
def test_only_a_current_event_measures_the_clock(
    describe: Describe, current: bool | None, is_resent: bool
) -> None:
    reading = read(event(currentEvent=current), describe(), content_type="")
    assert [punch.is_resent for punch in reading.punches] == [is_resent]
    assert (reading.clock is None) == is_resent


def test_a_door_contact_is_no_crossing_and_no_riddle(describe: Describe) -> None:
    reading = read(event(subEventType=21, employeeNoString=""), describe(), content_type="")
    assert (reading.punches, reading.questions, reading.unread) == ((), (), ())
    assert reading.kept


def test_the_echo_of_our_verdict_is_no_crossing(describe: Describe) -> None:
    assert read(event(remoteCheckResult="success"), describe(), content_type="").punches == ()


def test_a_late_question_is_a_crossing(describe: Describe) -> None:
    reading = read(event(remoteCheck=True, currentEvent=False), describe(), content_type="")
    assert (len(reading.punches), reading.questions) == (1, ())


def test_a_scanned_code_the_terminal_judged_itself_was_not_let_in(describe: Describe) -> None:
    reading = read(event(QRCodeInfo="ABC", subEventType=999), describe(), content_type="")
    (punch,) = reading.punches
    assert (punch.code, punch.is_refused) == ("ABC", True)


@pytest.mark.parametrize("name", ["event_log", "AccessControllerEvent", "", 'odd"name', "中文"])
@pytest.mark.parametrize("header", ["multipart/form-data; boundary=x", "text/plain", ""])
def test_any_json_part_is_found(describe: Describe, name: str, header: str) -> None:
    reading = read(wrap(event(), part=name), describe(), content_type=header)
    assert len(reading.punches) == 1


def test_a_part_cut_off_in_its_picture_is_still_read(describe: Describe) -> None:
    body = wrap(event())[:-3_000]
    assert len(read(body, describe(), content_type="").punches) == 1


def test_one_broken_event_does_not_hide_the_others(describe: Describe) -> None:
    events = [json.loads(body) for body in (event(), event(subEventType=999), event(serialNo=9))]
    reading = read(json.dumps(events).encode(), describe(), content_type="")
    assert (len(reading.punches), reading.unread) == (2, ("event 5/999",))


@given(body=st.binary(max_size=300), content_type=st.text(max_size=60))
def test_nothing_makes_it_stumble(body: bytes, content_type: str) -> None:
    terminal = Terminal(None, {}, lambda _: "")
    for start in (b"", b"--x\r\n", b"{"):
        assert isinstance(read(start + body, terminal, content_type=content_type), Reading)


def test_a_verdict_fits_the_screen() -> None:
    verdict = json.loads(make_verdict("1203", opens=False, say="请" * 100))["RemoteCheck"]
    assert (verdict["serialNo"], verdict["checkResult"]) == (1203, "failed")
    assert len(verdict["info"]) == 64
