"""What officials write down of a complainant's word: who proves it, who is told, who may not."""

import pytest
from redis import Redis
from sqlmodel import Session, select

from cases import by_pin, on_behalf, throttle
from cases.desk_errors import ConflictOfInterestError
from cases.errors import (
    CaseNotFoundError,
    PinRequiredError,
    SatisfactionNotYoursError,
    WrongNumberOrPinError,
)
from cases.filing import FiledComplaint
from cases.step import Form
from core.case_enums import CaseAction, CaseState, Means
from core.enums import Role
from db.models import AuditEntry, Notification, Person
from identity.principal import Principal
from notifications.templates import Template
from payroll import spoken
from tests.cases.desk_work import accept, act, events, stored, write_down
from tests.factories.cases import FILED_AT, make_complaint, make_inspector

SAID = select(Notification.phone, Notification.person_id).where(
    Notification.template == Template.CASE_SAID_FOR_YOU
)


@pytest.fixture
def filed(session: Session) -> FiledComplaint:
    """A complaint of somebody without an account who left a number."""
    return make_complaint(session, phone="+8619100000001")


def test_a_number_locked_in_public_is_open_at_the_desk_and_on_the_phone(
    session: Session, redis: Redis, filed: FiledComplaint, first: Principal
) -> None:
    for _ in range(throttle.LOOKUPS_PER_NUMBER.amount):
        with pytest.raises(WrongNumberOrPinError):
            by_pin.find_by_pin(session, redis, number=filed.number, pin="nope", address="10.0.0.1")

    said = spoken.speak_of_complaint(
        session,
        redis,
        number=filed.number,
        pin=filed.pin,
        operator=first,
        address="10.0.0.1",
        at=FILED_AT,
    )
    written = write_down(session, redis, first, filed, pin=filed.pin)

    assert "等待受理" in said
    assert written.steps[-1].note == "十一月的也没发"


def test_who_wrote_it_down_and_how_it_came_in_is_kept(
    session: Session, redis: Redis, filed: FiledComplaint, first: Principal
) -> None:
    story = write_down(session, redis, first, filed)

    last = events(session, filed.number)[-1]
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == on_behalf.ACTED)).one()
    assert (last.actor_id, last.actor_role) == (first.person_id, Role.INSPECTOR)
    assert (last.details, last.created_at) == ({"means": "phone"}, FILED_AT)
    assert (entry.actor_id, entry.reason) == (first.person_id, "phone: supplement")
    assert story.steps[-1].say.endswith("（打电话说的，杭州市西湖区劳动保障监察代你记下）")


@pytest.mark.parametrize("action", sorted(on_behalf.PROVED))
def test_nothing_is_given_up_without_the_pin_whatever_the_note_says(
    session: Session, redis: Redis, filed: FiledComplaint, first: Principal, action: CaseAction
) -> None:
    for means in (Means.PHONE, Means.WINDOW):
        with pytest.raises(PinRequiredError):
            write_down(session, redis, first, filed, action, means=means, note="看过身份证是他本人")

    assert stored(session, filed.number).state is CaseState.RECEIVED


def test_with_the_pin_the_window_withdraws(
    session: Session, redis: Redis, filed: FiledComplaint, first: Principal
) -> None:
    story = write_down(
        session, redis, first, filed, CaseAction.WITHDRAW, pin=filed.pin, means=Means.WINDOW
    )

    assert story.state is CaseState.WITHDRAWN


def test_the_number_they_left_is_told_what_was_said_for_them(
    session: Session, redis: Redis, filed: FiledComplaint, first: Principal
) -> None:
    write_down(session, redis, first, filed)

    assert session.exec(SAID).all() == [("+8619100000001", None)]
    assert events(session, filed.number)[-1].silence is None


def test_a_shielded_worker_with_an_account_is_told_what_was_said_for_them(
    session: Session, redis: Redis, worker: Person, first: Principal
) -> None:
    own = make_complaint(session, person_id=worker.id)

    write_down(session, redis, first, own, means=Means.WINDOW)

    assert [person_id for _, person_id in session.exec(SAID)] == [worker.id]


def test_what_they_say_themselves_is_not_told_back(
    session: Session, redis: Redis, filed: FiledComplaint
) -> None:
    by_pin.act_by_pin(
        session,
        redis,
        number=filed.number,
        pin=filed.pin,
        action=CaseAction.SUPPLEMENT,
        form=Form(note="十一月的也没发"),
        attachments=[],
        address="10.0.0.1",
        at=FILED_AT,
    )

    assert session.exec(SAID).all() == []


def test_only_a_phone_operator_who_never_worked_the_case_rates_it(
    session: Session, redis: Redis, filed: FiledComplaint, first: Principal, second: Principal
) -> None:
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.CLOSE)
    operator = make_inspector(session, name="接线员", county_code="330203")
    for official, means in ((first, Means.PHONE), (second, Means.WINDOW), (operator, Means.WINDOW)):
        with pytest.raises(SatisfactionNotYoursError):
            write_down(
                session,
                redis,
                official,
                filed,
                CaseAction.CONFIRM_PAID,
                pin=filed.pin,
                means=means,
                satisfaction=5,
            )

    write_down(
        session, redis, operator, filed, CaseAction.CONFIRM_PAID, pin=filed.pin, satisfaction=4
    )

    assert stored(session, filed.number).satisfaction == 4


def test_whoever_is_part_of_the_matter_writes_nothing_down(
    session: Session, redis: Redis, first: Principal
) -> None:
    own = make_complaint(session, person_id=first.person_id)

    with pytest.raises(ConflictOfInterestError):
        write_down(session, redis, first, own, pin=own.pin)


def test_another_county_writes_down_only_with_the_pin(
    session: Session, redis: Redis, filed: FiledComplaint
) -> None:
    stranger = make_inspector(session, county_code="330203")
    with pytest.raises(CaseNotFoundError):
        write_down(session, redis, stranger, filed)

    assert write_down(session, redis, stranger, filed, pin=filed.pin).steps[-1].note
