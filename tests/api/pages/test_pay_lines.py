"""Whom the next bank file takes, whom it leaves out, and why."""

from datetime import date

import pytest

from api.pages.pay_lines import WAITS, list_shared_remarks, say_why_not, sort_lines
from core.clock import now
from core.enums import PayslipAnswerState
from db.base import new_id
from db.models import Payslip
from payroll.rules import NOT_AGREED
from payroll.service import PayLine


def make_line(
    state: PayslipAnswerState = PayslipAnswerState.CONFIRMED,
    *,
    net_fen: int = 100,
    is_approved: bool = True,
    remarks: list[str] | None = None,
) -> PayLine:
    payslip = Payslip(
        id=new_id(),
        project_id=new_id(),
        pay_sheet_id=new_id(),
        project_worker_id=new_id(),
        person_id=new_id(),
        month="2026-10",
        due_date=date(2026, 11, 13),
        gross_fen=net_fen,
        deductions_fen=0,
        net_fen=net_fen,
        content={"remarks": remarks or []},
        content_hash="0" * 64,
        answer_state=state,
        approved_at=now() if is_approved else None,
    )
    return PayLine(payslip, has_phone=True, missing=[], answer=None, reply=None, bank_row=None)


@pytest.mark.parametrize("state", [each for each in PayslipAnswerState if each in NOT_AGREED])
def test_whoever_did_not_agree_is_left_out_and_the_reason_says_so(
    state: PayslipAnswerState,
) -> None:
    assert say_why_not(make_line(state)) == WAITS[state]


def test_confirmed_and_approved_money_goes_into_the_file() -> None:
    line = make_line()

    found = sort_lines([line, make_line(net_fen=0), make_line(is_approved=False)], held=set())

    assert found.ready == [line]
    assert found.ready_fen == 100
    assert [why for _, why in found.left_out] == ["实发是 0 元", "还没审核，请点“审核通过”"]


def test_what_a_file_holds_is_in_neither_list() -> None:
    line = make_line()

    found = sort_lines([line], held={line.payslip.id})

    assert (found.ready, found.left_out) == ([], [])


def test_only_remarks_of_everybody_are_said_once() -> None:
    lines = [make_line(remarks=["都有", "只有他"]), make_line(remarks=["都有"])]

    assert list_shared_remarks(lines) == ["都有"]
    assert list_shared_remarks([]) == []
