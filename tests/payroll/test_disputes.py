"""Replies to disputes: a reason or a new version; the worker has the last word."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from core.enums import PayslipAnswerState
from core.keyring import Keyring
from db.models import DisputeReply, Notification, PayBatchRow, Payslip, PayslipAnswer
from notifications.templates import Template
from payroll import answers, disputes
from payroll.errors import (
    DisputeRepliedError,
    NotDisputedError,
    PayslipAnsweredError,
    PayslipNotFoundError,
)
from payroll.follow_up_queries import list_disputes
from tests.factories.identity import make_principal
from tests.factories.payroll import (
    AT,
    Site,
    confirm,
    confirm_all,
    draw_up,
    make_site,
    publish,
    send_to_bank,
)


@pytest.fixture
def payslip(session: Session, site: Site) -> Payslip:
    """A payslip that its worker says is wrong, since Tuesday 3 November."""
    payslip = publish(session, site)[0]
    answers.dispute_payslip(
        session,
        principal=make_principal(payslip.person_id),
        payslip_id=payslip.id,
        reason="少算了两天",
        fields=["work_time"],
        at=AT,
    )
    session.expire_all()
    return payslip


def reply(session: Session, site: Site, payslip: Payslip) -> DisputeReply:
    made = disputes.reply_to_dispute(
        session,
        principal=site.manager,
        project_id=site.project.id,
        payslip_id=payslip.id,
        reason="那两天停工",
        at=AT,
    )
    session.expire_all()
    return made


def told(session: Session, payslip: Payslip, template: Template) -> int:
    query = select(Notification).where(
        Notification.template == template, Notification.person_id == payslip.person_id
    )
    return len(session.exec(query).all())


def test_a_rejected_dispute_goes_on_waiting_and_the_worker_is_told(
    session: Session, site: Site, payslip: Payslip
) -> None:
    reply(session, site, payslip)

    assert payslip.answer_state is PayslipAnswerState.DISPUTED
    assert told(session, payslip, Template.DISPUTE_REJECTED) == 1
    own = answers.get_payslip(session, person_id=payslip.person_id, payslip_id=payslip.id)
    assert own.reply is not None
    assert own.reply.reason == "那两天停工"


def test_the_worker_may_be_convinced(
    session: Session, keyring: Keyring, site: Site, payslip: Payslip
) -> None:
    reply(session, site, payslip)

    answer = confirm(session, keyring, payslip)

    session.expire_all()
    assert payslip.answer_state is PayslipAnswerState.CONFIRMED
    said = session.exec(select(PayslipAnswer).where(PayslipAnswer.payslip_id == payslip.id)).all()
    assert {one.state for one in said} == {
        PayslipAnswerState.DISPUTED,
        PayslipAnswerState.CONFIRMED,
    }
    assert answer.receipt is not None


def test_a_dispute_is_replied_to_once(session: Session, site: Site, payslip: Payslip) -> None:
    reply(session, site, payslip)

    with pytest.raises(DisputeRepliedError):
        reply(session, site, payslip)


def test_there_is_nothing_to_reply_without_a_dispute(
    session: Session, keyring: Keyring, site: Site
) -> None:
    payslip = publish(session, site)[0]
    with pytest.raises(NotDisputedError):
        reply(session, site, payslip)


def test_nothing_is_replied_once_the_worker_has_confirmed(
    session: Session, keyring: Keyring, site: Site, payslip: Payslip
) -> None:
    reply(session, site, payslip)
    confirm(session, keyring, payslip)
    session.expire_all()

    with pytest.raises(NotDisputedError):
        reply(session, site, payslip)


def test_another_project_has_no_such_payslip(session: Session, payslip: Payslip) -> None:
    with pytest.raises(PayslipNotFoundError):
        reply(session, make_site(session), payslip)


def test_a_replied_dispute_is_not_disputed_again(
    session: Session, site: Site, payslip: Payslip
) -> None:
    reply(session, site, payslip)

    with pytest.raises(PayslipAnsweredError):
        answers.dispute_payslip(
            session,
            principal=make_principal(payslip.person_id),
            payslip_id=payslip.id,
            reason="还是不对",
            fields=[],
            at=AT,
        )


def test_the_reply_is_due_after_three_working_days(
    session: Session, site: Site, payslip: Payslip
) -> None:
    [dispute] = list_disputes(session, project_id=site.project.id, before=None, limit=5)

    assert disputes.compute_reply_due(dispute) == date(2026, 11, 6)


@pytest.mark.parametrize(("day", "count"), [(6, 0), (7, 1)])
def test_who_gets_no_reply_in_time_is_told_once(
    session: Session, payslip: Payslip, day: int, count: int
) -> None:
    at = datetime(2026, 11, day, 10, 30, tzinfo=UTC)
    for _ in range(2):
        after = disputes.tell_overdue_chunk(session, after=None, at=at)
        assert disputes.tell_overdue_chunk(session, after=after, at=at) is None

    assert told(session, payslip, Template.DISPUTE_OVERDUE) == count


def test_nobody_is_told_of_a_dispute_that_was_replied_to(
    session: Session, site: Site, payslip: Payslip
) -> None:
    reply(session, site, payslip)

    assert disputes.tell_overdue_chunk(session, after=None, at=AT + timedelta(days=30)) is None
    assert told(session, payslip, Template.DISPUTE_OVERDUE) == 0


@pytest.mark.parametrize(
    "change",
    [
        sa.update(Payslip).values(content={}),
        sa.update(Payslip).values(due_date=date(2030, 1, 1)),
        sa.update(PayBatchRow).values(amount_fen=1),
        sa.delete(Payslip),
    ],
)
def test_what_was_shown_and_what_was_sent_are_final(
    session: Session, keyring: Keyring, site: Site, change: sa.Update
) -> None:
    payslips = confirm_all(session, keyring, site)
    send_to_bank(session, site, payslips[0].pay_sheet_id)
    session.flush()

    with pytest.raises(IntegrityError, match=r"is final|published payslip stays"):
        session.execute(change)


def test_drafts_are_drawn_up_anew(session: Session, site: Site) -> None:
    draw_up(session, site)
    draw_up(session, site)
