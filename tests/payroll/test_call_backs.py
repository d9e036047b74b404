"""Workers who confirmed at a kiosk are asked again; "it was not me" undoes it and alarms."""

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from sqlmodel import Session, select

from core.enums import PayslipAnswerState, Role
from core.keyring import Keyring
from core.wage_enums import CallBackOutcome, CallBackReason
from db.models import AuditEntry, CallBack, Notification, Payslip, PayslipAnswer
from identity.principal import Principal
from notifications.templates import Template
from payroll import receipts
from payroll.assisted_errors import CallBackNotFoundError
from payroll.assisted_queries import list_open_calls
from payroll.call_backs import OFTEN, choose_reason, report_call_back
from payroll.errors import NotConfirmedError
from tests.factories.assisted import (
    ask_for_witness,
    make_witness,
    sign_in_at_kiosk,
    stand_beside,
)
from tests.factories.identity import make_grant, make_person, make_principal
from tests.factories.payroll import AT, Site, confirm, make_site, publish

RARE, CERTAIN = b"\xff" * 32, b"\x00" * 32


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session, worker_count=OFTEN + 1)


@pytest.fixture
def call(session: Session, redis: Redis, keyring: Keyring, site: Site) -> CallBack:
    """What is asked about the last of the workers whom one witness stood beside."""
    witness = make_witness(session, site)
    for index, payslip in enumerate(publish(session, site)):
        worker = sign_in_at_kiosk(session, site, index)
        stand_beside(session, redis, witness, ask_for_witness(session, worker, payslip))
        confirm(session, keyring, payslip, worker)
    session.flush()
    session.expire_all()
    asked = select(CallBack).where(CallBack.reason == CallBackReason.OFTEN)
    return session.exec(asked).one()


@pytest.fixture
def payslip(session: Session, call: CallBack) -> Payslip:
    """The payslip that the call is about."""
    answer = session.get_one(PayslipAnswer, call.answer_id)
    return session.get_one(Payslip, answer.payslip_id)


@pytest.fixture
def inspector(session: Session, site: Site) -> Principal:
    person = make_person(session, name="监察员")
    county = site.project.county_code
    make_grant(session, person, Role.INSPECTOR, county_code=county)
    return make_principal(person.id, Role.INSPECTOR, county_code=county)


def report(
    session: Session, inspector: Principal, call: CallBack, outcome: CallBackOutcome
) -> None:
    report_call_back(
        session,
        principal=inspector,
        call_id=call.id,
        outcome=outcome,
        note="到宿舍当面问过本人",
        at=AT + timedelta(days=1),
    )
    session.flush()
    session.expire_all()


def told(session: Session, template: Template) -> int:
    return len(session.exec(select(Notification).where(Notification.template == template)).all())


def test_every_worker_beside_a_busy_witness_is_asked() -> None:
    assert choose_reason(RARE, statements=OFTEN) is None
    assert choose_reason(RARE, statements=OFTEN + 1) is CallBackReason.OFTEN


def test_one_in_ten_others_is_asked() -> None:
    drawn = [hashlib.sha256(bytes([a, b])).digest() for a in range(40) for b in range(50)]

    share = sum(choose_reason(each, statements=1) is CallBackReason.SAMPLE for each in drawn)

    assert 0.07 < share / len(drawn) < 0.13


@given(st.binary(min_size=32, max_size=32))
def test_the_draw_is_the_same_every_time(drawn: bytes) -> None:
    assert choose_reason(drawn, statements=1) == choose_reason(drawn, statements=1)
    assert choose_reason(CERTAIN, statements=1) is CallBackReason.SAMPLE


def test_a_call_is_due_in_three_working_days(call: CallBack) -> None:
    assert (call.outcome, call.due_date.isoformat()) == (None, "2026-11-06")


def test_the_county_sees_whom_to_ask(
    session: Session, inspector: Principal, call: CallBack
) -> None:
    county = inspector.county_code or ""
    listed = list_open_calls(session, county_code=county, before=None, limit=10)

    assert (listed[0].call.id, listed[0].witness.name) == (call.id, "周师傅")
    assert listed[0].payslip.person_id == listed[0].worker.id
    assert list_open_calls(session, county_code="999999", before=None, limit=10) == []


def test_a_denied_confirmation_waits_for_the_worker_again(
    session: Session, keyring: Keyring, inspector: Principal, call: CallBack, payslip: Payslip
) -> None:
    report(session, inspector, call, CallBackOutcome.DENIED)

    assert payslip.answer_state is PayslipAnswerState.AWAITING
    assert told(session, Template.CONFIRMATION_TAKEN_BACK) == 1
    assert told(session, Template.CONFIRMATION_DENIED) == 1
    with pytest.raises(NotConfirmedError):
        receipts.get_receipt(session, keyring, person_id=payslip.person_id, payslip_id=payslip.id)


def test_the_worker_may_confirm_after_all(
    session: Session, keyring: Keyring, inspector: Principal, call: CallBack, payslip: Payslip
) -> None:
    report(session, inspector, call, CallBackOutcome.DENIED)

    confirm(session, keyring, payslip)

    session.expire_all()
    assert payslip.answer_state is PayslipAnswerState.CONFIRMED
    assert receipts.get_receipt(
        session, keyring, person_id=payslip.person_id, payslip_id=payslip.id
    )


def test_what_was_denied_stays_on_record(
    session: Session, inspector: Principal, call: CallBack, payslip: Payslip
) -> None:
    report(session, inspector, call, CallBackOutcome.DENIED)

    answers = session.exec(
        select(PayslipAnswer).where(PayslipAnswer.payslip_id == payslip.id)
    ).all()
    entries = session.exec(
        select(AuditEntry).where(AuditEntry.action == "payroll.call-back-reported")
    ).all()
    assert [each.state for each in answers] == [PayslipAnswerState.CONFIRMED]
    assert [each.detail["outcome"] for each in entries] == ["denied"]


@pytest.mark.parametrize("outcome", [CallBackOutcome.STANDS, CallBackOutcome.NOT_REACHED])
def test_other_outcomes_change_nothing(
    session: Session,
    inspector: Principal,
    call: CallBack,
    payslip: Payslip,
    outcome: CallBackOutcome,
) -> None:
    report(session, inspector, call, outcome)

    assert payslip.answer_state is PayslipAnswerState.CONFIRMED
    assert told(session, Template.CONFIRMATION_DENIED) == 0


def test_a_call_is_reported_once_and_only_by_its_county(
    session: Session, inspector: Principal, call: CallBack
) -> None:
    other = make_principal(inspector.person_id, Role.INSPECTOR, county_code="999999")
    with pytest.raises(CallBackNotFoundError):
        report(session, other, call, CallBackOutcome.STANDS)
    report(session, inspector, call, CallBackOutcome.STANDS)

    with pytest.raises(CallBackNotFoundError):
        report(session, inspector, call, CallBackOutcome.DENIED)
