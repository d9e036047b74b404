"""What is kept and shown of a complaint."""

import pytest

from cases.rules import keep_impersonal, word_for_employer


def test_only_what_a_crew_shares_stays_beside_an_anonymous_complaint() -> None:
    assert keep_impersonal({"project_name": "某工程", "net": "1.00"}) == {"project_name": "某工程"}


@pytest.mark.parametrize(
    ("statement", "quoted"),
    [
        ("狗日的老板欠我钱", "**老板欠我钱"),
        ("我叫王小明，电话19100000001", "我叫某某，电话****"),
        ("身份证33010620000101123X", "身份证****"),
        ("三个月没发工资，共9000元", "三个月没发工资，共9000元"),
    ],
)
def test_the_employer_is_quoted_no_abuse_name_or_number(statement: str, quoted: str) -> None:
    assert word_for_employer(statement, names=["王小明"]) == quoted
