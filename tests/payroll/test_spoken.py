from datetime import date

import pytest

from core.enums import WageSeverity
from payroll.severity import Reason, ReasonCode, WageStatus
from payroll.spoken import STATES, say_wages


def make_status(severity: WageSeverity, *says: str) -> WageStatus:
    reasons = [
        Reason(
            code=ReasonCode.WAGE_OVERDUE,
            severity=severity,
            month="2026-10",
            due_date=date(2026, 11, 15),
            amount_fen=654_321,
            is_part=False,
            say=say,
            next="可以催工地。",
        )
        for say in says
    ]
    return WageStatus(severity, tuple(reasons))


def test_two_gravest_reasons_are_said_and_the_others_counted() -> None:
    said = say_wages(make_status(WageSeverity.ARREARS, "十月拖欠了", "十一月迟了", "一", "二"))

    assert said == (
        "你的工资现在是：欠薪。十月拖欠了。十一月迟了。另外还有 2 件事，请打开安薪码看。"
    )


def test_no_amount_is_said() -> None:
    said = say_wages(make_status(WageSeverity.WARNING, "2026年10月的工资 11月15日就该发"))

    assert "6543" not in said


def test_worker_of_no_project_hears_nothing_of_wages() -> None:
    assert say_wages(WageStatus(None, ())) == ""


@pytest.mark.parametrize("severity", WageSeverity)
def test_every_status_has_its_words(severity: WageSeverity) -> None:
    assert STATES[severity] in say_wages(make_status(severity))
