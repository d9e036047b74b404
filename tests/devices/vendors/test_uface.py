"""宇泛 forms and lists: the same crossing has one name, wherever it is read."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import CheckInMethod, Direction
from devices.vendors.reading import Reading, Terminal
from devices.vendors.uface import read_callback, read_cloud, read_heartbeat, read_pulled

Describe = Callable[..., Terminal]
FORM = b"deviceKey=84E0&personId=4786&time=1767567724000&type="


def test_a_pulled_record_has_the_name_of_its_callback(describe: Describe) -> None:
    terminal = describe(passing_types=["face_0"])
    record = {"personId": "4786", "time": 1767567724000, "type": "face_0", "path": "ftp://x"}
    answer = {"data": {"pageInfo": {"total": 1}, "records": [record]}, "success": True}

    (called,) = read_callback(FORM + b"face_0", terminal).punches
    (pulled,) = read_pulled(json.dumps(answer).encode(), terminal).punches

    assert pulled == called


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("face_0", CheckInMethod.FACE),
        ("card_0", CheckInMethod.ACCESS_CARD),
        ("idcard_0", CheckInMethod.IMPORTED),
        ("qrcode_0", CheckInMethod.IMPORTED),
    ],
)
def test_what_stands_before_the_underscore_is_the_method(
    describe: Describe, kind: str, method: CheckInMethod
) -> None:
    (punch,) = read_callback(FORM + kind.encode(), describe(passing_types=[kind])).punches
    assert (punch.method, punch.is_refused) == (method, False)


def test_a_suffix_nobody_tried_out_is_not_understood(describe: Describe) -> None:
    reading = read_callback(FORM + b"face_0", describe())
    assert (reading.punches, reading.unread) == ((), ("type face_0",))


@pytest.mark.parametrize("person", ["STRANGERBABY", "IDCARDBABY", "-1", ""])
def test_a_stranger_has_no_number(describe: Describe, person: str) -> None:
    body = f"deviceKey=1&personId={person}&time=1767567724000&type=face_2".encode()
    (punch,) = read_callback(body, describe(refused_types=["face_2"])).punches
    assert (punch.pin, punch.is_refused) == (None, True)


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"{}", b'{"data": []}', b'{"data": {"records": [1]}}', b"\xff"]
)
def test_a_list_that_is_none_is_kept(describe: Describe, answer: bytes) -> None:
    assert read_pulled(answer, describe()).unread == ("no records",)


@given(body=st.binary(max_size=300))
def test_nothing_makes_it_stumble(body: bytes) -> None:
    terminal = Terminal(Direction.IN, {"passing_types": ["face_0"]}, lambda _: "")
    for read in (read_callback, read_cloud, read_heartbeat, read_pulled):
        assert isinstance(read(body, terminal), Reading)
