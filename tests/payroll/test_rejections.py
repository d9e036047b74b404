"""What a rejection means, who has to act, and by when."""

from datetime import date

import pytest

from core.calendar import WORKING_DAYS
from notifications.rules import render
from notifications.templates import Template
from payroll.rejections import (
    REJECTIONS,
    RejectionOwner,
    compute_correction_date,
    explain_rejection,
)


@pytest.mark.parametrize(
    ("reason", "say"),
    [
        ("收款人户名不符", "卡上名字和你的名字对不上"),
        ("账户已冻结", "卡被冻结或挂失"),
        ("账户状态为睡眠户", "卡很久没用，要到银行激活"),
        ("超过II类户限额", "卡的收款额度不够"),
        ("账号不存在", "卡号不对或卡已注销"),
        ("", "银行退回，没说清原因"),
        ("E4471", "银行退回，没说清原因"),
    ],
)
def test_banks_wording_becomes_everyday_words_that_fit_a_message(reason: str, say: str) -> None:
    assert explain_rejection(reason).say == say
    body = render(Template.WAGE_REJECTED, {"month": "2026-10", "reason": say})
    assert say in body


def test_what_is_wrong_with_a_card_is_the_workers_to_correct() -> None:
    assert {each.owner for each in REJECTIONS} == {RejectionOwner.WORKER}


def test_what_the_bank_did_not_explain_is_the_labour_managers_to_ask() -> None:
    assert explain_rejection("E4471").owner is RejectionOwner.LABOUR_MANAGER


def test_correction_is_due_after_three_working_days() -> None:
    friday = date(2026, 11, 13)

    assert compute_correction_date(friday, WORKING_DAYS) == date(2026, 11, 18)
