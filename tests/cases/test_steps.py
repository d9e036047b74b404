"""Whole paths of a case against the real database: approvals, clocks, police, money."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from cases import desk, service, workflow
from cases import errors as refusals
from cases.desk_errors import (
    CaseRequestNotFoundError,
    HeadRequiredError,
    OrderStandsError,
    OrderUnexplainedError,
    OwnRequestError,
    RequestPendingError,
)
from cases.step import Form
from core.case_enums import (
    CaseAction,
    CaseState,
    ClockKind,
    Conclusion,
    Disclosure,
    Office,
    Silence,
)
from core.keyring import Keyring
from db.models import (
    CaseEvent,
    Notification,
    Person,
)
from identity.principal import Principal
from notifications.templates import Template
from tests.cases.desk_work import accept, act, ask, clock, decide, sign, stored, told
from tests.factories.cases import FILED_AT, PAY_BY, make_complaint, make_form
from tests.factories.identity import make_principal

DAY = timedelta(days=1)
AFTER_THE_ORDER = datetime(2026, 11, 11, 1, 0, tzinfo=FILED_AT.tzinfo)


def test_extension_waits_for_the_head_and_is_told(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    before = clock(session, number, ClockKind.INVESTIGATION).due_date

    request_id = ask(session, first, number, CaseAction.EXTEND)
    untouched = clock(session, number, ClockKind.INVESTIGATION).due_date
    decide(session, head, number, request_id)

    file = desk.get_case(session, principal=first, number=number, at=FILED_AT)
    (reading,) = [one for one in file.clocks if one.clock.kind is ClockKind.INVESTIGATION]
    assert untouched == before < reading.clock.due_date
    assert len(reading.counted) == 90
    assert reading.changes[0].approved_by == head.person_id
    assert reading.changes[0].tell_by_date == date(2026, 11, 5)
    assert told(session)[-1] == Template.CASE_EXTENDED


def test_the_head_is_told_that_a_decision_waits(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)

    ask(session, first, number, CaseAction.EXTEND)

    asked = session.exec(
        select(Notification).where(Notification.template == Template.DECISION_ASKED)
    ).one()
    assert asked.person_id == head.person_id


def test_declined_request_changes_nothing(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    request_id = ask(session, first, number, CaseAction.SUSPEND)

    decide(session, head, number, request_id, is_granted=False)

    assert stored(session, number).state is CaseState.ACCEPTED
    assert told(session)[-1] == Template.CASE_ACCEPTED
    with pytest.raises(CaseRequestNotFoundError):
        decide(session, head, number, request_id)


def test_nobody_decides_what_they_asked_for(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    request_id = ask(session, head, number, CaseAction.EXTEND)

    with pytest.raises(OwnRequestError):
        decide(session, head, number, request_id)


def test_an_inspector_decides_nothing(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)
    request_id = ask(session, first, number, CaseAction.EXTEND)

    with pytest.raises(HeadRequiredError):
        decide(session, second, number, request_id)


def test_the_city_decides_where_there_is_no_head(
    session: Session, number: str, first: Principal, second: Principal, city: Principal
) -> None:
    accept(session, number, first, second)
    request_id = ask(session, first, number, CaseAction.SUSPEND)

    decide(session, city, number, request_id)

    assert stored(session, number).state is CaseState.SUSPENDED


def test_the_same_request_waits_only_once(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)
    ask(session, first, number, CaseAction.EXTEND)

    with pytest.raises(RequestPendingError):
        ask(session, second, number, CaseAction.EXTEND)


def test_a_request_lapses_when_the_case_moves_on(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    request_id = ask(session, first, number, CaseAction.EXTEND)
    act(session, first, number, CaseAction.CLOSE)

    with pytest.raises(CaseRequestNotFoundError):
        decide(session, head, number, request_id)


def test_an_extension_after_the_end_is_refused(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)
    due = clock(session, number, ClockKind.INVESTIGATION).due_date
    late = FILED_AT + (due - FILED_AT.date() + DAY)

    with pytest.raises(refusals.ClockOverError):
        act(session, first, number, CaseAction.EXTEND, at=late)


def test_suspension_stops_the_clock_which_resumes_where_it_stood(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    before = clock(session, number, ClockKind.INVESTIGATION).due_date
    decide(session, head, number, ask(session, first, number, CaseAction.SUSPEND))
    paused = clock(session, number, ClockKind.INVESTIGATION).is_paused

    act(session, first, number, CaseAction.RESUME, at=FILED_AT + 14 * DAY)

    running = clock(session, number, ClockKind.INVESTIGATION)
    assert paused
    assert not running.is_paused
    assert running.due_date > before
    assert told(session)[-2:] == [Template.CASE_SUSPENDED, Template.CASE_RESUMED]


def test_details_are_asked_for_and_the_five_days_start_again(
    session: Session, worker: Person, number: str, first: Principal
) -> None:
    act(session, first, number, CaseAction.ASK_DETAILS, at=FILED_AT + DAY)
    act(session, make_principal(worker.id), number, CaseAction.ADD_DETAILS, at=FILED_AT + 3 * DAY)

    assert stored(session, number).state is CaseState.RECEIVED
    assert clock(session, number, ClockKind.ACCEPTANCE).started_date == date(2026, 11, 5)


def test_only_the_worker_makes_an_agreement(
    *,
    session: Session,
    keyring: Keyring,
    worker: Person,
    number: str,
    first: Principal,
    second: Principal,
) -> None:
    accept(session, number, first, second)
    act(session, first, number, CaseAction.PROPOSE_AGREEMENT)
    with pytest.raises(refusals.ActionNotAllowedError):
        act(session, first, number, CaseAction.AGREE)

    sign(session, keyring, worker, number)

    assert stored(session, number).state is CaseState.AGREED
    assert clock(session, number, ClockKind.INVESTIGATION).stopped_at is None


def test_police_transfer_takes_the_head_five_papers_and_three_timers(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    act(session, first, number, CaseAction.ORDER_TO_PAY)
    with pytest.raises(refusals.OrderNotDueError):
        act(session, first, number, CaseAction.TRANSFER_TO_POLICE)
    at = AFTER_THE_ORDER

    request_id = ask(session, first, number, CaseAction.TRANSFER_TO_POLICE, at=at)
    deciding = clock(session, number, ClockKind.POLICE_DECISION)
    decide(session, head, number, request_id, at=at)
    handing = clock(session, number, ClockKind.POLICE_HANDOVER)
    act(session, first, number, CaseAction.HAND_TO_POLICE, at=at)
    replying = clock(session, number, ClockKind.POLICE_REPLY)
    act(session, first, number, CaseAction.POLICE_FILE, at=at)

    assert deciding.due_date == date(2026, 11, 16)  # the third day is a Saturday
    assert deciding.stopped_at == at
    assert handing.due_at == at + timedelta(hours=24)
    assert replying.due_date == date(2026, 11, 16)
    assert clock(session, number, ClockKind.EVIDENCE_HANDOVER).due_date == date(2026, 11, 16)
    assert clock(session, number, ClockKind.PAYMENT).due_date == PAY_BY
    event = session.exec(
        select(CaseEvent).where(CaseEvent.action == CaseAction.TRANSFER_TO_POLICE)
    ).one()
    assert event.details["verdict"] == "review"
    assert event.details["approved_by"] == str(head.person_id)


def test_an_advance_is_recorded_and_recovered(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    decide(session, head, number, ask(session, first, number, CaseAction.GRANT_ADVANCE))
    act(session, first, number, CaseAction.RECOVER_ADVANCE)
    with pytest.raises(refusals.AdvanceTooHighError):
        act(session, first, number, CaseAction.RECOVER_ADVANCE, Form(amount_fen=50_001))

    case = stored(session, number)
    assert (case.advanced_fen, case.advance_recovered_fen) == (100_000, 50_000)


def test_only_an_order_names_the_last_day_to_pay(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    act(session, first, number, CaseAction.ORDER_TO_PAY)
    form = replace(make_form(CaseAction.GRANT_ADVANCE), due_date=date(2026, 12, 31))
    request = act(session, first, number, CaseAction.GRANT_ADVANCE, form).request
    assert request is not None
    decide(session, head, number, request.id)

    act(session, first, number, CaseAction.APPLY_TO_COURT, at=AFTER_THE_ORDER)

    assert stored(session, number).state is CaseState.IN_COURT


def test_closing_asks_and_keeps_what_came_back_and_how_content_they_are(
    session: Session, worker: Person, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)
    act(session, first, number, CaseAction.CLOSE)
    act(session, make_principal(worker.id), number, CaseAction.CONFIRM_PAID)

    case = stored(session, number)
    assert (case.recovered_fen, case.satisfaction) == (528_000, 5)
    assert clock(session, number, ClockKind.FOLLOW_UP).stopped_at is not None
    with pytest.raises(refusals.StepDoneError):
        act(session, make_principal(worker.id), number, CaseAction.CONFIRM_PAID)


def test_an_order_is_not_got_rid_of_by_closing_and_reopening(
    session: Session, worker: Person, number: str, first: Principal, second: Principal
) -> None:
    complainant = make_principal(worker.id)
    accept(session, number, first, second)
    act(session, first, number, CaseAction.ORDER_TO_PAY)
    innocent = Form(note="没有违法", conclusion=Conclusion.NO_VIOLATION)
    with pytest.raises(OrderUnexplainedError):
        act(session, first, number, CaseAction.CLOSE, innocent)
    act(session, first, number, CaseAction.CLOSE, replace(innocent, amount_reason="已撤销责令"))
    act(session, complainant, number, CaseAction.REOPEN)

    with pytest.raises(OrderStandsError):
        act(session, complainant, number, CaseAction.WITHDRAW)

    story = service.get_my_complaint(session, number=number, person_id=worker.id, at=FILED_AT)
    assert CaseAction.WITHDRAW not in story.actions


def test_a_refusal_says_who_can_help(
    session: Session, worker: Person, number: str, first: Principal
) -> None:
    act(session, first, number, CaseAction.REFUSE)

    story = service.get_my_complaint(session, number=number, person_id=worker.id, at=FILED_AT)
    assert "仲裁" in story.next_step
    assert "12348" in story.next_step


def test_why_nobody_was_told_is_written_down(session: Session, first: Principal) -> None:
    anonymous = make_complaint(session, disclosure=Disclosure.ANONYMOUS).number
    unreachable = make_complaint(session).number
    for number in (anonymous, unreachable):
        act(session, first, number, CaseAction.ACCEPT)

    events = session.exec(select(CaseEvent).order_by(col(CaseEvent.id)))
    assert [event.silence for event in events] == [
        Silence.ANONYMOUS,
        Silence.NO_NUMBER,
        Silence.ANONYMOUS,
        Silence.NO_NUMBER,
    ]


def test_every_silent_step_says_so_in_the_row(
    session: Session, worker: Person, number: str
) -> None:
    act(session, make_principal(worker.id), number, CaseAction.SUPPLEMENT)

    event = session.exec(select(CaseEvent).order_by(col(CaseEvent.id).desc())).first()
    assert event is not None
    assert event.silence is Silence.NOTHING_NEW
    assert Office.WORKER in workflow.TRANSITIONS[CaseState.RECEIVED, CaseAction.SUPPLEMENT].offices
