"""What work earns: by the hour, day and month, with overtime, allowances and changing terms."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WORKING_DAYS
from core.enums import PayBasis
from core.pay_enums import AllowancePer, DayKind
from payroll import pay_rules
from payroll.errors import NoPayTermsError, PieceQuantitiesMissingError
from payroll.pay_rules import (
    Allowance,
    PayItem,
    PayMonth,
    PayTerms,
    TermsFrom,
    WorkedDay,
    WorkedTime,
)

OCTOBER = PayMonth("2026-10", WORKING_DAYS, 480)
WORKED = WorkedTime(units=2250, minutes=10_800, days=23, unclear_days=1)
PRICES = st.integers(0, 10_000_000)
UNITS = st.integers(0, 3_100)
WORKING = st.integers(15, 23)


def make_terms(basis: PayBasis, price_fen: int = 35_000, **more: object) -> PayTerms:
    return replace(PayTerms(basis, price_fen, payday=15), **more)  # type: ignore[arg-type]


def pay(basis: PayBasis, price_fen: int, worked: WorkedTime, working_days: int = 21) -> int:
    terms = make_terms(basis, price_fen)
    return pay_rules.compute_pay_item(terms, worked, (), (working_days, working_days)).amount_fen


def of_units(units: int) -> WorkedTime:
    return replace(WORKED, units=units)


def full_day(day: int, *, overtime: int = 0) -> WorkedDay:
    return WorkedDay(date(2026, 10, day), 100, 480 + overtime, overtime)


def earn(terms: PayTerms, *days: WorkedDay) -> tuple[PayItem, ...]:
    spans = (TermsFrom(OCTOBER.first, terms),)
    return pay_rules.compute_earned(spans, pay_rules.sum_days(days), days, OCTOBER)


def amounts(items: tuple[PayItem, ...]) -> dict[str, int]:
    return {item.name: item.amount_fen for item in items}


def test_day_rate_pays_units() -> None:
    assert pay(PayBasis.DAY, 35_000, WORKED) == 787_500


def test_hour_rate_pays_minutes() -> None:
    assert pay(PayBasis.HOUR, 4_000, replace(WORKED, minutes=10_830)) == 722_000


@pytest.mark.parametrize(
    ("units", "working_days", "amount_fen"),
    [
        (2_100, 21, 800_000),
        (2_250, 21, 800_000),
        (2_000, 21, 735_632),
        (2_200, 23, 800_000),
        (0, 21, 0),
    ],
)
def test_monthly_price_is_full_at_the_working_days_and_pro_rata_below(
    units: int, working_days: int, amount_fen: int
) -> None:
    assert pay(PayBasis.MONTH, 800_000, of_units(units), working_days) == amount_fen


@given(PRICES, UNITS)
def test_day_rate_is_exact_and_rounds_half_up(price_fen: int, units: int) -> None:
    exact = Fraction(price_fen * units, 100)

    assert -Fraction(1, 2) <= exact - pay(PayBasis.DAY, price_fen, of_units(units)) < Fraction(1, 2)


@given(PRICES, st.integers(0, 44_640))
def test_hour_rate_is_exact_and_rounds_half_up(price_fen: int, minutes: int) -> None:
    exact = Fraction(price_fen * minutes, 60)
    paid = pay(PayBasis.HOUR, price_fen, replace(WORKED, minutes=minutes))

    assert -Fraction(1, 2) <= exact - paid < Fraction(1, 2)


@given(PRICES, UNITS, WORKING)
def test_monthly_pay_never_exceeds_the_price(price_fen: int, units: int, working: int) -> None:
    assert 0 <= pay(PayBasis.MONTH, price_fen, of_units(units), working) <= price_fen


@given(st.sampled_from([PayBasis.DAY, PayBasis.MONTH]), PRICES, UNITS, UNITS, WORKING)
def test_more_work_never_pays_less(
    basis: PayBasis, price_fen: int, one: int, other: int, working: int
) -> None:
    less, more = sorted((one, other))

    assert pay(basis, price_fen, of_units(less), working) <= pay(
        basis, price_fen, of_units(more), working
    )


@pytest.mark.parametrize(
    ("worked", "is_empty"),
    [
        (WorkedTime(0, 0, 0, 0), True),
        (WorkedTime(0, 0, 0, 1), False),
        (WorkedTime(0, 30, 1, 0), False),
    ],
)
def test_a_missing_exit_is_not_an_empty_month(worked: WorkedTime, is_empty: bool) -> None:
    assert worked.is_empty is is_empty


def test_worker_without_terms_is_named() -> None:
    spans = (TermsFrom(OCTOBER.first, make_terms(PayBasis.DAY)),)
    with pytest.raises(NoPayTermsError) as refusal:
        pay_rules.check_pay_terms([("王小明", ()), ("李强", spans)])
    assert refusal.value.facts == {"names": "王小明"}


def test_piece_work_without_quantities_is_refused_by_name() -> None:
    spans = (TermsFrom(OCTOBER.first, make_terms(PayBasis.PIECE)),)
    pay_rules.check_quantities([("王小明", spans, True)])
    with pytest.raises(PieceQuantitiesMissingError) as refusal:
        pay_rules.check_quantities([("王小明", spans, True), ("李强", spans, False)])
    assert refusal.value.facts == {"names": "李强"}


def test_october_2026_has_eighteen_working_days() -> None:
    assert OCTOBER.count_working_days(OCTOBER.first, OCTOBER.last) == 18


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (1, DayKind.HOLIDAY),
        (3, DayKind.HOLIDAY),
        (4, DayKind.REST),
        (7, DayKind.REST),
        (8, DayKind.WORKING),
        (10, DayKind.WORKING),  # a Saturday worked in exchange
        (17, DayKind.REST),
    ],
)
def test_days_off_around_a_holiday_are_rest_days(day: int, kind: DayKind) -> None:
    assert OCTOBER.kind_of(date(2026, 10, day)) is kind


@pytest.mark.parametrize(
    ("basis", "price_fen", "day", "amount_fen"),
    [
        # 劳动法 §44: one hour beyond a full day, a rest day, a statutory holiday.
        (PayBasis.DAY, 32_000, full_day(8, overtime=60), 6_000),
        (PayBasis.DAY, 32_000, full_day(17), 64_000),
        (PayBasis.DAY, 32_000, full_day(1), 96_000),
        (PayBasis.HOUR, 4_000, full_day(8, overtime=60), 6_000),
        (PayBasis.HOUR, 4_000, full_day(17), 64_000),
        (PayBasis.HOUR, 4_000, full_day(1), 96_000),
        # 21.75 days of eight hours: 8,700 yuan a month are 50 an hour.
        (PayBasis.MONTH, 870_000, full_day(8, overtime=60), 7_500),
        (PayBasis.MONTH, 870_000, full_day(17), 80_000),
        (PayBasis.MONTH, 870_000, full_day(1), 120_000),
    ],
)
def test_overtime_is_paid_as_the_labour_law_says(
    basis: PayBasis, price_fen: int, day: WorkedDay, amount_fen: int
) -> None:
    items = earn(make_terms(basis, price_fen, pays_overtime=True), day)

    assert items[-1].name.startswith("加班工资")
    assert items[-1].amount_fen == amount_fen


def test_time_that_overtime_pays_is_not_paid_again() -> None:
    terms = make_terms(PayBasis.DAY, 32_000, pays_overtime=True)

    items = earn(terms, full_day(1), full_day(8, overtime=60), full_day(17))

    assert amounts(items) == {
        "计日工资": 32_000,
        "加班工资（工作日 150%）": 6_000,
        "加班工资（休息日 200%）": 64_000,
        "加班工资（法定节假日 300%）": 96_000,
    }
    assert [item.days for item in items] == [
        (date(2026, 10, 8),),
        (date(2026, 10, 8),),
        (date(2026, 10, 17),),
        (date(2026, 10, 1),),
    ]


def test_an_hour_of_overtime_is_no_ordinary_hour_too() -> None:
    items = earn(make_terms(PayBasis.HOUR, 4_000, pays_overtime=True), full_day(8, overtime=60))

    assert amounts(items) == {"计时工资": 32_000, "加班工资（工作日 150%）": 6_000}


def test_piece_work_has_no_overtime_by_the_clock() -> None:
    assert earn(make_terms(PayBasis.PIECE, pays_overtime=True), full_day(1)) == ()


def test_allowances_are_paid_by_day_attended_and_once_a_month() -> None:
    allowances = (
        Allowance("高温津贴", AllowancePer.DAY, 1_500),
        Allowance("住房补贴", AllowancePer.MONTH, 30_000),
    )

    items = earn(make_terms(PayBasis.DAY, allowances=allowances), full_day(8), full_day(9))

    assert amounts(items) == {"计日工资": 70_000, "高温津贴": 3_000, "住房补贴": 30_000}


def test_whoever_did_not_work_earns_no_allowance() -> None:
    allowances = (Allowance("住房补贴", AllowancePer.MONTH, 30_000),)

    assert earn(make_terms(PayBasis.DAY, allowances=allowances)) == ()


def test_terms_that_change_in_the_month_pay_their_own_days() -> None:
    days = [full_day(8), full_day(15), full_day(16)]
    spans = (
        TermsFrom(OCTOBER.first, make_terms(PayBasis.DAY, 30_000)),
        TermsFrom(date(2026, 10, 15), make_terms(PayBasis.DAY, 40_000)),
    )

    items = pay_rules.compute_earned(spans, pay_rules.sum_days(days), days, OCTOBER)

    assert [(item.quantity, item.amount_fen) for item in items] == [
        ("1.00", 30_000),
        ("2.00", 80_000),
    ]


def test_a_raise_in_the_month_promises_each_price_its_share() -> None:
    working = [8, 9, 10, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 26, 27, 28, 29, 30]
    days = [full_day(day) for day in working]
    spans = (
        TermsFrom(OCTOBER.first, make_terms(PayBasis.MONTH, 900_000)),
        TermsFrom(date(2026, 10, 19), make_terms(PayBasis.MONTH, 1_080_000)),
    )

    items = pay_rules.compute_earned(spans, pay_rules.sum_days(days), days, OCTOBER)

    assert [item.amount_fen for item in items] == [400_000, 600_000]


@st.composite
def months(draw: st.DrawFn) -> list[WorkedDay]:
    chosen = draw(st.lists(st.integers(0, 30), unique=True, max_size=31))
    days = []
    for offset in sorted(chosen):
        minutes = draw(st.integers(1, 960))
        units = min(100, minutes * 100 // 480)
        day = OCTOBER.first + timedelta(days=offset)
        days.append(WorkedDay(day, units, minutes, max(0, minutes - 480)))
    return days


TIMED = st.sampled_from([PayBasis.HOUR, PayBasis.DAY, PayBasis.MONTH])


@given(months(), TIMED, st.integers(1, 2_000_000))
def test_every_day_is_behind_a_line_that_pays_it(
    days: list[WorkedDay], basis: PayBasis, price_fen: int
) -> None:
    items = earn(make_terms(basis, price_fen, pays_overtime=True), *days)

    assert {day for item in items for day in item.days} == {day.date for day in days}


@given(months(), st.integers(1, 2_000_000))
def test_overtime_never_pays_less_than_plain_hours(days: list[WorkedDay], price_fen: int) -> None:
    plain = earn(make_terms(PayBasis.HOUR, price_fen), *days)
    more = earn(make_terms(PayBasis.HOUR, price_fen, pays_overtime=True), *days)

    rounding = len(more)
    assert sum(item.amount_fen for item in more) + rounding >= sum(i.amount_fen for i in plain)


@given(months(), TIMED, st.integers(0, 2_000_000), st.integers(1, 30))
def test_a_change_to_the_same_terms_changes_no_hour_or_day(
    days: list[WorkedDay], basis: PayBasis, price_fen: int, offset: int
) -> None:
    terms = make_terms(basis, price_fen)
    split = (
        TermsFrom(OCTOBER.first, terms),
        TermsFrom(OCTOBER.first + timedelta(days=offset), terms),
    )
    whole = sum(item.amount_fen for item in earn(terms, *days))
    parts = pay_rules.compute_earned(split, pay_rules.sum_days(days), days, OCTOBER)

    if basis is PayBasis.MONTH:
        assert sum(item.amount_fen for item in parts) <= price_fen + 1
    else:
        assert abs(sum(item.amount_fen for item in parts) - whole) <= 1
