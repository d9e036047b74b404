"""Filing, acting and following, against the real database."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from cases import service
from cases.errors import (
    ActionNotAllowedError,
    AlreadyReopenedError,
    CaseNotFoundError,
    ComplaintNotFoundError,
    NoteRequiredError,
    UnknownPlaceError,
)
from core.case_enums import CaseAction, CaseState, ClockKind, Disclosure
from core.enums import Role
from db.models import Case, CaseClock, CaseEvent, Complaint, Notification, Person
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.cases import FILED_AT, add_handlers, make_complaint, make_form
from tests.factories.identity import make_person, make_principal, make_worker_person


@pytest.fixture
def inspector(session: Session) -> Principal:
    person = make_person(session, name="李监察", phone="+8619100000902")
    return make_principal(person.id, Role.INSPECTOR, county_code="330106")


def act(
    session: Session,
    principal: Principal,
    number: str,
    *actions: CaseAction,
    note: str = "已核实工资表",
) -> None:
    """Take steps one hour apart; whoever accepts finds a second inspector."""
    for hours, action in enumerate(actions, 1):
        service.act_on_case(
            session,
            principal=principal,
            number=number,
            action=action,
            form=make_form(action, note=note),
            at=FILED_AT + timedelta(hours=hours),
        )
        if action is CaseAction.ACCEPT:
            add_handlers(session, number, make_person(session, name="周监察").id)


def close_again(session: Session, principal: Principal, number: str) -> None:
    """Close a reopened case; what came back is counted already."""
    service.act_on_case(
        session,
        principal=principal,
        number=number,
        action=CaseAction.CLOSE,
        form=replace(make_form(CaseAction.CLOSE), amount_fen=0),
        at=FILED_AT + timedelta(hours=2),
    )


def stored_case(session: Session, number: str) -> Case:
    return session.exec(select(Case).where(Case.number == number)).one()


def running_clocks(session: Session, number: str) -> list[CaseClock]:
    case = stored_case(session, number)
    clocks = session.exec(select(CaseClock).where(CaseClock.case_id == case.id))
    return [clock for clock in clocks if clock.stopped_at is None]


def told(session: Session) -> list[str]:
    """Return the templates of all messages, oldest first."""
    messages = session.exec(select(Notification).order_by(col(Notification.id)))
    return [message.template for message in messages]


def test_filing_opens_a_case_in_the_county(session: Session, worker: Person) -> None:
    filed = make_complaint(session, person_id=worker.id)

    case = stored_case(session, filed.number)
    assert (case.state, case.county_code) == (CaseState.RECEIVED, "330106")
    assert filed.case_number == filed.number


def test_filing_starts_the_acceptance_clock(session: Session, worker: Person) -> None:
    filed = make_complaint(session, person_id=worker.id)

    (clock,) = running_clocks(session, filed.number)
    assert clock.kind is ClockKind.ACCEPTANCE
    assert (clock.started_date.isoformat(), clock.due_date.isoformat()) == (
        "2026-11-02",
        "2026-11-09",
    )


def test_filing_tells_the_worker(session: Session, worker: Person) -> None:
    filed = make_complaint(session, person_id=worker.id)

    message = session.exec(select(Notification)).one()
    assert (message.template, message.person_id) == (Template.COMPLAINT_FILED, worker.id)
    assert filed.number in message.body
    assert filed.pin not in message.body


def test_pin_is_stored_only_as_a_hash(session: Session, worker: Person) -> None:
    filed = make_complaint(session, person_id=worker.id)

    case = stored_case(session, filed.number)
    assert case.pin_hash.startswith("$argon2id$")
    assert filed.pin not in case.model_dump_json(exclude={"number"})


@pytest.mark.parametrize("county_code", [None, "330100", "339999"])
def test_unknown_place_is_asked_for_not_guessed(
    session: Session, worker: Person, county_code: str | None
) -> None:
    with pytest.raises(UnknownPlaceError):
        make_complaint(session, person_id=worker.id, county_code=county_code)


def test_taken_number_is_not_given_twice(
    session: Session, worker: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    serials = iter([7, 204815, 7, 8, 123456])
    monkeypatch.setattr("cases.filing.secrets.randbelow", lambda _: next(serials))

    first = make_complaint(session, person_id=worker.id)
    second = make_complaint(session, person_id=worker.id, statement="九月的也没发")

    assert first.number[:14] == "AX261102000007"
    assert second.number[:14] == "AX261102000008"


def test_anonymous_complaint_keeps_nothing_that_leads_to_a_person(
    session: Session, worker: Person
) -> None:
    make_complaint(
        session,
        person_id=worker.id,
        phone=worker.phone,
        disclosure=Disclosure.ANONYMOUS,
        subject_id=uuid4(),
        facts={"project_name": "某工程", "net": "5280.00", "months": ["2026-10"]},
    )

    complaint = session.exec(select(Complaint)).one()
    assert complaint.facts == {"project_name": "某工程", "months": ["2026-10"]}
    kept = (complaint.person_id, complaint.phone, complaint.subject_id, complaint.amount_fen)
    assert kept == (None, None, None, None)
    assert session.exec(select(CaseEvent.actor_id)).one() is None
    assert told(session) == []


def test_accepting_stops_one_clock_and_starts_the_next(
    session: Session, worker: Person, inspector: Principal
) -> None:
    filed = make_complaint(session, person_id=worker.id)

    act(session, inspector, filed.number, CaseAction.ACCEPT)

    (clock,) = running_clocks(session, filed.number)
    assert clock.kind is ClockKind.INVESTIGATION
    assert clock.is_provisional  # 60 working days lead into a year without published holidays


def test_each_step_tells_the_worker_once(
    session: Session, worker: Person, inspector: Principal
) -> None:
    filed = make_complaint(session, person_id=worker.id)

    act(
        session,
        inspector,
        filed.number,
        CaseAction.ACCEPT,
        CaseAction.ORDER_TO_PAY,
        CaseAction.CLOSE,
    )

    assert told(session) == [
        Template.COMPLAINT_FILED,
        Template.CASE_ACCEPTED,
        Template.CASE_ORDERED_TO_PAY,
        Template.CASE_CLOSED,
    ]


def test_steps_are_appended_with_who_and_from_where(
    session: Session, worker: Person, inspector: Principal
) -> None:
    filed = make_complaint(session, person_id=worker.id)

    act(session, inspector, filed.number, CaseAction.ACCEPT)

    filing, accepting = session.exec(select(CaseEvent).order_by(col(CaseEvent.created_at)))
    assert (filing.action, filing.actor_id) == (None, worker.id)
    assert (accepting.from_state, accepting.to_state) == (CaseState.RECEIVED, CaseState.ACCEPTED)
    assert accepting.actor_id == inspector.person_id


def test_impossible_step_changes_nothing(
    session: Session, worker: Person, inspector: Principal
) -> None:
    filed = make_complaint(session, person_id=worker.id)

    with pytest.raises(ActionNotAllowedError):
        act(session, inspector, filed.number, CaseAction.CLOSE)

    assert stored_case(session, filed.number).state is CaseState.RECEIVED
    assert told(session) == [Template.COMPLAINT_FILED]


def test_refusing_needs_a_reason(session: Session, worker: Person, inspector: Principal) -> None:
    filed = make_complaint(session, person_id=worker.id)

    with pytest.raises(NoteRequiredError):
        act(session, inspector, filed.number, CaseAction.REFUSE, note=" ")


def test_case_of_another_county_does_not_exist(
    session: Session, worker: Person, inspector: Principal
) -> None:
    filed = make_complaint(session, person_id=worker.id, county_code="330203")

    with pytest.raises(CaseNotFoundError):
        act(session, inspector, filed.number, CaseAction.ACCEPT)


def test_inspector_of_no_county_has_no_case(session: Session, worker: Person) -> None:
    filed = make_complaint(session, person_id=worker.id)
    nowhere = make_principal(worker.id, Role.INSPECTOR)

    with pytest.raises(CaseNotFoundError):
        act(session, nowhere, filed.number, CaseAction.ACCEPT)


def test_worker_withdraws_the_own_complaint(session: Session, worker: Person) -> None:
    filed = make_complaint(session, person_id=worker.id)

    act(session, make_principal(worker.id), filed.number, CaseAction.WITHDRAW)

    assert stored_case(session, filed.number).state is CaseState.WITHDRAWN
    assert running_clocks(session, filed.number) == []


def test_worker_cannot_touch_a_colleagues_complaint(session: Session, worker: Person) -> None:
    colleague = make_worker_person(session, name="张大力")
    filed = make_complaint(session, person_id=worker.id)

    with pytest.raises(ComplaintNotFoundError):
        act(session, make_principal(colleague.id), filed.number, CaseAction.WITHDRAW)


def test_closed_case_is_reopened_once(
    session: Session, worker: Person, inspector: Principal
) -> None:
    filed = make_complaint(session, person_id=worker.id)
    own = make_principal(worker.id)
    act(session, inspector, filed.number, CaseAction.ACCEPT, CaseAction.CLOSE)
    act(session, own, filed.number, CaseAction.REOPEN)
    close_again(session, inspector, filed.number)

    with pytest.raises(AlreadyReopenedError):
        act(session, own, filed.number, CaseAction.REOPEN)

    assert told(session).count(Template.CASE_CLOSED) == 2


def test_own_complaints_are_listed_newest_first(session: Session, worker: Person) -> None:
    older = make_complaint(session, person_id=worker.id)
    newer = make_complaint(session, person_id=worker.id, statement="九月的也没发")
    make_complaint(session, person_id=make_worker_person(session).id)

    listed = service.list_my_complaints(session, person_id=worker.id, at=FILED_AT)

    assert [timeline.number for timeline in listed] == [newer.number, older.number]


def test_list_knows_that_a_case_was_reopened_before(
    session: Session, worker: Person, inspector: Principal
) -> None:
    filed = make_complaint(session, person_id=worker.id)
    act(session, inspector, filed.number, CaseAction.ACCEPT, CaseAction.CLOSE)
    act(session, make_principal(worker.id), filed.number, CaseAction.REOPEN)
    close_again(session, inspector, filed.number)

    (listed,) = service.list_my_complaints(session, person_id=worker.id, at=FILED_AT)

    assert CaseAction.REOPEN not in listed.actions


def test_story_is_told_without_officials_names(
    session: Session, worker: Person, inspector: Principal
) -> None:
    filed = make_complaint(session, person_id=worker.id)
    act(session, inspector, filed.number, CaseAction.REFUSE, note="不在受理范围")

    story = service.get_my_complaint(session, number=filed.number, person_id=worker.id, at=FILED_AT)

    assert [(step.say, step.note) for step in story.steps] == [
        ("收到你的投诉，转给杭州市西湖区劳动保障监察", "十月的工资到现在没发"),
        ("杭州市西湖区劳动保障监察决定不受理", "不在受理范围"),
    ]
    assert "李监察" not in repr(story)


def test_somebody_elses_story_is_not_told(session: Session, worker: Person) -> None:
    filed = make_complaint(session, person_id=worker.id)
    stranger = make_worker_person(session)

    with pytest.raises(ComplaintNotFoundError):
        service.get_my_complaint(session, number=filed.number, person_id=stranger.id, at=FILED_AT)
