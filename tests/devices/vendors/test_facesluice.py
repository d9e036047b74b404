"""facesluice records: both field namings, statuses as documented, an ack for every number."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import CheckInMethod, Direction
from devices.vendors.facesluice import read
from devices.vendors.reading import Reading, Terminal

Describe = Callable[..., Terminal]
VERIFY = {
    "DeviceID": 1737267,
    "PersonID": 820,
    "CustomizeID": 376791,
    "CreateTime": "2026-01-07T08:22:29",
    "VerifyStatus": 1,
    "VerfyType": 513,
    "Direction": 0,
    "Similarity1": 85.0,
    "Sendintime": 1,
}


def push(**changes: Any) -> bytes:
    return json.dumps({"operator": "VerifyPush", "info": VERIFY | changes}).encode()


def test_the_http_variant_names_its_fields_otherwise(describe: Describe) -> None:
    reading = read(push(), describe())

    (punch,) = reading.punches
    assert (punch.pin, punch.method, punch.is_refused) == ("376791", CheckInMethod.FACE, False)
    assert (punch.at.isoformat(), punch.is_resent) == ("2026-01-07T08:22:29+08:00", False)
    assert reading.serial_number == "1737267"


def test_a_record_without_a_number_is_known_by_who_and_when(describe: Describe) -> None:
    keys = [
        read(push(**changes), describe()).punches[0].key
        for changes in ({}, {"Similarity1": 1}, {"CustomizeID": 2}, {"RecordID": 5})
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


@pytest.mark.parametrize("similarity", [None, 0, "0", "none", ""])
def test_without_a_comparison_of_faces_it_is_not_known_how(
    describe: Describe, similarity: object
) -> None:
    (punch,) = read(push(Similarity1=similarity), describe()).punches
    assert punch.method is CheckInMethod.IMPORTED


def test_every_record_of_a_list_is_acknowledged(describe: Describe) -> None:
    events = [json.loads(push(RecordID=number)) for number in (5, "6", "x" * 70)]

    acks = json.loads(read(json.dumps(events).encode(), describe()).reply)

    assert [ack["info"]["SnapOrRecordID"] for ack in acks] == [5, 6, "x" * 70]


def test_the_direction_field_is_not_guessed_at(describe: Describe) -> None:
    assert read(push(), describe(None)).unread == ("direction",)
    assert read(push(), describe(Direction.OUT)).punches[0].direction is Direction.OUT


@given(body=st.binary(max_size=300), info=st.dictionaries(st.text(), st.text() | st.integers()))
def test_nothing_makes_it_stumble(body: bytes, info: dict[str, object]) -> None:
    terminal = Terminal(Direction.IN, {}, lambda _: "")
    spoilt = json.dumps({"operator": "RecPush", "info": VERIFY | info}).encode()
    assert isinstance(read(body, terminal), Reading)
    assert isinstance(read(spoilt, terminal), Reading)
