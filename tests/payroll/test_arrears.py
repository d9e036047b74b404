"""Arrears as a function of dated facts, with the vectors of the law."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WORKING_DAYS
from payroll.arrears import (
    Age,
    OwedWage,
    Payment,
    compute_open,
    compute_owed,
    judge_age,
    judge_arrear,
    list_arrears,
    sum_by_employer,
)
from payroll.rules import compute_due_date

DUE = date(2026, 11, 13)
WAGE = OwedWage(
    person_id=UUID(int=1),
    worker_name="王小明",
    project_id=UUID(int=2),
    project_name="某工地",
    employer_id=UUID(int=3),
    employer_name="某劳务公司",
    month="2026-10",
    due_date=DUE,
    owed_fen=787_500,
)
PAID = Payment(DUE, 787_500)


@pytest.mark.parametrize(
    ("month", "payday", "due"),
    [
        ("2024-05", 30, date(2024, 6, 28)),
        ("2024-09", 5, date(2024, 9, 30)),
        ("2024-12", 31, date(2025, 1, 27)),
    ],
)
def test_ageing_begins_after_the_lawful_payday(month: str, payday: int, due: date) -> None:
    wage = replace(WAGE, month=month, due_date=compute_due_date(month, payday, WORKING_DAYS))

    assert wage.due_date == due
    assert judge_arrear(wage, on=due) is None
    late = judge_arrear(wage, on=due + timedelta(days=1))
    assert late is not None
    assert (late.days_late, late.age) == (1, Age.DAYS_15)


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (1, Age.DAYS_15),
        (15, Age.DAYS_15),
        (16, Age.DAYS_30),
        (30, Age.DAYS_30),
        (31, Age.DAYS_90),
        (90, Age.DAYS_90),
        (91, Age.OLDER),
    ],
)
def test_ages_change_at_their_last_days(days: int, age: Age) -> None:
    assert judge_age(days) is age


def test_the_rest_of_a_part_payment_goes_on_ageing() -> None:
    wage = replace(WAGE, payments=(Payment(DUE, 700_000),))

    late = judge_arrear(wage, on=DUE + timedelta(days=20))

    assert late is not None
    assert (late.open_fen, late.age) == (87_500, Age.DAYS_30)


def test_two_part_payments_settle_a_wage() -> None:
    wage = replace(WAGE, payments=(Payment(DUE, 700_000), Payment(DUE, 87_500)))

    assert judge_arrear(wage, on=DUE + timedelta(days=20)) is None


def test_money_counts_from_the_day_it_arrived() -> None:
    wage = replace(WAGE, payments=(replace(PAID, settled_date=DUE + timedelta(days=9)),))

    assert judge_arrear(wage, on=DUE + timedelta(days=8)) is not None
    assert judge_arrear(wage, on=DUE + timedelta(days=9)) is None


def test_month_without_a_payslip_is_late_with_an_unknown_amount() -> None:
    late = judge_arrear(replace(WAGE, owed_fen=None), on=DUE + timedelta(days=1))

    assert late is not None
    assert late.open_fen is None


def test_employers_come_by_what_they_owe() -> None:
    other = replace(WAGE, employer_id=UUID(int=9), employer_name="另一家", owed_fen=999_999)
    second = replace(WAGE, person_id=UUID(int=8), due_date=DUE - timedelta(days=31))
    unknown = replace(WAGE, owed_fen=None)
    arrears = list_arrears([WAGE, other, second, unknown], on=DUE + timedelta(days=1))

    first, last = sum_by_employer(arrears)

    assert (first.people, first.open_fen, first.unknown_count) == (2, 1_575_000, 1)
    assert first.oldest_due_date == second.due_date
    assert (first.fen_by_age[Age.DAYS_15], first.fen_by_age[Age.DAYS_90]) == (787_500, 787_500)
    assert last.employer_name == "另一家"


PAYMENTS = st.lists(
    st.builds(Payment, st.dates(DUE, DUE + timedelta(days=60)), st.integers(1, 10**6)), max_size=4
).map(tuple)


@given(st.integers(0, 10**6), PAYMENTS, st.integers(0, 90))
def test_what_is_open_never_grows_and_never_falls_below_nothing(
    owed: int, payments: tuple[Payment, ...], days: int
) -> None:
    wage = replace(WAGE, owed_fen=owed, payments=payments)

    before = compute_open(wage, on=DUE + timedelta(days=days))
    after = compute_open(wage, on=DUE + timedelta(days=days + 1))

    assert before is not None
    assert after is not None
    assert owed >= before >= after >= max(owed - sum(one.amount_fen for one in payments), 0)


@pytest.mark.parametrize(
    ("promised_fen", "is_agreed", "owed_fen"),
    [(None, False, 500), (700, False, 700), (700, True, 500), (300, False, 500)],
)
def test_what_was_promised_is_owed_until_less_is_agreed_to(
    promised_fen: int | None, is_agreed: bool, owed_fen: int
) -> None:
    assert compute_owed(net_fen=500, promised_fen=promised_fen, is_agreed=is_agreed) == owed_fen
