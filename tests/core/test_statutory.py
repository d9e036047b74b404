"""The days that are paid 300 %."""

from collections import Counter
from datetime import date

import pytest
from chinese_calendar import holidays, in_lieu_days

from core.statutory import KNOWN_YEARS, STATUTORY_HOLIDAYS, TABLE


@pytest.mark.parametrize(("year", "count"), [(2024, 11), (2025, 13), (2026, 13), (2027, 13)])
def test_a_year_has_eleven_and_since_2025_thirteen(year: int, count: int) -> None:
    assert Counter(day.year for day in STATUTORY_HOLIDAYS)[year] == count


def test_every_one_is_a_published_holiday_and_none_is_exchanged_for_a_weekend() -> None:
    published = [day for day in STATUTORY_HOLIDAYS if day.year <= max(holidays).year]

    assert all(day in holidays and day not in in_lieu_days for day in published)


def test_days_off_around_a_holiday_are_not_statutory() -> None:
    assert date(2026, 10, 3) in STATUTORY_HOLIDAYS
    assert date(2026, 10, 4) not in STATUTORY_HOLIDAYS


def test_every_row_has_a_source_and_no_year_is_half_known() -> None:
    rows = TABLE.read_text(encoding="utf-8").splitlines()[1:]

    assert all(row.count(",") == 2 and row.rsplit(",", 1)[1] for row in rows)
    assert sorted(KNOWN_YEARS) == list(range(min(KNOWN_YEARS), max(KNOWN_YEARS) + 1))
