from datetime import UTC, datetime

import pytest

from devices.heartbeat import Heartbeat, read_heartbeat

AT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)


def test_the_clock_of_the_gate_is_compared_with_ours() -> None:
    heartbeat = read_heartbeat(
        gate_time="2026-11-23T06:30:00.125+08:00", boot_id="3f0e", uptime_ms="81234567", at=AT
    )
    assert heartbeat == Heartbeat(125, "3f0e", 81234567)


@pytest.mark.parametrize("gate_time", [None, "", "yesterday", "2026-11-23T06:30:00", "9" * 5000])
@pytest.mark.parametrize("boot_id", [None, "", "x" * 65])
@pytest.mark.parametrize("uptime_ms", [None, "", "-1", "1.5", "٣", "9" * 13])
def test_what_cannot_be_read_is_left_out(
    gate_time: str | None, boot_id: str | None, uptime_ms: str | None
) -> None:
    heartbeat = read_heartbeat(gate_time=gate_time, boot_id=boot_id, uptime_ms=uptime_ms, at=AT)
    assert heartbeat == Heartbeat(None, None, None)


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_clock_centuries_off_fits_into_its_column(year: str) -> None:
    heartbeat = read_heartbeat(
        gate_time=f"{year}-01-02T00:00:00+00:00", boot_id=None, uptime_ms=None, at=AT
    )
    assert abs(heartbeat.clock_offset_ms or 0) == 2**31 - 1
