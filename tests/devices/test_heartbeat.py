from datetime import UTC, date, datetime

import pytest

from core.enums import PowerSource
from devices.heartbeat import Condition, Heartbeat, read_condition, read_heartbeat

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


def test_a_gate_says_how_it_is_doing() -> None:
    condition = read_condition(
        user_agent="anxinma-gate/1",
        power="battery 80",
        waiting="12",
        quarantined="0",
        offline_until="2026-11-30",
    )
    assert condition == Condition(
        "anxinma-gate/1", PowerSource.BATTERY, 80, 12, 0, date(2026, 11, 30)
    )


@pytest.mark.parametrize("user_agent", [None, "", "x" * 65, "a\x07b"])
@pytest.mark.parametrize("power", [None, "", "sun", "mains 80%", "battery -1", "mains 1000"])
@pytest.mark.parametrize("number", [None, "", "-1", "1.5", "٣", "2147483648"])
@pytest.mark.parametrize("day", [None, "", "tomorrow"])
def test_what_a_gate_says_wrongly_is_left_out(
    user_agent: str | None, power: str | None, number: str | None, day: str | None
) -> None:
    condition = read_condition(
        user_agent=user_agent, power=power, waiting=number, quarantined=number, offline_until=day
    )
    assert condition == Condition(None, None, None, None, None, None)


@pytest.mark.parametrize(
    ("said", "read"),
    [("mains", (PowerSource.MAINS, None)), ("mains 100", (PowerSource.MAINS, 100))],
)
def test_mains_may_have_a_battery_beside_it(
    said: str, read: tuple[PowerSource, int | None]
) -> None:
    condition = read_condition(
        user_agent=None, power=said, waiting=None, quarantined=None, offline_until=None
    )
    assert (condition.power, condition.battery_percent) == read
