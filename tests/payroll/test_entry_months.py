"""Which months something can be entered for."""

from datetime import date

import pytest

from payroll.entry_months import OpenMonths
from payroll.term_errors import EntryMonthAheadError, EntryOutsideEngagementError, MonthShownError

MONTHS = OpenMonths(
    today=date(2026, 11, 3),
    entered=date(2026, 8, 20),
    left=date(2026, 10, 5),
    shown={"2026-07", "2026-09", "2026-10"},
)


@pytest.mark.parametrize("month", ["2026-08", "2026-11", "2026-12"])
def test_month_nobody_was_shown_is_open_up_to_the_next(month: str) -> None:
    MONTHS.check_pay_month(month)


@pytest.mark.parametrize("month", ["2027-01", "2030-10"])
def test_month_beyond_the_next_is_refused(month: str) -> None:
    with pytest.raises(EntryMonthAheadError) as refusal:
        MONTHS.check_pay_month(month)

    assert refusal.value.facts["latest"] == "2026-12"


@pytest.mark.parametrize("month", ["2026-09", "2026-10"])
def test_month_that_was_shown_is_refused_and_the_next_open_one_named(month: str) -> None:
    with pytest.raises(MonthShownError) as refusal:
        MONTHS.check_pay_month(month)

    assert refusal.value.facts["open_month"] == "2026-11"


def test_nothing_is_paid_before_the_worker_came() -> None:
    with pytest.raises(EntryOutsideEngagementError):
        MONTHS.check_pay_month("2026-06")


@pytest.mark.parametrize("month", ["2026-07", "2026-08", "2026-10"])
def test_month_on_the_project_or_with_a_pay_sheet_was_worked(month: str) -> None:
    MONTHS.check_worked_month(month)


@pytest.mark.parametrize("month", ["2020-01", "2026-06", "2026-11"])
def test_month_off_the_project_was_not_worked(month: str) -> None:
    with pytest.raises(EntryOutsideEngagementError) as refusal:
        MONTHS.check_worked_month(month)

    said = refusal.value.advice.format_map(refusal.value.facts)
    assert "2026-08-20 进场、2026-10-05 退场" in said
