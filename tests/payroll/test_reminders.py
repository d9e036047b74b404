"""Silence: it is asked about three times, written down as silence, and never becomes consent."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from core.enums import NotificationState, PayslipAnswerState, VisitOutcome
from core.keyring import Keyring
from db.models import Notification, Payslip, PayslipVisit
from notifications.templates import Template
from payroll import reminders, rules
from payroll.errors import VisitNotFoundError
from payroll.follow_up_queries import list_open_visits
from tests.factories.payroll import AT, Site, confirm, draw_up, make_site, publish

EVENING = datetime(2026, 11, 3, 10, 30, tzinfo=UTC)
"""18:30 in Shanghai on the day the sheet is published."""


def run(session: Session, *, days: int) -> None:
    """Run the job so many days after publishing, as the job does."""
    after = None
    while True:
        after = reminders.remind_chunk(session, after=after, at=EVENING + timedelta(days=days))
        if after is None:
            break
    session.expire_all()


def reminded(session: Session, payslip: Payslip) -> int:
    query = select(Notification).where(
        Notification.template == Template.PAYSLIP_REMINDER,
        Notification.person_id == payslip.person_id,
    )
    return len(session.exec(query).all())


def visits(session: Session, site: Site) -> list[PayslipVisit]:
    listed = list_open_visits(session, project_id=site.project.id, before=None, limit=10)
    return [one.visit for one in listed]


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session, worker_count=2)


@pytest.fixture
def payslips(session: Session, site: Site) -> list[Payslip]:
    return publish(session, site)


@pytest.mark.parametrize(
    ("days", "number"),
    [(0, None), (1, 1), (2, 1), (3, 3), (4, 3), (5, 5), (6, None), (400, None)],
)
def test_the_last_reminder_that_is_due_is_chosen(days: int, number: int | None) -> None:
    assert rules.choose_reminder(days) == number


def test_the_silent_are_reminded_three_times(session: Session, payslips: list[Payslip]) -> None:
    counts = []
    for days in range(9):
        run(session, days=days)
        run(session, days=days)
        counts.append(reminded(session, payslips[0]))

    assert counts == [0, 1, 1, 2, 2, 3, 3, 3, 3]


def test_after_an_outage_one_reminder_is_sent(session: Session, payslips: list[Payslip]) -> None:
    run(session, days=4)

    assert reminded(session, payslips[0]) == 1


def test_who_has_answered_is_left_alone(
    session: Session, keyring: Keyring, payslips: list[Payslip]
) -> None:
    confirm(session, keyring, payslips[0])

    run(session, days=1)
    run(session, days=7)

    assert reminded(session, payslips[0]) == 0
    assert payslips[0].answer_state is PayslipAnswerState.CONFIRMED


def test_silence_is_written_down_and_somebody_is_to_go(
    session: Session, site: Site, payslips: list[Payslip]
) -> None:
    run(session, days=6)
    run(session, days=7)

    assert {payslip.answer_state for payslip in payslips} == {PayslipAnswerState.NO_RESPONSE}
    assert {visit.payslip_id for visit in visits(session, site)} == {one.id for one in payslips}


def test_a_late_answer_counts_and_ends_the_visit(
    session: Session, keyring: Keyring, site: Site, payslips: list[Payslip]
) -> None:
    run(session, days=6)

    confirm(session, keyring, payslips[0])

    session.expire_all()
    assert payslips[0].answer_state is PayslipAnswerState.CONFIRMED
    assert [visit.payslip_id for visit in visits(session, site)] == [payslips[1].id]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (VisitOutcome.TOLD, PayslipAnswerState.NO_RESPONSE),
        (VisitOutcome.NOT_FOUND, PayslipAnswerState.UNREACHABLE),
    ],
)
def test_no_visit_confirms_anything(
    session: Session,
    site: Site,
    payslips: list[Payslip],
    outcome: VisitOutcome,
    state: PayslipAnswerState,
) -> None:
    run(session, days=6)
    visit = next(one for one in visits(session, site) if one.payslip_id == payslips[0].id)

    report(session, site, visit, outcome)

    session.expire_all()
    assert payslips[0].answer_state is state
    assert visit.id not in {one.id for one in visits(session, site)}


def report(session: Session, site: Site, visit: PayslipVisit, outcome: VisitOutcome) -> None:
    reminders.report_visit(
        session,
        principal=site.manager,
        project_id=site.project.id,
        visit_id=visit.id,
        outcome=outcome,
        note="去宿舍找过",
        at=AT + timedelta(days=7),
    )


def test_a_visit_is_reported_once(session: Session, site: Site, payslips: list[Payslip]) -> None:
    run(session, days=6)
    visit = visits(session, site)[0]
    report(session, site, visit, VisitOutcome.TOLD)

    with pytest.raises(VisitNotFoundError):
        report(session, site, visit, VisitOutcome.NOT_FOUND)


def test_another_project_has_no_such_visit(
    session: Session, site: Site, payslips: list[Payslip]
) -> None:
    run(session, days=6)

    with pytest.raises(VisitNotFoundError):
        reminders.report_visit(
            session,
            principal=site.manager,
            project_id=uuid4(),
            visit_id=visits(session, site)[0].id,
            outcome=VisitOutcome.TOLD,
            note="不是我们工地的",
            at=AT,
        )


def test_a_sheet_that_is_not_published_reminds_nobody(session: Session) -> None:
    draw_up(session, make_site(session))

    run(session, days=9)

    reminders_sent = select(Notification).where(
        col(Notification.state) != NotificationState.FAILED,
        Notification.template == Template.PAYSLIP_REMINDER,
    )
    assert session.exec(reminders_sent).all() == []
