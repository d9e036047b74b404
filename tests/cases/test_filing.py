"""What is one complaint and what is two, second looks, and complaints from elsewhere."""

from datetime import timedelta
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from cases import by_pin, intake, service
from cases.desk_errors import SlipNotFoundError
from cases.errors import (
    ComplaintNotFoundError,
    FormSentBeforeError,
    OutsideProvinceError,
    WrongNumberOrPinError,
)
from cases.filing import Filing
from cases.queries import list_events
from core.case_enums import CaseAction, Channel, ComplaintKind, Disclosure
from db.models import AuditEntry, Case, CaseEvent, Complaint, FilingSlip, Person
from identity.principal import Principal
from tests.factories.cases import FILED_AT, make_complaint
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_project

MINUTE = timedelta(minutes=1)
MARK = "a" * 16


def count_cases(session: Session) -> int:
    return len(session.exec(select(Case)).all())


def test_a_second_tap_is_the_first_complaint(session: Session, worker: Person) -> None:
    first = make_complaint(session, person_id=worker.id)

    second = make_complaint(session, person_id=worker.id, at=FILED_AT + MINUTE)

    assert second == first
    assert count_cases(session) == 1


def test_the_same_words_about_another_county_are_another_complaint(
    session: Session, worker: Person
) -> None:
    first = make_complaint(session, person_id=worker.id)

    assert make_complaint(session, person_id=worker.id, county_code="330109") != first


def test_a_number_typed_by_a_stranger_gets_nobodys_pin(session: Session) -> None:
    first = make_complaint(session, phone="+8619100000099")

    assert make_complaint(session, phone="+8619100000099").number != first.number


def test_the_mark_of_a_form_tells_anonymous_taps_apart(session: Session) -> None:
    first = make_complaint(session, disclosure=Disclosure.ANONYMOUS, mark="a" * 16)
    again = make_complaint(session, disclosure=Disclosure.ANONYMOUS, mark="a" * 16)
    other = make_complaint(session, disclosure=Disclosure.ANONYMOUS, mark="b" * 16)

    assert first == again
    assert other.number != first.number


def list_added(session: Session, number: str) -> list[str | None]:
    case = session.exec(select(Case).where(Case.number == number)).one()
    return [event.note for event in list_events(session, [case.id])[1:]]


@pytest.mark.parametrize("disclosure", list(Disclosure))
def test_words_edited_between_two_taps_are_added(session: Session, disclosure: Disclosure) -> None:
    first = make_complaint(session, disclosure=disclosure, mark=MARK)
    edited = [
        make_complaint(session, disclosure=disclosure, mark=MARK, statement="九月的也没发")
        for _ in range(2)
    ]

    assert edited == [first, first]
    assert list_added(session, first.number) == ["九月的也没发"]


def test_a_form_sent_again_changes_nothing_but_words(session: Session) -> None:
    first = make_complaint(session, disclosure=Disclosure.NAMED, mark=MARK)

    with pytest.raises(FormSentBeforeError) as refusal:
        make_complaint(session, disclosure=Disclosure.ANONYMOUS, mark=MARK)

    assert refusal.value.facts == {"number": first.number}
    assert list_added(session, first.number) == []


def test_words_for_a_case_that_ended_meanwhile_are_not_lost_silently(
    session: Session, worker: Person
) -> None:
    first = make_complaint(session, person_id=worker.id, mark=MARK)
    service.act_on_case(
        session,
        principal=make_principal(worker.id),
        number=first.number,
        action=CaseAction.WITHDRAW,
        at=FILED_AT,
    )

    with pytest.raises(FormSentBeforeError):
        make_complaint(session, person_id=worker.id, mark=MARK, statement="还是要告")


def test_two_people_with_the_same_words_are_two_complaints(session: Session) -> None:
    make_complaint(session, disclosure=Disclosure.ANONYMOUS)
    make_complaint(session, disclosure=Disclosure.ANONYMOUS)

    assert count_cases(session) == 2


def test_more_about_the_same_payslip_joins_its_open_case(
    session: Session, redis: Redis, worker: Person
) -> None:
    payslip_id = uuid4()
    first = make_complaint(session, person_id=worker.id, subject_id=payslip_id)

    second = make_complaint(
        session, person_id=worker.id, subject_id=payslip_id, statement="老板电话也不接了"
    )

    event = session.exec(select(CaseEvent).order_by(col(CaseEvent.id).desc())).first()
    assert second.number == first.number
    assert event is not None
    assert (event.action, event.note) == (CaseAction.SUPPLEMENT, "老板电话也不接了")
    assert count_cases(session) == 1
    with pytest.raises(WrongNumberOrPinError):
        by_pin.look_up_complaint(
            session, redis, number=first.number, pin=first.pin, address="::1", at=FILED_AT
        )


def test_another_payslip_is_another_case(session: Session, worker: Person) -> None:
    make_complaint(session, person_id=worker.id, subject_id=uuid4())
    make_complaint(session, person_id=worker.id, subject_id=uuid4())

    assert count_cases(session) == 2


def test_number_and_pin_can_be_seen_again_for_half_an_hour(
    session: Session, worker: Person
) -> None:
    filed = make_complaint(session, person_id=worker.id)

    again, _ = service.get_filed_complaint(session, ticket=filed.ticket, at=FILED_AT + 29 * MINUTE)

    assert again == filed
    with pytest.raises(SlipNotFoundError):
        service.get_filed_complaint(session, ticket=filed.ticket, at=FILED_AT + 30 * MINUTE)


def test_the_slip_holds_no_readable_pin(session: Session, worker: Person) -> None:
    filed = make_complaint(session, person_id=worker.id)
    session.flush()

    raw = session.connection().execute(text("SELECT secrets FROM filing_slip")).scalar_one()

    assert filed.pin.encode() not in bytes(raw)
    assert filed.ticket.encode() not in bytes(raw)


def test_old_slips_are_forgotten(session: Session, worker: Person) -> None:
    make_complaint(session, person_id=worker.id)

    make_complaint(session, person_id=make_worker_person(session).id, at=FILED_AT + 31 * MINUTE)

    assert len(session.exec(select(FilingSlip)).all()) == 1


def test_a_new_pin_ends_the_old_one(session: Session, redis: Redis, worker: Person) -> None:
    filed = make_complaint(session, person_id=worker.id)

    pin = service.renew_pin(session, person_id=worker.id, number=filed.number)

    story = by_pin.look_up_complaint(
        session, redis, number=filed.number, pin=pin, address="::1", at=FILED_AT
    )
    assert story.number == filed.number
    with pytest.raises(ComplaintNotFoundError):
        service.renew_pin(session, person_id=make_worker_person(session).id, number=filed.number)


def test_a_site_in_another_province_is_told_who_can_help(session: Session) -> None:
    with pytest.raises(OutsideProvinceError) as refusal:
        make_complaint(session, county_code="320102")

    assert "12333" in refusal.value.advice


def test_an_abolished_county_leads_to_its_successor(session: Session) -> None:
    make_complaint(session, county_code="330103")

    assert session.exec(select(Case.county_code)).one() == "330105"


@pytest.mark.parametrize(("months", "is_hinted"), [(["2024-10"], True), (["2024-11"], False)])
def test_an_old_claim_is_taken_and_told_of_the_limits(
    session: Session, worker: Person, months: list[str], *, is_hinted: bool
) -> None:
    filed = make_complaint(session, person_id=worker.id, facts={"months": months})

    story = service.get_my_complaint(session, number=filed.number, person_id=worker.id, at=FILED_AT)

    assert (story.hint is not None) is is_hinted


@pytest.mark.parametrize("change", ["UPDATE complaint SET people = 2", "DELETE FROM complaint"])
def test_what_was_filed_is_never_changed(session: Session, change: str) -> None:
    make_complaint(session)
    session.flush()

    with pytest.raises(DBAPIError):
        session.connection().execute(text(change))


def test_a_window_writes_a_complaint_down_for_somebody(session: Session, first: Principal) -> None:
    project = make_project(session, county_code="330203")

    filed = intake.file_assisted_complaint(
        session,
        principal=first,
        filing=Filing(
            kind=ComplaintKind.COMPLAINT,
            disclosure=Disclosure.SHIELDED,
            statement="打电话反映没发工资",
            county_code="330106",
            channel=Channel.PHONE,
            phone="+8619100000001",
            project_id=project.id,
            people=3,
        ),
        name="王某某",
        months=["2026-10"],
        at=FILED_AT,
    )

    session.flush()
    complaint = session.exec(select(Complaint).where(Complaint.number == filed.number)).one()
    entry = session.exec(select(AuditEntry)).one()
    assert (complaint.county_code, complaint.channel, complaint.people) == (
        "330203",
        Channel.PHONE,
        3,
    )
    assert (entry.actor_id, entry.subject_id) == (first.person_id, complaint.id)
