"""Taking back what a payslip counted: the worker gets a new one, unless the money is on its way."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from core.enums import PayslipAnswerState
from core.keyring import Keyring
from core.pay_enums import PayEntryKind
from db.models import Notification, PayEntry, Payslip, WageAdvance
from payroll import advances, entries, service
from payroll.batch_queries import lock_payable
from payroll.errors import PayslipAtBankError
from payroll.pay_rules import price_item
from tests.factories.pay_terms import make_advance, make_entry
from tests.factories.payroll import (
    AT,
    Site,
    adjust,
    confirm,
    confirm_all,
    current_payslips,
    make_site,
    publish,
    send_to_bank,
)

Taken = PayEntry | WageAdvance
MADE: dict[str, Callable[[Session, Site], Taken]] = {
    "advance": lambda session, site: make_advance(session, site.workers[0], 100_000),
    "deduction": lambda session, site: make_entry(session, site.workers[0], agreed_at=AT),
    "supplement": lambda session, site: make_entry(
        session, site.workers[0], PayEntryKind.SUPPLEMENT
    ),
    "piece": lambda session, site: make_entry(session, site.workers[0], PayEntryKind.PIECE),
}


def withdraw(session: Session, site: Site, taken: Taken) -> None:
    if isinstance(taken, WageAdvance):
        advances.withdraw_advance(
            session,
            principal=site.manager,
            project_id=site.project.id,
            advance_id=taken.id,
            reason="登记错了人",
            at=AT,
        )
        return
    entries.withdraw_pay_entry(
        session,
        principal=site.manager,
        project_id=site.project.id,
        entry_id=taken.id,
        reason="登记错了人",
        at=AT,
    )


@pytest.mark.parametrize("kind", MADE)
def test_payslip_that_counted_it_is_replaced_and_asked_about_again(
    session: Session, keyring: Keyring, kind: str
) -> None:
    site = make_site(session)
    taken = MADE[kind](session, site)
    confirmed = confirm_all(session, keyring, site)

    withdraw(session, site, taken)

    mine, other = current_payslips(session, confirmed[0].pay_sheet_id)
    assert (mine.version, mine.net_fen) == (2, 787_500)
    assert (mine.answer_state, mine.content["note"]) == (PayslipAnswerState.AWAITING, "登记错了人")
    assert other == confirmed[1]
    assert lock_payable(session, mine.pay_sheet_id) == [other]


def test_worker_is_told_of_the_new_payslip(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=1)
    taken = make_advance(session, site.workers[0])
    [payslip] = publish(session, site)
    confirm(session, keyring, payslip)

    withdraw(session, site, taken)

    told = session.exec(select(Notification.template).order_by(Notification.template)).all()
    assert "payslip_changed" in told


def test_corrected_lines_stay_as_they_were(session: Session) -> None:
    site = make_site(session, worker_count=1)
    taken = make_advance(session, site.workers[0])
    [payslip] = publish(session, site)
    corrected: Payslip = adjust(
        session,
        site,
        payslip,
        (price_item("包干", quantity=100, unit="项", unit_price_fen=900_000),),
    )

    withdraw(session, site, taken)

    [current] = current_payslips(session, payslip.pay_sheet_id)
    assert current.content["items"] == corrected.content["items"]
    assert (current.version, current.net_fen) == (3, 900_000)


@pytest.mark.parametrize("kind", MADE)
def test_what_was_paid_with_it_is_not_withdrawn(
    session: Session, keyring: Keyring, kind: str
) -> None:
    site = make_site(session, worker_count=1)
    taken = MADE[kind](session, site)
    [payslip] = confirm_all(session, keyring, site)
    send_to_bank(session, site, payslip.pay_sheet_id)

    with pytest.raises(PayslipAtBankError) as refusal, session.begin_nested():
        withdraw(session, site, taken)

    session.refresh(taken)
    assert taken.withdrawn_at is None
    assert "补发" in refusal.value.advice


def test_draft_is_left_to_be_drawn_up_again(session: Session) -> None:
    site = make_site(session, worker_count=1)
    taken = make_advance(session, site.workers[0])
    sheet = service.create_pay_sheet(
        session, project_id=site.project.id, team_id=site.team.id, month="2026-10", at=AT
    )

    withdraw(session, site, taken)

    assert [slip.version for slip in current_payslips(session, sheet.id)] == [1]
