"""Legal periods against dates worked out by hand."""

from datetime import date

import pytest

from cases import clocks
from core.enums import ClockKind


@pytest.mark.parametrize(
    ("kind", "started", "due"),
    [
        (ClockKind.ACCEPTANCE, date(2024, 9, 27), date(2024, 10, 10)),
        (ClockKind.ACCEPTANCE, date(2025, 1, 24), date(2025, 2, 7)),
        (ClockKind.INVESTIGATION, date(2024, 9, 2), date(2024, 11, 29)),
    ],
)
def test_period_ends_on_its_last_working_day(kind: ClockKind, started: date, due: date) -> None:
    assert clocks.compute_deadline(kind, started=started).due_date == due


def test_every_kind_of_clock_has_a_period() -> None:
    assert set(clocks.PERIODS) == set(ClockKind)


@pytest.mark.parametrize(
    ("today", "is_late"), [(date(2026, 11, 9), False), (date(2026, 11, 10), True)]
)
def test_clock_is_overdue_from_the_day_after(today: date, *, is_late: bool) -> None:
    assert clocks.is_overdue(date(2026, 11, 9), today=today) is is_late


def test_no_running_clock_is_never_overdue() -> None:
    assert not clocks.is_overdue(None, today=date(2026, 11, 10))
