"""Due dates, content and steps of payslips and pay sheets, and what stays owed."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WORKING_DAYS
from core.enums import PaySheetState, Role
from payroll import rules
from payroll.deductions import DeductionLine
from payroll.errors import (
    AgreementNeedsPhoneError,
    AnswerNotYoursError,
    PayslipAnsweredError,
    PayslipChangedError,
    SheetActionNotAllowedError,
)
from payroll.pay_rules import WorkedTime, price_item
from payroll.rules import PayslipFacts, SheetAction
from projects.counties import MinimumWage
from tests.factories.identity import make_principal

WORKED = WorkedTime(units=2250, minutes=10_800, days=23, unclear_days=1)
PRICES = st.integers(0, 10_000_000)


def make_facts(**changes: object) -> PayslipFacts:
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
        items=(price_item("计日工资", quantity=2250, unit="工日", unit_price_fen=35_000),),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


@given(
    st.lists(st.tuples(st.integers(0, 10_000), PRICES), min_size=1, max_size=8),
    st.lists(st.integers(0, 1_000), max_size=4),
)
def test_net_is_lines_minus_deductions_to_the_fen(
    lines: list[tuple[int, int]], taken: list[int]
) -> None:
    items = tuple(
        price_item("加班", quantity=quantity, unit="小时", unit_price_fen=price_fen)
        for quantity, price_fen in lines
    )
    deductions = tuple(DeductionLine("预支", "advance", fen, "10 月 1 日") for fen in taken)
    content = rules.build_content(make_facts(items=items, deductions=deductions))

    gross, net = (int(content[name].replace(".", "")) for name in ("gross", "net"))
    assert gross == sum(int(line["amount"].replace(".", "")) for line in content["items"])
    assert net == gross - sum(
        int(line["amount"].replace(".", "")) for line in content["deductions"]
    )


def test_line_shows_quantity_and_price_it_was_computed_from() -> None:
    [line] = rules.build_content(make_facts())["items"]

    assert line == {
        "name": "计日工资",
        "quantity": "22.50",
        "unit": "工日",
        "unit_price": "350.00",
        "price_per": "工日",
        "amount": "7875.00",
        "days": [],
        "for_month": None,
        "entry_id": None,
        "covers": "1",
        "percent": 100,
        "most": None,
    }


def test_minimum_wage_is_shown_with_where_it_stands() -> None:
    wage = MinimumWage(
        in_force_from=date(2026, 1, 1),
        monthly_fen=249_000,
        hourly_fen=2_400,
        source="示例文号",
    )
    content = rules.build_content(make_facts(minimum_wage=wage))

    assert content["minimum_wage"] == {
        "monthly": "2490.00",
        "hourly": "24.00",
        "in_force_from": "2026-01-01",
        "source": "示例文号",
    }


@pytest.mark.parametrize(
    ("shown", "promised", "is_agreed", "net", "stays"),
    [
        (787_500, None, False, 0, 787_500),
        (787_500, None, True, 0, 787_500),
        (0, 787_500, False, 0, 787_500),
        (0, 787_500, True, 0, None),
        (787_500, None, False, 800_000, None),
        (500_000, 787_500, False, 600_000, 787_500),
    ],
)
def test_what_was_promised_stays_owed_until_the_worker_agrees_with_less(
    shown: int, promised: int | None, is_agreed: bool, net: int, stays: int | None
) -> None:
    assert (
        rules.compute_promised(
            shown_fen=shown, promised_fen=promised, is_agreed=is_agreed, net_fen=net
        )
        == stays
    )


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
