"""Confirming, disputing, and saying whether the money came."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from core.enums import PayslipAnswerState, Role
from core.keyring import Keyring
from db.models import Notification, Payslip, PayslipAnswer, PayslipReceived
from evidence.receipts import jwks, verify_receipt
from payroll import answers
from payroll.errors import (
    AnswerNotYoursError,
    PayslipAnsweredError,
    PayslipChangedError,
    PayslipNotFoundError,
)
from tests.factories.identity import make_principal
from tests.factories.payroll import (
    AT,
    adjust,
    confirm,
    confirm_all,
    current_payslips,
    draw_up,
    make_site,
    publish,
    send_to_bank,
)


def dispute(session: Session, payslip: Payslip) -> PayslipAnswer:
    return answers.dispute_payslip(
        session,
        principal=make_principal(payslip.person_id),
        payslip_id=payslip.id,
        reason="少算了两天",
        fields=["work_time", "net"],
        at=AT,
    )


def answers_to(session: Session, payslip: Payslip) -> list[PayslipAnswer]:
    statement = select(PayslipAnswer).where(PayslipAnswer.payslip_id == payslip.id)
    return list(session.exec(statement))


def test_confirmation_is_bound_to_content_and_sign_in(session: Session, keyring: Keyring) -> None:
    payslip = publish(session, make_site(session))[0]
    worker = make_principal(payslip.person_id)

    confirm(session, keyring, payslip, worker)

    session.refresh(payslip)
    [answer] = answers_to(session, payslip)
    assert payslip.answer_state is PayslipAnswerState.CONFIRMED
    assert answer.sign_in_family_id == worker.sign_in_family_id
    assert answer.content_hash == payslip.content_hash


def test_receipt_proves_the_confirmation_to_anybody(session: Session, keyring: Keyring) -> None:
    payslip = publish(session, make_site(session))[0]

    answer = confirm(session, keyring, payslip)

    assert answer.receipt is not None
    facts = verify_receipt(answer.receipt, jwks(keyring))
    assert facts == {
        "iss": "anxinma",
        "sub": str(payslip.id),
        "jti": str(answer.id),
        "iat": int(AT.timestamp()),
        "answered_at": "2026-11-03T02:00:00+00:00",
        "answer": "confirmed",
        "content_hash": payslip.content_hash,
        "month": "2026-10",
        "version": 1,
    }


def test_worker_is_told_of_a_confirmation(session: Session, keyring: Keyring) -> None:
    payslip = publish(session, make_site(session, worker_count=1))[0]

    confirm(session, keyring, payslip)

    assert "payslip_confirmed" in session.exec(select(Notification.template)).all()


def test_tapping_twice_gives_the_first_receipt(session: Session, keyring: Keyring) -> None:
    payslip = publish(session, make_site(session))[0]
    first = confirm(session, keyring, payslip)

    second = confirm(session, keyring, payslip)

    assert second.receipt == first.receipt
    assert len(answers_to(session, payslip)) == 1


def test_disputed_payslip_is_not_confirmed_as_it_is(session: Session, keyring: Keyring) -> None:
    payslip = publish(session, make_site(session))[0]
    dispute(session, payslip)

    with pytest.raises(PayslipAnsweredError):
        confirm(session, keyring, payslip)


def test_confirmed_payslip_is_not_disputed_after_all(session: Session, keyring: Keyring) -> None:
    payslip = publish(session, make_site(session))[0]
    confirm(session, keyring, payslip)

    with pytest.raises(PayslipAnsweredError):
        dispute(session, payslip)


def test_other_content_than_shown_is_refused(session: Session, keyring: Keyring) -> None:
    payslip = publish(session, make_site(session))[0]

    with pytest.raises(PayslipChangedError):
        answers.confirm_payslip(
            session,
            keyring,
            principal=make_principal(payslip.person_id),
            payslip_id=payslip.id,
            content_hash="0" * 64,
            at=AT,
        )
    session.refresh(payslip)
    assert payslip.answer_state is PayslipAnswerState.AWAITING


def test_earlier_version_takes_no_answer(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]
    adjust(session, site, payslip)

    with pytest.raises(PayslipChangedError):
        confirm(session, keyring, payslip)
    with pytest.raises(PayslipChangedError):
        dispute(session, payslip)


def test_new_version_is_answered_anew(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]
    dispute(session, payslip)

    confirm(session, keyring, adjust(session, site, payslip))

    newest = current_payslips(session, payslip.pay_sheet_id)[0]
    session.refresh(newest)
    assert (newest.version, newest.answer_state) == (2, PayslipAnswerState.CONFIRMED)


@pytest.mark.parametrize("state", [PayslipAnswerState.NO_RESPONSE, PayslipAnswerState.UNREACHABLE])
def test_late_answer_still_counts(
    session: Session, keyring: Keyring, state: PayslipAnswerState
) -> None:
    payslip = publish(session, make_site(session))[0]
    payslip.answer_state = state

    confirm(session, keyring, payslip)

    session.refresh(payslip)
    assert payslip.answer_state is PayslipAnswerState.CONFIRMED


def test_somebody_elses_payslip_does_not_exist(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]

    with pytest.raises(PayslipNotFoundError):
        confirm(session, keyring, payslip, site.principal(1))
    with pytest.raises(PayslipNotFoundError):
        answers.get_payslip(session, person_id=site.workers[1].person_id, payslip_id=payslip.id)


def test_draft_does_not_exist_for_its_worker(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslip = current_payslips(session, draw_up(session, site).id)[0]

    with pytest.raises(PayslipNotFoundError):
        confirm(session, keyring, payslip)
    assert answers.list_payslips(session, person_id=payslip.person_id, before=None, limit=5) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WORKER])
def test_no_other_role_answers_not_even_for_its_own_payslip(
    session: Session, keyring: Keyring, role: Role
) -> None:
    payslip = publish(session, make_site(session))[0]
    principal = make_principal(payslip.person_id, role)

    with pytest.raises(AnswerNotYoursError):
        confirm(session, keyring, payslip, principal)
    with pytest.raises(AnswerNotYoursError):
        answers.report_received(
            session, principal=principal, payslip_id=payslip.id, received=True, at=AT
        )
    assert answers_to(session, payslip) == []


def test_dispute_keeps_the_workers_words_and_stops_only_that_line(session: Session) -> None:
    payslip, other = publish(session, make_site(session))

    dispute(session, payslip)

    session.refresh(payslip)
    session.refresh(other)
    [answer] = answers_to(session, payslip)
    assert (answer.reason, answer.fields) == ("少算了两天", ["work_time", "net"])
    assert payslip.answer_state is PayslipAnswerState.DISPUTED
    assert other.answer_state is PayslipAnswerState.AWAITING


def test_last_word_on_the_money_counts_and_the_first_stays(
    session: Session, keyring: Keyring
) -> None:
    site = make_site(session)
    payslip = confirm_all(session, keyring, site)[0]
    send_to_bank(session, site, payslip.pay_sheet_id)
    worker = make_principal(payslip.person_id)

    for received in (False, True):
        answers.report_received(
            session,
            principal=worker,
            payslip_id=payslip.id,
            received=received,
            at=AT + timedelta(hours=received),
        )
    session.flush()

    own = answers.get_payslip(session, person_id=payslip.person_id, payslip_id=payslip.id)
    assert own.received is True
    assert len(session.exec(select(PayslipReceived)).all()) == 2


def test_list_shows_the_current_version_only(session: Session) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]
    adjusted = adjust(session, site, payslip)
    session.flush()

    listed = answers.list_payslips(session, person_id=payslip.person_id, before=None, limit=5)

    assert [own.id for own in listed] == [adjusted.id]


def test_one_more_than_a_page_tells_that_there_is_another(session: Session) -> None:
    payslip = publish(session, make_site(session))[0]
    listed = answers.list_payslips(session, person_id=payslip.person_id, before=payslip.id, limit=1)

    assert listed == []
