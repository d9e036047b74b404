"""Answering, asking and adding by number and PIN, or through an official."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from redis import Redis
from sqlmodel import Session, col, select

from cases import by_pin, on_behalf, service, throttle
from cases.desk_errors import ConflictOfInterestError
from cases.errors import (
    ActionNotAllowedError,
    AlreadyReopenedError,
    CaseNotFoundError,
    LookupThrottledError,
    NoOpenQuestionError,
    NoteRequiredError,
    PinRequiredError,
    SignInRequiredError,
    WrongNumberOrPinError,
)
from cases.filing import FiledComplaint
from cases.step import Form
from cases.throttle import Door
from cases.timeline import Timeline
from core.case_enums import CaseAction, CaseState, Conclusion, Means, Received
from core.enums import Role
from db.models import AuditEntry, CaseEvent, Notification, Person
from identity.principal import Principal
from notifications.templates import Template
from payroll import spoken
from tests.cases.desk_work import accept, act, stored
from tests.factories.cases import FILED_AT, make_complaint, make_inspector
from tests.factories.identity import make_principal

Say = Callable[..., Timeline]


@pytest.fixture
def filed(session: Session) -> FiledComplaint:
    """A complaint of somebody without an account who left a number."""
    return make_complaint(session, phone="+8619100000001")


@pytest.fixture
def closed(
    session: Session, filed: FiledComplaint, first: Principal, second: Principal
) -> FiledComplaint:
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.CLOSE)
    return filed


@pytest.fixture
def say(session: Session, redis: Redis, filed: FiledComplaint) -> Say:
    """Do something by number and PIN."""

    def say(action: CaseAction, form: Form = Form(), *, pin: str = filed.pin) -> Timeline:  # noqa: B008
        return by_pin.act_by_pin(
            session,
            redis,
            number=filed.number,
            pin=pin,
            action=action,
            form=form,
            attachments=[],
            address="10.0.0.1",
            at=FILED_AT,
        )

    return say


def events(session: Session, number: str) -> list[CaseEvent]:
    case = stored(session, number)
    statement = select(CaseEvent).where(CaseEvent.case_id == case.id)
    return list(session.exec(statement.order_by(col(CaseEvent.id))))


@pytest.mark.usefixtures("closed")
def test_whoever_holds_the_pin_says_that_the_money_came(say: Say) -> None:
    story = say(CaseAction.CONFIRM_PAID, Form(satisfaction=5))

    assert story.steps[-1].say == "你说钱收到了（用编号和密码）"
    assert "钱收到了吗" not in story.next_step


def test_a_part_of_the_money_reopens_the_case_once(
    session: Session, say: Say, closed: FiledComplaint, first: Principal
) -> None:
    story = say(CaseAction.REOPEN, Form(received=Received.PARTLY))
    state = stored(session, closed.number).state
    unpaid = Form(note="单位没有钱了", conclusion=Conclusion.UNPAID)
    act(session, first, closed.number, CaseAction.CLOSE, unpaid)

    with pytest.raises(AlreadyReopenedError):
        say(CaseAction.REOPEN, Form(received=Received.NOTHING))

    assert (story.state, state) == (CaseState.ACCEPTED, CaseState.ACCEPTED)
    assert "只收到一部分" in story.steps[-1].say


def test_a_withdrawal_is_nobodys_in_particular_and_is_told_to_the_number(
    session: Session, say: Say, filed: FiledComplaint
) -> None:
    story = say(CaseAction.WITHDRAW)

    last = events(session, filed.number)[-1]
    told = session.exec(
        select(Notification).where(Notification.template == Template.CASE_WITHDRAWN)
    ).one()
    assert story.state is CaseState.WITHDRAWN
    assert (last.actor_id, last.actor_role, last.details) == (None, None, {"means": "pin"})
    assert told.phone == "+8619100000001"


def test_the_same_words_again_are_one_tap(
    session: Session, say: Say, filed: FiledComplaint
) -> None:
    for _ in range(2):
        say(CaseAction.SUPPLEMENT, Form(note="十一月的也没发"))

    assert [one.action for one in events(session, filed.number)] == [None, CaseAction.SUPPLEMENT]


def test_a_wrong_pin_does_nothing_and_says_no_more_than_looking_up(
    session: Session, say: Say, filed: FiledComplaint
) -> None:
    with pytest.raises(WrongNumberOrPinError) as refusal:
        say(CaseAction.WITHDRAW, pin="nope")

    assert refusal.value.facts == {}
    assert stored(session, filed.number).state is CaseState.RECEIVED


def test_guessing_by_acting_counts_with_guessing_by_looking(say: Say) -> None:
    for _ in range(throttle.LOOKUPS_PER_NUMBER.amount):
        with pytest.raises(WrongNumberOrPinError):
            say(CaseAction.WITHDRAW, pin="nope")

    with pytest.raises(LookupThrottledError):
        say(CaseAction.WITHDRAW)


def test_an_officials_step_is_nobody_elses(say: Say) -> None:
    with pytest.raises(ActionNotAllowedError):
        say(CaseAction.ACCEPT)


def test_who_has_an_account_gives_nothing_up_by_pin(
    session: Session, redis: Redis, worker: Person
) -> None:
    own = make_complaint(session, person_id=worker.id)

    with pytest.raises(SignInRequiredError):
        by_pin.act_by_pin(
            session,
            redis,
            number=own.number,
            pin=own.pin,
            action=CaseAction.WITHDRAW,
            form=Form(),
            attachments=[],
            address="10.0.0.1",
            at=FILED_AT,
        )

    story = look_up(session, redis, own)
    assert story.actions == [CaseAction.SUPPLEMENT, CaseAction.ASK_QUESTION]


def test_a_question_reaches_the_handlers_and_its_answer_who_asked(
    session: Session, say: Say, filed: FiledComplaint, first: Principal, second: Principal
) -> None:
    accept(session, filed.number, first, second)

    say(CaseAction.ASK_QUESTION, Form(note="要不要带合同来？"))
    act(session, first, filed.number, CaseAction.ANSWER_QUESTION, Form(note="不用，复印件就行"))

    asked = select(Notification.person_id).where(Notification.template == Template.QUESTION_ASKED)
    answered = select(Notification.phone).where(
        Notification.template == Template.CASE_QUESTION_ANSWERED
    )
    assert set(session.exec(asked)) == {first.person_id, second.person_id}
    assert session.exec(answered).all() == ["+8619100000001"]
    with pytest.raises(NoOpenQuestionError):
        act(session, first, filed.number, CaseAction.ANSWER_QUESTION, Form(note="再说一遍"))


def test_a_number_locked_in_public_is_open_at_the_desk_and_on_the_phone(
    session: Session, redis: Redis, say: Say, filed: FiledComplaint, first: Principal
) -> None:
    for _ in range(throttle.LOOKUPS_PER_NUMBER.amount):
        with pytest.raises(WrongNumberOrPinError):
            say(CaseAction.WITHDRAW, pin="nope")

    said = spoken.speak_of_complaint(
        session, redis, number=filed.number, pin=filed.pin, address="10.0.0.1", at=FILED_AT
    )
    written = write_down(session, redis, first, filed, pin=filed.pin)

    assert "等待受理" in said
    assert written.steps[-1].note == "十一月的也没发"


@pytest.mark.parametrize("door", [Door.HOTLINE, Door.DESK])
def test_guesses_at_a_desk_are_bounded_and_leave_the_public_door_open(
    session: Session, redis: Redis, filed: FiledComplaint, door: Door
) -> None:
    for _ in range(throttle.LOOKUPS_PER_NUMBER.amount):
        with pytest.raises(WrongNumberOrPinError):
            look_up(session, redis, replace(filed, pin="nope"), door)

    with pytest.raises(LookupThrottledError):
        look_up(session, redis, filed, door)

    assert look_up(session, redis, filed).number == filed.number


def look_up(
    session: Session, redis: Redis, filed: FiledComplaint, door: Door = Door.PUBLIC
) -> Timeline:
    return by_pin.look_up_complaint(
        session, redis, number=filed.number, pin=filed.pin, address="10.0.0.9", door=door
    )


def write_down(
    session: Session,
    redis: Redis,
    official: Principal,
    filed: FiledComplaint,
    action: CaseAction = CaseAction.SUPPLEMENT,
    *,
    pin: str | None = None,
    means: Means = Means.PHONE,
    note: str | None = "十一月的也没发",
) -> Timeline:
    return on_behalf.act_on_behalf(
        session,
        redis,
        principal=official,
        number=filed.number,
        pin=pin,
        action=action,
        form=Form(note=note),
        attachments=[],
        means=means,
        at=FILED_AT,
    )


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


def test_nothing_is_given_up_on_the_phone_without_the_pin(
    session: Session, redis: Redis, filed: FiledComplaint, first: Principal
) -> None:
    with pytest.raises(PinRequiredError):
        write_down(session, redis, first, filed, CaseAction.WITHDRAW)
    with pytest.raises(NoteRequiredError):
        write_down(session, redis, first, filed, CaseAction.WITHDRAW, means=Means.WINDOW, note=None)

    story = write_down(session, redis, first, filed, CaseAction.WITHDRAW, pin=filed.pin)

    assert story.state is CaseState.WITHDRAWN


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


def test_the_worker_signed_in_sees_no_means(session: Session, worker: Person, number: str) -> None:
    act(
        session,
        make_principal(worker.id),
        number,
        CaseAction.SUPPLEMENT,
        Form(note="十一月的也没发"),
    )

    story = service.get_my_complaint(session, number=number, person_id=worker.id)

    assert story.steps[-1].say == "你补充了情况"
