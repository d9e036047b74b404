"""The arithmetic under a line of pay: whatever is written comes to the fen that is paid."""

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WORKING_DAYS
from core.enums import PayBasis
from core.money import round_half_up, to_yuan
from payroll.line_words import describe_line
from payroll.pay_rules import PayItem, PayMonth, PayTerms, TermsFrom, WorkedDay, compute_earned
from payroll.pay_rules import sum_days as add_up
from payroll.rules import describe_item

NUMBER = r"\d+(?:\.\d+)?%?"


def calculate(said: str) -> int:
    """Type into a phone calculator what is written, and return the fen."""
    typed = re.sub(r"（[^）]*）", "", said.partition("，")[0])
    value = Fraction(1)
    for operator, number in re.findall(rf"([×÷]?) ?({NUMBER})", typed):
        operand = Fraction(number.rstrip("%")) / (100 if number.endswith("%") else 1)
        value = value / operand if operator == "÷" else value * operand
    value *= 100
    return round_half_up(value.numerator, value.denominator)


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            PayItem("加班", "1992", "分钟", 40_000, "工日", 249_000, covers="480", percent=150),
            "4.15 工日 × 400.00 元/工日 × 150%（1 工日 = 8 小时）",
        ),
        (
            PayItem("加班", "1080", "分钟", 40_000, "工日", 240_000, covers="540", percent=300),
            "2 工日 × 400.00 元/工日 × 300%（1 工日 = 9 小时）",
        ),
        (
            PayItem("加班", "1992", "分钟", 5_000, "小时", 249_000, covers="60", percent=150),
            "33.2 小时 × 50.00 元/小时 × 150%",
        ),
        (
            PayItem("计时工资", "100", "分钟", 4_850, "小时", 8_083, covers="60"),
            "100 分钟 ÷ 60（约 1.67 小时） × 48.50 元/小时",
        ),
        (
            PayItem("加班", "180", "分钟", 609_000, "月", 21_000, covers="10440", percent=200),
            "3 小时 × 6090.00 元/月 ÷ 21.75 天 ÷ 8 小时 × 200%",
        ),
        (
            PayItem("月薪", "10.00", "工日", 600_000, "月", 275_862, covers="21.75"),
            "10.00 工日 × 6000.00 元/月 ÷ 21.75 天",
        ),
        (
            PayItem(
                "月薪", "21.90", "工日", 600_000, "月", 600_000, covers="21.75", most_fen=600_000
            ),
            "21.90 工日 × 6000.00 元/月 ÷ 21.75 天，最多 6000.00 元",
        ),
        (
            PayItem("基本工资", "20.00", "工日", 35_000, "工日", 710_000),
            "20.00 工日，350.00 元/工日，按 7100.00 元算",
        ),
    ],
)
def test_line_is_said_in_what_its_price_is_for(item: PayItem, said: str) -> None:
    assert describe_line(describe_item(item)) == said


def test_line_of_an_old_payslip_is_not_dressed_up() -> None:
    line = describe_item(PayItem("加班", "1992", "分钟", 40_000, "工日", 249_000))
    del line["covers"], line["percent"], line["most"]

    assert describe_line(line) == "1992 分钟，400.00 元/工日，按 2490.00 元算"


@given(
    basis=st.sampled_from([PayBasis.HOUR, PayBasis.DAY, PayBasis.MONTH]),
    price=st.integers(min_value=1, max_value=2_000_000),
    full_day=st.sampled_from([420, 480, 540]),
    overtime=st.booleans(),
    worked=st.dictionaries(
        st.integers(min_value=1, max_value=31), st.integers(min_value=1, max_value=900), min_size=1
    ),
)
def test_calculator_comes_to_the_same_fen(
    basis: PayBasis, price: int, full_day: int, overtime: bool, worked: dict[int, int]
) -> None:
    month = PayMonth("2026-10", WORKING_DAYS, full_day)
    days = [
        WorkedDay(date(2026, 10, day), min(100, minutes // 5), minutes, max(0, minutes - full_day))
        for day, minutes in sorted(worked.items())
    ]
    terms = PayTerms(basis, price, 15, pays_overtime=overtime)

    lines = compute_earned((TermsFrom(month.first, terms),), add_up(days), days, month)

    for line in map(describe_item, lines):
        said = describe_line(line)
        assert "元算" not in said
        if "最多" not in said:
            assert to_yuan(calculate(said)) == line["amount"], said
