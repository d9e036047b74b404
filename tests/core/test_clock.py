"""Instants are UTC, days are Shanghai's."""

from datetime import UTC, date, datetime, time

import pytest

from core.clock import day_start, local_date, month_start, next_month, now


def test_now_is_an_aware_instant() -> None:
    assert now().tzinfo is UTC


def test_the_day_changes_at_midnight_in_shanghai() -> None:
    assert local_date(datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 10, 31)
    assert local_date(datetime(2026, 10, 31, 16, 0, tzinfo=UTC)) == date(2026, 11, 1)


def test_a_day_starts_at_the_sites_wall_clock() -> None:
    assert day_start(date(2026, 10, 1), at=time(4)) == datetime(2026, 9, 30, 20, tzinfo=UTC)


def test_months_follow_each_other_across_the_year() -> None:
    assert next_month(month_start("2026-12")) == date(2027, 1, 1)
    assert next_month(month_start("2027-01")) == date(2027, 2, 1)


@pytest.mark.parametrize("text", ["2026-13", "2026", "十月", "2026-1-1"])
def test_what_is_not_a_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not match|unconverted"):
        month_start(text)
