"""VGuang bodies: every spelling seen, and none that makes it stumble."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import now
from core.enums import Direction
from devices.vendors.reading import Terminal
from devices.vendors.vguang import read
from tests.devices.simulators.vguang import SPELLINGS

Describe = Callable[..., Terminal]
CODE = "AHFK4XOUQ6NB3TYP2R7WJ5LSMZCDEVGAIKOQU"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_code_is_found_in_every_spelling(describe: Describe, spelling: str) -> None:
    body = spelling.format(code=CODE, number="22110001").encode()

    reading = read(body, describe(), at=now())

    (question,) = reading.questions
    assert question.punch.code == CODE
    assert reading.serial_number == ("22110001" if "number" in spelling else None)


def test_the_same_scan_in_the_same_second_has_the_same_name(describe: Describe) -> None:
    at = now().replace(microsecond=0)
    keys = {read(CODE.encode(), describe(), at=at).questions[0].punch.key for _ in range(2)}
    keys |= {read(CODE.encode(), describe(), at=at.replace(year=2030)).questions[0].punch.key}
    assert len(keys) == 2


def test_a_reader_that_stands_nowhere_opens_nothing(describe: Describe) -> None:
    reading = read(CODE.encode(), describe(None), at=now())
    assert (reading.questions, reading.unread) == ((), ("direction",))


@given(body=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_nothing_makes_it_stumble(body: bytes) -> None:
    reading = read(b"vgdecoderresult" + body, Terminal(Direction.IN, {}, lambda _: ""), at=now())
    assert len(reading.questions) == 1
