"""Changing what a worker was shown: a new version, a new approval, and what stays owed."""

import pytest
from sqlmodel import Session, col, select

from core.enums import PayslipAnswerState
from core.keyring import Keyring
from db.models import AuditEntry, Notification
from payroll.batch_queries import lock_payable
from payroll.errors import (
    NothingToApproveError,
    PayslipAtBankError,
    PayslipChangedError,
    PayslipIncompleteError,
    PayslipNotFoundError,
    PayslipUnchangedError,
    SheetActionNotAllowedError,
)
from payroll.pay_rules import price_item
from payroll.status_queries import list_published_wages
from tests.factories.payroll import (
    AT,
    adjust,
    approve,
    confirm,
    confirm_all,
    current_payslips,
    draw_up,
    make_site,
    publish,
    send_to_bank,
)
from tests.factories.projects import make_contract, make_team


def told(session: Session) -> list[str]:
    return list(session.exec(select(Notification.template).order_by(col(Notification.template))))


def test_adjusting_makes_a_new_version_that_nobody_has_answered(
    session: Session, keyring: Keyring
) -> None:
    site = make_site(session)
    payslips = publish(session, site)
    for payslip in payslips:
        confirm(session, keyring, payslip)
    line = price_item("计日工资", quantity=2300, unit="工日", unit_price_fen=35_000)

    adjusted = adjust(session, site, payslips[0], items=(line,))

    assert (adjusted.version, adjusted.net_fen) == (2, 805_000)
    assert adjusted.answer_state is PayslipAnswerState.AWAITING
    assert adjusted.content["note"] == "改了"
    assert current_payslips(session, adjusted.pay_sheet_id) == [adjusted, payslips[1]]
    assert payslips[1].answer_state is PayslipAnswerState.CONFIRMED


def test_adjusted_line_needs_another_approval_and_no_other_does(
    session: Session, keyring: Keyring
) -> None:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)

    adjusted = adjust(session, site, payslips[0])
    confirm(session, keyring, adjusted)

    assert (adjusted.approved_at, payslips[1].approved_at) == (None, AT)
    assert [slip.id for slip in lock_payable(session, adjusted.pay_sheet_id)] == [payslips[1].id]
    approve(session, site, adjusted.pay_sheet_id)
    assert len(lock_payable(session, adjusted.pay_sheet_id)) == 2


def test_sheet_without_a_change_is_not_approved_twice(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)

    with pytest.raises(NothingToApproveError):
        approve(session, site, payslips[0].pay_sheet_id)


def test_adjusting_to_nothing_leaves_owed_what_was_promised(
    session: Session, keyring: Keyring
) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = publish(session, site)
    nothing = price_item("计日工资", quantity=0, unit="工日", unit_price_fen=35_000)

    adjusted = adjust(session, site, payslip, items=(nothing,))

    [wage] = list_published_wages(session, [payslip.person_id])
    assert (adjusted.net_fen, wage.net_fen) == (0, 787_500)
    confirm(session, keyring, adjusted)
    [wage] = list_published_wages(session, [payslip.person_id])
    assert wage.net_fen == 0


def test_earlier_version_keeps_what_was_answered(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]
    confirm(session, keyring, payslip)
    shown = dict(payslip.content)

    adjust(session, site, payslip)

    session.refresh(payslip)
    assert (payslip.is_current, payslip.content) == (False, shown)
    assert payslip.answer_state is PayslipAnswerState.CONFIRMED


def test_adjusting_without_lines_takes_todays_card_and_contract(session: Session) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = publish(session, site)
    site.workers[0].bank_card = "6217000000007777"
    first_of_month = site.workers[0].entered_date.replace(month=10)
    make_contract(session, site.workers[0], unit_price_fen=40_000, start_date=first_of_month)

    adjusted = adjust(session, site, payslip, items=None)

    assert adjusted.net_fen == 900_000
    assert adjusted.content["payment_means"]["account"] == "**** **** **** 7777"


def test_worker_is_told_of_each_change_and_who_made_it_is_recorded(session: Session) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = publish(session, site)

    adjust(session, site, adjust(session, site, payslip), items=None)

    assert told(session).count("payslip_replaced") == 2
    entries = session.exec(select(AuditEntry)).all()
    assert [entry.actor_id for entry in entries] == [site.manager.person_id] * 2


@pytest.mark.parametrize("answer", PayslipAnswerState)
def test_version_that_says_the_same_takes_no_answer_away(
    session: Session, answer: PayslipAnswerState
) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = publish(session, site)
    payslip.answer_state = answer

    with pytest.raises(PayslipUnchangedError), session.begin_nested():
        adjust(session, site, payslip, items=None)

    assert current_payslips(session, payslip.pay_sheet_id) == [payslip]
    assert payslip.answer_state is answer


@pytest.mark.parametrize(
    ("state", "template"),
    [
        (PayslipAnswerState.AWAITING, "payslip_replaced"),
        (PayslipAnswerState.NO_RESPONSE, "payslip_replaced"),
        (PayslipAnswerState.UNREACHABLE, "payslip_replaced"),
        (PayslipAnswerState.DISPUTED, "payslip_changed"),
    ],
)
def test_only_who_has_answered_hears_that_the_answer_is_void(
    session: Session, state: PayslipAnswerState, template: str
) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = publish(session, site)
    payslip.answer_state = state
    session.flush()

    adjust(session, site, payslip)

    changes = {"payslip_changed", "payslip_replaced"}
    assert [each for each in told(session) if each in changes] == [template]


def test_adjusted_payslip_keeps_the_team_it_was_earned_in(session: Session) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = publish(session, site)
    site.workers[0].team_id = make_team(session, site.project, name="木工二班").id

    assert adjust(session, site, payslip).content["team_name"] == "钢筋一班"


def test_earlier_version_cannot_be_adjusted(session: Session) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]
    adjust(session, site, payslip)

    with pytest.raises(PayslipChangedError):
        adjust(session, site, payslip)


def test_line_at_the_bank_cannot_be_adjusted(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)
    send_to_bank(session, site, payslips[0].pay_sheet_id)

    with pytest.raises(PayslipAtBankError):
        adjust(session, site, payslips[0])


def test_adjusting_away_a_mandatory_field_is_refused(session: Session) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]
    site.workers[0].bank_card = None

    with pytest.raises(PayslipIncompleteError):
        adjust(session, site, payslip)


def test_draft_is_not_adjusted(session: Session) -> None:
    site = make_site(session)
    sheet = draw_up(session, site)

    with pytest.raises(SheetActionNotAllowedError):
        adjust(session, site, current_payslips(session, sheet.id)[0])


def test_payslip_of_another_project_does_not_exist_here(session: Session) -> None:
    site, other = make_site(session), make_site(session)
    payslip = publish(session, other)[0]

    with pytest.raises(PayslipNotFoundError):
        adjust(session, site, payslip)
