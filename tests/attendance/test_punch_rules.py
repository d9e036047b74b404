"""Believing a terminal's clock, and what its punch is worth."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.punch_rules import MAX_AGE, bound_clock_ms, judge_punch, measure_offset_ms
from attendance.rules import CLOCK_TRUST_MS, INT32_MAX, MAX_AHEAD, Span
from core.enums import CheckInMethod, Direction, ScanReason
from devices.punches import Punch

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FOREVER = Span(date(1960, 1, 1), None)


def punch(at: datetime, *, is_resent: bool = True) -> Punch:
    return Punch("k", "1001", Direction.IN, CheckInMethod.FACE, at, is_resent=is_resent)


def judge(
    made: Punch, *, bound_ms: int = 0, stay: Span = FOREVER, is_question: bool = False
) -> ScanReason:
    return judge_punch(
        made,
        direction=made.direction,
        stay=stay,
        contracts=[FOREVER],
        clock_bound_ms=bound_ms,
        received_at=NOW,
        is_question=is_question,
    )


def bound(made: Punch, *, device_offset_ms: int | None = None) -> int:
    return bound_clock_ms(made, device_offset_ms=device_offset_ms, received_at=NOW)


@pytest.mark.parametrize(
    ("at", "is_resent", "reason"),
    [
        (NOW + MAX_AHEAD, True, ScanReason.OK),
        (NOW + MAX_AHEAD + SECOND, True, ScanReason.FUTURE_CODE),
        (NOW + timedelta(hours=4), False, ScanReason.OK),
        (NOW + timedelta(days=1, seconds=1), False, ScanReason.FUTURE_CODE),
        (NOW - MAX_AGE, True, ScanReason.OK),
        (NOW - MAX_AGE - SECOND, True, ScanReason.WRONG_CLOCK),
        (NOW - MAX_AGE - SECOND, False, ScanReason.WRONG_CLOCK),
    ],
)
def test_dates_that_cannot_be_true_are_told_from_late_ones(
    at: datetime, is_resent: bool, reason: ScanReason
) -> None:
    assert judge(punch(at, is_resent=is_resent)) is reason


def test_a_live_punch_of_a_wrong_clock_is_dated_by_its_arrival() -> None:
    made = punch(NOW - timedelta(days=30), is_resent=False)
    left_yesterday = Span(FOREVER.first, NOW.date() - timedelta(days=1))

    assert judge(made, bound_ms=bound(made), stay=left_yesterday) is ScanReason.LEFT_PROJECT


@pytest.mark.parametrize("year", [1970, 2019, 2038])
def test_who_asks_stands_there_whatever_year_the_terminal_shows(year: int) -> None:
    made = punch(NOW.replace(year=year), is_resent=False)

    assert judge(made, bound_ms=bound(made), is_question=True) is ScanReason.OK


def test_a_live_punch_measures_the_error_of_the_clock() -> None:
    assert bound(punch(NOW - 9 * SECOND, is_resent=False)) == 9_000


@pytest.mark.parametrize(
    ("offset_ms", "expected"),
    [(None, 0), (-1_500, 1_500), (14_400_000, CLOCK_TRUST_MS)],
)
def test_a_late_punch_has_the_error_measured_before(offset_ms: int | None, expected: int) -> None:
    made = punch(NOW - timedelta(days=3))
    assert bound(made, device_offset_ms=offset_ms) == expected


@pytest.mark.parametrize("year", [1970, 2000, 2019, 2038, 2099])
def test_an_impossible_date_says_how_far_off_it_is(year: int) -> None:
    assert bound(punch(NOW.replace(year=year))) == INT32_MAX


@pytest.mark.parametrize(
    ("punches", "known_ms", "offset_ms"),
    [
        ([], None, None),
        ([punch(NOW - timedelta(hours=3))], None, None),
        ([punch(NOW - timedelta(hours=3)), punch(NOW - 5 * SECOND)], None, -5_000),
        ([punch(NOW + timedelta(hours=4))], None, 14_400_000),
        ([punch(NOW - timedelta(hours=3), is_resent=False)], None, -10_800_000),
        ([punch(NOW - timedelta(hours=3), is_resent=False)], 900_000, -10_800_000),
        ([punch(NOW - timedelta(hours=3), is_resent=False)], 900, None),
        ([punch(NOW + timedelta(hours=3), is_resent=False)], 900, 10_800_000),
        ([punch(NOW - 5 * SECOND, is_resent=False), punch(NOW + 9 * SECOND)], None, -5_000),
    ],
)
def test_only_what_a_punch_proves_of_the_clock_is_measured(
    punches: list[Punch], known_ms: int | None, offset_ms: int | None
) -> None:
    measured = measure_offset_ms(punches, device_offset_ms=known_ms, received_at=NOW)
    assert measured == offset_ms


def test_a_live_punch_of_a_clock_that_was_right_was_held_up() -> None:
    assert bound(punch(NOW - timedelta(hours=3), is_resent=False), device_offset_ms=700) == 700


@given(st.datetimes(timezones=st.just(UTC)), st.booleans(), st.none() | st.integers())
def test_the_bound_fits_its_column_and_a_late_punch_keeps_its_day(
    at: datetime, is_resent: bool, offset_ms: int | None
) -> None:
    made = punch(at, is_resent=is_resent)
    error_ms = bound(made, device_offset_ms=offset_ms)
    assert 0 <= error_ms <= INT32_MAX
    misdated = judge(made) in (ScanReason.FUTURE_CODE, ScanReason.WRONG_CLOCK)
    if is_resent and not misdated:
        assert error_ms <= CLOCK_TRUST_MS
