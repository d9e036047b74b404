"""The wage status as a function of dated facts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.case_enums import CaseState
from core.enums import PayRowState, PayslipAnswerState, WageSeverity
from payroll.severity import (
    DueWage,
    Place,
    ReasonCode,
    WageStatus,
    compute_next_change,
    judge_wage_status,
    make_reason,
)

DUE = date(2026, 11, 13)
PAID = DueWage(
    month="2026-10",
    due_date=DUE,
    arrears_after=timedelta(days=15),
    amount_fen=787_500,
    answer=PayslipAnswerState.CONFIRMED,
    bank_state=PayRowState.ACKNOWLEDGED,
    received=None,
    paid_fen=787_500,
)
SENT = replace(PAID, bank_state=PayRowState.SUBMITTED, paid_fen=0)
UNSENT = replace(PAID, bank_state=None, paid_fen=0)
BOUNCED = replace(PAID, bank_state=PayRowState.REJECTED, paid_fen=0)
IN_PART = replace(BOUNCED, paid_fen=700_000)
WITHOUT_PAYSLIP = replace(PAID, amount_fen=None, answer=None, bank_state=None, paid_fen=0)
PLACE = Place(date(2026, 9, 1), None)


def judge(
    *wages: DueWage,
    cases: tuple[CaseState, ...] = (),
    today: date = DUE,
    places: tuple[Place, ...] = (PLACE,),
) -> WageStatus:
    return judge_wage_status(wages, cases, places, today=today)


def codes(status: WageStatus) -> list[ReasonCode]:
    return [reason.code for reason in status.reasons]


def test_nobody_without_a_project_has_a_status() -> None:
    status = judge(places=(Place(date(2026, 9, 1), date(2026, 11, 12)),))

    assert (status.severity, status.label, status.reasons) == (None, "none", ())


def test_all_paid_is_safe() -> None:
    status = judge(PAID, today=DUE + timedelta(days=100))

    assert (status.severity, status.label, status.reasons) == (WageSeverity.SAFE, "安", ())


def test_confirmed_and_not_yet_due_is_safe() -> None:
    assert judge(UNSENT).severity is WageSeverity.SAFE


@pytest.mark.parametrize("wage", [UNSENT, SENT])
@pytest.mark.parametrize(
    ("days", "severity"),
    [
        (0, WageSeverity.SAFE),
        (1, WageSeverity.WARNING),
        (15, WageSeverity.WARNING),
        (16, WageSeverity.ARREARS),
    ],
)
def test_lateness_counts_from_the_day_after_the_due_date(
    wage: DueWage, days: int, severity: WageSeverity
) -> None:
    assert judge(wage, today=DUE + timedelta(days=days)).severity is severity


def test_a_submitted_file_is_not_paid() -> None:
    assert codes(judge(SENT, today=DUE + timedelta(days=1))) == [ReasonCode.WAGE_OVERDUE]


def test_grace_period_is_the_projects_own() -> None:
    wage = replace(UNSENT, arrears_after=timedelta(days=3))

    assert judge(wage, today=DUE + timedelta(days=4)).severity is WageSeverity.ARREARS


@pytest.mark.parametrize(
    ("wage", "code"),
    [
        (replace(UNSENT, answer=PayslipAnswerState.AWAITING), ReasonCode.PAYSLIP_UNANSWERED),
        (replace(UNSENT, answer=PayslipAnswerState.NO_RESPONSE), ReasonCode.PAYSLIP_UNANSWERED),
        (replace(UNSENT, answer=PayslipAnswerState.UNREACHABLE), ReasonCode.PAYSLIP_UNANSWERED),
        (replace(UNSENT, answer=PayslipAnswerState.DISPUTED), ReasonCode.PAYSLIP_DISPUTED),
        (WITHOUT_PAYSLIP, ReasonCode.PAYSLIP_MISSING),
        (BOUNCED, ReasonCode.PAYMENT_REJECTED),
        (replace(PAID, received=False), ReasonCode.SAID_NOT_RECEIVED),
    ],
)
def test_what_waits_asks_for_attention(wage: DueWage, code: ReasonCode) -> None:
    status = judge(wage)

    assert (status.severity, status.label) == (WageSeverity.ATTENTION, "关注")
    assert codes(status) == [code]


def test_workers_yes_stands_beside_the_banks() -> None:
    assert judge(replace(PAID, received=True)).severity is WageSeverity.SAFE


def test_an_employer_without_payslips_does_not_stay_at_attention() -> None:
    status = judge(WITHOUT_PAYSLIP, today=DUE + timedelta(days=16))

    assert codes(status) == [ReasonCode.WAGE_IN_ARREARS, ReasonCode.PAYSLIP_MISSING]


def test_a_month_that_pays_nothing_is_never_late() -> None:
    wage = replace(UNSENT, amount_fen=0)

    assert judge(wage, today=DUE + timedelta(days=99)).severity is WageSeverity.SAFE


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        (CaseState.RECEIVED, WageSeverity.ATTENTION),
        (CaseState.ACCEPTED, WageSeverity.ARREARS),
        (CaseState.ORDERED_TO_PAY, WageSeverity.ARREARS),
        (CaseState.REFUSED, WageSeverity.SAFE),
        (CaseState.CLOSED, WageSeverity.SAFE),
        (CaseState.WITHDRAWN, WageSeverity.SAFE),
    ],
)
def test_open_case_counts_until_it_is_over(state: CaseState, severity: WageSeverity) -> None:
    assert judge(PAID, cases=(state,)).severity is severity


def test_two_complaints_are_one_reason() -> None:
    status = judge(cases=(CaseState.RECEIVED, CaseState.RECEIVED))

    assert codes(status) == [ReasonCode.COMPLAINT_WAITING]


def test_reason_names_month_amount_and_what_happens_next() -> None:
    [reason] = judge(UNSENT, today=DUE + timedelta(days=1)).reasons

    assert (reason.month, reason.amount_fen) == ("2026-10", 787_500)
    assert reason.say == "2026年10月的工资 11月13日 就该发，到现在没有到账记录"
    assert "投诉" in reason.next


def test_of_a_wage_paid_in_part_the_rest_is_late() -> None:
    [late, _] = judge(IN_PART, today=DUE + timedelta(days=1)).reasons

    assert (late.code, late.amount_fen) == (ReasonCode.WAGE_OVERDUE, 87_500)
    assert late.say == "2026年10月的工资 11月13日 就该发完，还差一部分没到账"


@pytest.mark.parametrize("code", ReasonCode)
@pytest.mark.parametrize("is_part", [False, True])
def test_every_reason_has_words(code: ReasonCode, is_part: bool) -> None:
    reason = make_reason(code, month="2026-10", due_date=DUE, is_part=is_part)

    assert reason.say
    assert "{" not in reason.say + reason.next


WAGES = st.builds(
    DueWage,
    month=st.just("2026-10"),
    due_date=st.dates(date(2026, 10, 1), date(2026, 12, 31)),
    arrears_after=st.just(timedelta(days=15)),
    amount_fen=st.integers(0, 10**7),
    answer=st.sampled_from(PayslipAnswerState),
    bank_state=st.none() | st.sampled_from(PayRowState),
    received=st.none() | st.booleans(),
    paid_fen=st.sampled_from([0, 5_000, 10**7]),
)
PLACES = st.builds(
    Place,
    st.dates(date(2026, 9, 1), date(2026, 12, 31)),
    st.none() | st.dates(date(2026, 9, 1), date(2026, 12, 31)),
)


@given(st.lists(WAGES, max_size=5), st.lists(st.sampled_from(CaseState), max_size=3))
def test_the_gravest_reason_comes_first_and_decides(
    wages: list[DueWage], cases: list[CaseState]
) -> None:
    status = judge(*wages, cases=tuple(cases))

    severities = [reason.severity for reason in status.reasons]
    assert severities == sorted(severities, reverse=True)
    assert status.severity == max(severities, default=WageSeverity.SAFE)
    assert not any("{" in reason.say + reason.next for reason in status.reasons)


@given(WAGES, st.integers(0, 60))
def test_waiting_never_mends_a_wage(wage: DueWage, days: int) -> None:
    first, later = judge(wage), judge(wage, today=DUE + timedelta(days=days))

    assert (later.severity or 0) >= (first.severity or 0)


@given(st.lists(WAGES, max_size=3), st.lists(PLACES, max_size=2), st.integers(0, 40))
def test_nothing_changes_before_the_day_of_the_next_change(
    wages: list[DueWage], places: list[Place], ahead: int
) -> None:
    change = compute_next_change(wages, places, today=DUE)
    day = min(DUE + timedelta(days=ahead), change - timedelta(days=1))

    statuses = [judge(*wages, places=tuple(places), today=today) for today in (DUE, day)]

    assert statuses[0] == statuses[1]
