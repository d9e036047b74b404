"""From a reader's bytes to the text of a code."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.ports.lines import LONGEST_LINE, LineSplitter, to_text
from gate.wire import LONGEST_CODE

line_ends = st.sampled_from([b"\r", b"\n", b"\r\n"])
lines = st.lists(
    st.binary(min_size=1, max_size=20).filter(
        lambda line: line.strip() and not set(line) & {10, 13}
    )
)


@settings(deadline=None)
@given(lines=lines, end=line_ends, cuts=st.lists(st.integers(0, 400)))
def test_however_the_bytes_arrive_the_lines_are_the_same(
    lines: list[bytes], end: bytes, cuts: list[int]
) -> None:
    stream = b"".join(line + end for line in lines)
    places = [0, *sorted(cuts), len(stream)]
    splitter = LineSplitter()

    found = [
        line for begin, finish in pairwise(places) for line in splitter.feed(stream[begin:finish])
    ]

    assert found == lines


@settings(deadline=None)
@given(st.lists(st.binary(max_size=5000)))
def test_a_reader_gone_mad_needs_little_memory(chunks: list[bytes]) -> None:
    splitter = LineSplitter()

    found = [line for chunk in chunks for line in splitter.feed(chunk)]

    assert all(len(line) <= LONGEST_LINE for line in found)
    assert len(splitter._begun) <= LONGEST_LINE


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_every_line_becomes_short_printable_ascii(line: bytes) -> None:
    text = to_text(line)

    assert text.isascii()
    assert text.isprintable() or not text
    assert len(text) <= LONGEST_CODE


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"AEQHCZRT", "AEQHCZRT"),
        (b"  AEQHCZRT\t", "AEQHCZRT"),
        (b"\x02AEQ\x03", "\\x02AEQ\\x03"),
        ("码".encode(), "\\xe7\\xa0\\x81"),
    ],
)
def test_other_bytes_stay_recognisable(line: bytes, text: str) -> None:
    assert to_text(line) == text


def test_a_megabyte_without_an_end_is_one_short_code() -> None:
    splitter = LineSplitter()
    for _ in range(256):
        assert splitter.feed(b"x" * 4096) == []

    (line,) = splitter.feed(b"\n")

    assert to_text(line) == "x" * LONGEST_CODE
