"""When somebody has to look after a device."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.clock import SHANGHAI
from core.enums import DeviceProfile, DeviceTrouble, DeviceVendor
from devices.rules import DeviceFacts, judge_troubles, may_begin

AT = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
WELL = DeviceFacts(
    profile=DeviceProfile.GATE,
    vendor=DeviceVendor.ANXINMA,
    last_seen_at=AT - MINUTE,
    clock_offset_ms=-119_000,
    synced_at=AT - MINUTE,
    waiting_since=None,
)


def test_a_gate_that_is_well_troubles_nobody() -> None:
    assert judge_troubles(WELL, at=AT) == frozenset()


@pytest.mark.parametrize(
    ("facts", "trouble"),
    [
        (replace(WELL, last_seen_at=AT - 11 * MINUTE), DeviceTrouble.SILENT),
        (replace(WELL, clock_offset_ms=120_001), DeviceTrouble.CLOCK),
        (replace(WELL, clock_offset_ms=-120_001), DeviceTrouble.CLOCK),
        (replace(WELL, synced_at=AT - timedelta(hours=25)), DeviceTrouble.LISTS),
        (replace(WELL, waiting_since=AT - 16 * MINUTE), DeviceTrouble.BACKLOG),
    ],
)
def test_each_trouble_is_found_by_itself(facts: DeviceFacts, trouble: DeviceTrouble) -> None:
    assert judge_troubles(facts, at=AT) == {trouble}


@pytest.mark.parametrize(
    "facts",
    [
        replace(WELL, last_seen_at=AT - 10 * MINUTE),
        replace(WELL, clock_offset_ms=None),
        replace(WELL, synced_at=None),
        replace(WELL, waiting_since=AT - 15 * MINUTE),
        replace(WELL, last_seen_at=None, waiting_since=AT - 60 * MINUTE),
    ],
)
def test_up_to_the_bound_and_without_a_word_there_is_none(facts: DeviceFacts) -> None:
    assert judge_troubles(facts, at=AT) == frozenset()


def test_scans_that_wait_at_a_silent_gate_are_no_second_trouble() -> None:
    silent = replace(WELL, last_seen_at=AT - 20 * MINUTE, waiting_since=AT - 60 * MINUTE)
    assert judge_troubles(silent, at=AT) == {DeviceTrouble.SILENT}


@pytest.mark.parametrize("profile", [DeviceProfile.KIOSK, DeviceProfile.SUPERVISOR])
def test_what_people_carry_home_may_be_silent(profile: DeviceProfile) -> None:
    away = replace(WELL, profile=profile, last_seen_at=AT - timedelta(days=2))
    assert judge_troubles(away, at=AT) == frozenset()


def test_a_terminal_that_speaks_only_when_somebody_passes_may_be_silent() -> None:
    reader = replace(WELL, vendor=DeviceVendor.VGUANG, last_seen_at=AT - timedelta(hours=3))
    assert judge_troubles(reader, at=AT) == frozenset()


@pytest.mark.parametrize(
    ("hour", "minute", "may"),
    [(6, 59, False), (7, 10, False), (7, 11, True), (18, 59, True), (19, 0, False)],
)
def test_silence_begins_in_working_hours_only(hour: int, minute: int, *, may: bool) -> None:
    at = datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI)
    assert may_begin(DeviceTrouble.SILENT, at=at) is may
    assert may_begin(DeviceTrouble.CLOCK, at=at)
