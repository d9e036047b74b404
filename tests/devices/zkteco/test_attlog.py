"""ATTLOG files, from the wire examples to garbage."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import CheckInMethod, Direction
from devices.zkteco.attlog import AttlogLine, parse_attlog

PUSHED = b"1001\t2026-01-05 07:02:04\t0\t15\t0\t0\t0\n1002\t2026-01-05 17:02:09\t1\t1\t0\t0\t0\n"


def parse_one(line: str) -> AttlogLine:
    (parsed,) = parse_attlog(line.encode()).lines
    return parsed


def test_a_pushed_body_is_read_with_shanghai_time() -> None:
    log = parse_attlog(PUSHED)

    assert log.faults == []
    assert log.lines == [
        AttlogLine(
            1,
            "1001",
            datetime(2026, 1, 4, 23, 2, 4, tzinfo=UTC),
            "0",
            Direction.IN,
            CheckInMethod.FACE,
        ),
        AttlogLine(
            2,
            "1002",
            datetime(2026, 1, 5, 9, 2, 9, tzinfo=UTC),
            "1",
            Direction.OUT,
            CheckInMethod.FINGERPRINT,
        ),
    ]


@pytest.mark.parametrize(
    ("status", "direction"),
    [("0", "in"), ("1", "out"), ("2", "out"), ("3", "in"), ("4", "in"), ("5", "out")],
)
def test_breaks_and_overtime_are_entries_and_exits(status: str, direction: str) -> None:
    assert parse_one(f"1\t2026-01-05 07:02:04\t{status}\t1").direction == direction


@pytest.mark.parametrize(
    ("verify", "method"),
    [
        ("15", CheckInMethod.FACE),
        ("19", CheckInMethod.FACE),
        ("1", CheckInMethod.FINGERPRINT),
        ("21", CheckInMethod.FINGERPRINT),
        ("25", CheckInMethod.PALM),
        ("4", CheckInMethod.ACCESS_CARD),
        ("0", CheckInMethod.IMPORTED),
        ("3", CheckInMethod.IMPORTED),
        ("200", CheckInMethod.IMPORTED),
        ("what", CheckInMethod.IMPORTED),
    ],
)
def test_verify_type_says_how(verify: str, method: CheckInMethod) -> None:
    assert parse_one(f"1\t2026-01-05 07:02:04\t0\t{verify}\t0").method is method


def test_newer_columns_crlf_and_blank_lines_do_not_matter() -> None:
    log = parse_attlog(b"\r\n 7\t2026-01-05 07:02:04\t0\t15\t0\t0\t0\t1\t36.6\r\n\r\n")
    assert [(line.number, line.pin) for line in log.lines] == [(2, "7")]
    assert log.faults == []


def test_a_line_without_verify_type_is_still_a_punch() -> None:
    assert parse_one("7\t2026-01-05 07:02:04\t1").method is CheckInMethod.IMPORTED


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("1001 2026-01-05 07:02:04 0 15", "columns"),
        ("1001", "columns"),
        ("\t2026-01-05 07:02:04\t0\t15", "pin"),
        ("张三\t2026-01-05 07:02:04\t0\t15", "pin"),
        ("1" * 31 + "\t2026-01-05 07:02:04\t0\t15", "pin"),
        ("1\t2026-02-30 07:02:04\t0\t15", "time"),
        ("1\t2026-01-05 25:02:04\t0\t15", "time"),
        ("1\t0001-01-01 00:00:00\t0\t15", "time"),
        ("1\t0000-00-00 00:00:00\t0\t15", "time"),
        ("1\t2026-01-05 07:02:04\t255\t15", "status"),
        ("1\t2026-01-05 07:02:04\t\t15", "status"),
    ],
)
def test_an_unreadable_line_is_reported_with_its_number_and_column(line: str, column: str) -> None:
    log = parse_attlog(PUSHED + line.encode() + b"\n" + PUSHED)
    assert len(log.lines) == 4
    assert [(fault.number, fault.column) for fault in log.faults] == [(3, column)]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader_and_no_line_disappears(content: bytes) -> None:
    log = parse_attlog(content)
    numbers = sorted([line.number for line in log.lines] + [fault.number for fault in log.faults])
    filled = [
        number
        for number, raw in enumerate(content.split(b"\n"), start=1)
        if raw.decode("utf-8", "replace").strip("\r\x00 ")
    ]
    assert numbers == filled
