"""Amounts, due dates, content and steps of payslips and pay sheets."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WORKING_DAYS
from core.enums import PayBasis, PaySheetState, Role
from payroll import rules
from payroll.errors import (
    AgreementNeedsPhoneError,
    AnswerNotYoursError,
    NoPayTermsError,
    PayslipAnsweredError,
    PayslipChangedError,
    PieceQuantitiesMissingError,
    SheetActionNotAllowedError,
)
from payroll.rules import PayslipFacts, PayTerms, SheetAction, WorkedTime
from tests.factories.identity import make_principal

WORKED = WorkedTime(units=2250, minutes=10_800, days=23, unclear_days=1)
PRICES = st.integers(0, 10_000_000)
UNITS = st.integers(0, 3_100)
WORKING = st.integers(15, 23)


def make_terms(basis: PayBasis, price_fen: int = 35_000) -> PayTerms:
    return PayTerms(basis, price_fen, payday=15)


def pay(basis: PayBasis, price_fen: int, worked: WorkedTime, working_days: int = 21) -> int:
    terms = make_terms(basis, price_fen)
    return rules.compute_pay_item(terms, worked, working_days=working_days).amount_fen


def of_units(units: int) -> WorkedTime:
    return replace(WORKED, units=units)


def make_facts(**changes: object) -> PayslipFacts:
    terms = make_terms(PayBasis.DAY)
    facts = PayslipFacts(
        employer_name="杭州某某劳务有限公司",
        project_name="西湖区某安置房工程",
        team_name="钢筋一班",
        month="2026-10",
        due_date=date(2026, 11, 13),
        worker_name="王小明",
        id_number="3301**********1235",
        phone="191****0001",
        bank_name="中国建设银行",
        account="**** **** **** 0001",
        worked=WORKED,
        items=(rules.compute_pay_item(terms, WORKED, working_days=21),),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


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


@given(st.lists(st.tuples(st.integers(0, 10_000), PRICES), min_size=1, max_size=8))
def test_gross_is_the_sum_of_the_lines_to_the_fen(lines: list[tuple[int, int]]) -> None:
    items = tuple(
        rules.price_item("加班", quantity=quantity, unit="小时", unit_price_fen=price_fen)
        for quantity, price_fen in lines
    )
    content = rules.build_content(make_facts(items=items))

    in_fen = [int(line["amount"].replace(".", "")) for line in content["items"]]
    assert int(content["gross"].replace(".", "")) == sum(in_fen)
    assert content["net"] == content["gross"]


def test_line_shows_quantity_and_price_it_was_computed_from() -> None:
    [line] = rules.build_content(make_facts())["items"]

    assert line == {
        "name": "计日工资",
        "quantity": "22.50",
        "unit": "工日",
        "unit_price": "350.00",
        "price_per": "工日",
        "amount": "7875.00",
    }


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
    with pytest.raises(NoPayTermsError) as refusal:
        rules.check_pay_terms([("王小明", None), ("李强", make_terms(PayBasis.DAY))])
    assert refusal.value.facts == {"names": "王小明"}


def test_piece_work_without_quantities_is_refused_by_name() -> None:
    with pytest.raises(PieceQuantitiesMissingError) as refusal:
        rules.check_pay_terms([("李强", make_terms(PayBasis.PIECE))])
    assert refusal.value.facts == {"names": "李强"}


def test_terms_by_time_are_accepted() -> None:
    bases = (PayBasis.DAY, PayBasis.HOUR, PayBasis.MONTH)

    rules.check_pay_terms([("王小明", make_terms(basis)) for basis in bases])


@pytest.mark.parametrize(
    ("month", "payday", "due_date"),
    [
        ("2024-05", 30, date(2024, 6, 28)),  # law.md: a Sunday
        ("2024-09", 5, date(2024, 9, 30)),  # law.md: National Day
        ("2024-12", 31, date(2025, 1, 27)),  # law.md: Spring Festival
        ("2026-10", 15, date(2026, 11, 13)),  # a Sunday
        ("2025-01", 31, date(2025, 2, 28)),  # February has no 31st
        ("2026-12", 15, date(2027, 1, 15)),
    ],
)
def test_due_date_is_next_months_payday_moved_earlier(
    month: str, payday: int, due_date: date
) -> None:
    assert rules.compute_due_date(month, payday, WORKING_DAYS) == due_date


def test_october_2026_has_eighteen_working_days() -> None:
    assert rules.count_working_days("2026-10", WORKING_DAYS) == 18


def test_complete_content_misses_nothing() -> None:
    assert rules.list_missing(rules.build_content(make_facts())) == []


def test_worker_without_phone_is_reached_through_the_team() -> None:
    content = rules.build_content(make_facts(phone=None))

    assert content["contact"] == "无手机，由钢筋一班转告"
    assert rules.list_missing(content) == []


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"employer_name": ""}, ["用人单位名称"]),
        ({"worker_name": ""}, ["姓名"]),
        ({"id_number": None}, ["身份证号码"]),
        ({"account": None}, ["银行卡"]),
        ({"bank_name": None}, ["银行卡"]),
        ({"items": ()}, ["应发工资项目"]),
        ({"id_number": None, "account": None}, ["身份证号码", "银行卡"]),
    ],
)
def test_missing_mandatory_field_is_named(changes: dict[str, object], missing: list[str]) -> None:
    assert rules.list_missing(rules.build_content(make_facts(**changes))) == missing


@pytest.mark.parametrize("field", rules.MANDATORY)
def test_each_of_the_twelve_fields_is_demanded(field: str) -> None:
    content = {**rules.build_content(make_facts()), field: None}

    assert rules.list_missing(content) == [rules.MANDATORY[field]]


def test_mandatory_fields_are_twelve() -> None:
    assert len(rules.MANDATORY) == 12


def test_a_sheet_walks_from_draft_to_settled() -> None:
    state = PaySheetState.DRAFT
    for action in ("draw_up", "publish", "adjust", "approve", "instruct", "instruct", "settle"):
        state = rules.next_state(state, SheetAction(action))
    assert state is PaySheetState.SETTLED


@pytest.mark.parametrize("action", SheetAction)
def test_nothing_happens_to_a_settled_sheet(action: SheetAction) -> None:
    with pytest.raises(SheetActionNotAllowedError):
        rules.next_state(PaySheetState.SETTLED, action)


def test_refused_step_names_what_is_possible() -> None:
    with pytest.raises(SheetActionNotAllowedError) as refusal:
        rules.next_state(PaySheetState.DRAFT, SheetAction.INSTRUCT)
    assert refusal.value.facts["allowed"] == "draw_up、publish"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WORKER])
def test_only_a_worker_answers(role: Role) -> None:
    rules.check_answered_in_person(make_principal(uuid4()), is_agreement=True)
    with pytest.raises(AnswerNotYoursError):
        rules.check_answered_in_person(make_principal(uuid4(), role), is_agreement=False)


def test_nobody_agrees_at_a_kiosk() -> None:
    at_kiosk = replace(make_principal(uuid4()), kiosk_id=uuid4())
    rules.check_answered_in_person(at_kiosk, is_agreement=False)
    with pytest.raises(AgreementNeedsPhoneError):
        rules.check_answered_in_person(at_kiosk, is_agreement=True)


def test_refusal_tells_a_change_from_a_second_answer() -> None:
    assert isinstance(rules.judge_refusal(is_as_shown=True), PayslipAnsweredError)
    assert isinstance(rules.judge_refusal(is_as_shown=False), PayslipChangedError)
