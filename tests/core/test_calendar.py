"""Working days: vectors from the published holidays, then the laws of counting."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WORKING_DAYS, WorkingDays

published_days = st.dates(date(2004, 1, 1), date(2026, 6, 30))
any_days = st.dates(date(1990, 1, 1), date(2040, 12, 31))
counts = st.integers(0, 90)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        (date(2024, 9, 27), 5, date(2024, 10, 10)),
        (date(2025, 1, 24), 5, date(2025, 2, 7)),
        (date(2024, 9, 2), 60, date(2024, 11, 29)),
        (date(2024, 11, 29), 30, date(2025, 1, 13)),
        (date(2026, 10, 30), 1, date(2026, 11, 2)),
    ],
)
def test_working_days_skip_holidays_and_count_make_up_days(
    start: date, count: int, due: date
) -> None:
    assert WORKING_DAYS.add_working_days(start, count).due_date == due


@pytest.mark.parametrize(
    ("payday", "moved_to"),
    [
        (date(2024, 6, 30), date(2024, 6, 28)),
        (date(2024, 10, 5), date(2024, 9, 30)),
        (date(2025, 1, 31), date(2025, 1, 27)),
        (date(2026, 11, 13), date(2026, 11, 13)),
    ],
)
def test_payday_on_a_rest_day_moves_earlier(payday: date, moved_to: date) -> None:
    assert WORKING_DAYS.on_or_before(payday) == moved_to


def test_weekend_worked_in_exchange_is_a_working_day() -> None:
    sunday_before_national_day = date(2024, 9, 29)

    assert WORKING_DAYS.is_working_day(sunday_before_national_day)


def test_override_wins_over_the_published_calendar() -> None:
    local_rest_day, worked_sunday = date(2026, 11, 16), date(2026, 11, 15)
    calendar = WorkingDays({local_rest_day: False, worked_sunday: True})

    deadline = calendar.add_working_days(date(2026, 11, 13), 2)

    assert deadline.counted == (worked_sunday, date(2026, 11, 17))


def test_deadline_in_an_unpublished_year_is_provisional() -> None:
    assert WORKING_DAYS.add_working_days(date(2026, 12, 31), 1).is_provisional


@pytest.mark.parametrize(
    "day",
    [
        date(2027, 1, 1),
        date(2027, 2, 5),
        date(2027, 2, 8),
        date(2027, 4, 5),
        date(2027, 6, 9),
        date(2027, 9, 15),
        date(2027, 10, 1),
    ],
)
def test_statutory_holiday_needs_no_announcement(day: date) -> None:
    assert not WORKING_DAYS.is_working_day(day)
    assert not WORKING_DAYS.is_published(day)


def test_deadline_over_an_unannounced_new_year_skips_the_holiday_and_says_so() -> None:
    deadline = WORKING_DAYS.add_working_days(date(2026, 12, 31), 1)

    assert (deadline.due_date, deadline.is_provisional) == (date(2027, 1, 4), True)


def test_deadline_within_published_years_is_final() -> None:
    assert not WORKING_DAYS.add_working_days(date(2026, 12, 30), 1).is_provisional


def test_years_before_the_data_are_provisional_too() -> None:
    assert WORKING_DAYS.add_working_days(date(1999, 3, 1), 1).is_provisional


def test_overrides_for_every_day_make_a_deadline_final() -> None:
    calendar = WorkingDays({date(2027, 1, 1): False, date(2027, 1, 2): True})

    deadline = calendar.add_working_days(date(2026, 12, 31), 1)

    assert (deadline.due_date, deadline.is_provisional) == (date(2027, 1, 2), False)


def test_skipped_unpublished_day_makes_a_deadline_provisional() -> None:
    calendar = WorkingDays({date(2027, 1, 4): True})

    assert calendar.add_working_days(date(2026, 12, 31), 2).is_provisional


def test_zero_working_days_end_where_they_start() -> None:
    saturday = date(2026, 11, 14)

    assert WORKING_DAYS.add_working_days(saturday, 0).due_date == saturday


def test_negative_period_is_refused() -> None:
    with pytest.raises(ValueError, match="backwards"):
        WORKING_DAYS.add_working_days(date(2026, 11, 13), -1)


@given(start=any_days, first=counts, second=counts)
def test_periods_add_up(start: date, first: int, second: int) -> None:
    in_one_go = WORKING_DAYS.add_working_days(start, first + second)
    halfway = WORKING_DAYS.add_working_days(start, first)
    in_two_steps = WORKING_DAYS.add_working_days(halfway.due_date, second)

    assert in_two_steps.due_date == in_one_go.due_date
    assert halfway.counted + in_two_steps.counted == in_one_go.counted


@given(start=any_days, count=counts)
def test_deadline_never_runs_backwards(start: date, count: int) -> None:
    sooner = WORKING_DAYS.add_working_days(start, count)
    later_start = WORKING_DAYS.add_working_days(start + timedelta(days=1), count)

    assert start <= sooner.due_date <= later_start.due_date


@given(start=any_days, count=counts)
def test_deadline_lists_exactly_the_working_days_it_counted(start: date, count: int) -> None:
    deadline = WORKING_DAYS.add_working_days(start, count)

    days_between = (deadline.due_date - start).days
    after_start = [start + timedelta(days=number) for number in range(1, days_between + 1)]
    assert list(deadline.counted) == [
        day for day in after_start if WORKING_DAYS.is_working_day(day)
    ]
    assert len(deadline.counted) == count


@given(payday=any_days)
def test_payday_moves_to_the_nearest_working_day_before(payday: date) -> None:
    moved_to = WORKING_DAYS.on_or_before(payday)

    skipped = [moved_to + timedelta(days=n) for n in range(1, (payday - moved_to).days + 1)]
    assert moved_to <= payday
    assert WORKING_DAYS.is_working_day(moved_to)
    assert not any(WORKING_DAYS.is_working_day(day) for day in skipped)


@given(start=published_days, count=st.integers(0, 60))
def test_published_years_are_never_provisional(start: date, count: int) -> None:
    assert not WORKING_DAYS.add_working_days(start, count).is_provisional
