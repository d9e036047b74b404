"""Answering, asking and adding by number and PIN, or through an official."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis
from sqlmodel import Session, func, select

from cases import by_pin, files, service, statistics, throttle
from cases.errors import (
    ActionNotAllowedError,
    AlreadyReopenedError,
    LookupThrottledError,
    NoOpenQuestionError,
    PaidInFullError,
    SignInRequiredError,
    StepDoneError,
    WordsRequiredError,
    WrongNumberOrPinError,
)
from cases.filing import FiledComplaint
from cases.step import Form
from cases.throttle import Door
from cases.timeline import Timeline
from core.case_enums import CaseAction, CaseState, Conclusion, Received
from core.clock import local_date
from core.keyring import Keyring
from db.models import ComplaintFile, Notification, Person
from db.session import Database
from evidence.blobs import FolderBlobs
from identity.principal import Principal
from notifications.templates import Template
from payroll import spoken
from tests.cases.desk_work import accept, act, events, stored
from tests.factories.cases import FILED_AT, make_complaint
from tests.factories.identity import make_principal
from tests.identity.test_portraits import photograph

Say = Callable[..., Timeline]
Stage = Callable[[int], str]


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
def stage(session: Session, redis: Redis, keyring: Keyring, tmp_path: Path) -> Stage:
    """Hand in a photo of this height beforehand."""
    blobs = FolderBlobs(tmp_path, keyring.fields)

    def stage(height: int) -> str:
        content = photograph((320, height))
        return files.stage_file(
            session, redis, blobs, content=content, address="10.0.0.1", at=FILED_AT
        ).token

    return stage


@pytest.fixture
def say(session: Session, redis: Redis, filed: FiledComplaint) -> Say:
    """Do something by number and PIN."""

    def say(
        action: CaseAction,
        form: Form = service.NO_FORM,
        *,
        pin: str = filed.pin,
        attachments: Sequence[str] = (),
    ) -> Timeline:
        return by_pin.act_by_pin(
            session,
            redis,
            number=filed.number,
            pin=pin,
            action=action,
            form=form,
            attachments=attachments,
            address="10.0.0.1",
            at=FILED_AT,
        )

    return say


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


def test_the_same_words_with_another_photo_are_both_kept(
    session: Session, say: Say, filed: FiledComplaint, stage: Stage
) -> None:
    words = Form(note="欠条在这里")
    for height in (200, 240, 240):
        say(CaseAction.SUPPLEMENT, words, attachments=[stage(height)])

    said = events(session, filed.number)[1:]
    kept = set(session.exec(select(ComplaintFile.digest)))
    assert [len(one.details["files"]) for one in said] == [1, 1]
    assert {digest for one in said for digest in one.details["files"]} == kept


def test_the_same_photo_with_other_words_is_said_and_kept_once(
    session: Session, say: Say, filed: FiledComplaint, stage: Stage
) -> None:
    for note in ("欠条在这里", "老板的字在下面"):
        say(CaseAction.SUPPLEMENT, Form(note=note), attachments=[stage(200)])

    assert len(events(session, filed.number)) == 3
    assert len(session.exec(select(ComplaintFile)).all()) == 1


def test_who_cannot_write_adds_a_photo_alone(
    session: Session, say: Say, filed: FiledComplaint, stage: Stage
) -> None:
    with pytest.raises(WordsRequiredError):
        say(CaseAction.SUPPLEMENT)

    say(CaseAction.SUPPLEMENT, attachments=[stage(200)])

    last = events(session, filed.number)[-1]
    assert (last.action, last.note) == (CaseAction.SUPPLEMENT, None)


def test_the_worker_signed_in_adds_a_photo_too(
    session: Session, worker: Person, number: str, stage: Stage
) -> None:
    service.act_on_case(
        session,
        principal=make_principal(worker.id),
        number=number,
        action=CaseAction.SUPPLEMENT,
        attachments=[stage(200)],
        at=FILED_AT,
    )

    assert events(session, number)[-1].details["files"] == list(
        session.exec(select(ComplaintFile.digest))
    )


@pytest.mark.usefixtures("closed")
def test_who_says_another_satisfaction_the_second_time_is_not_ignored(say: Say) -> None:
    say(CaseAction.CONFIRM_PAID, Form(satisfaction=5))

    with pytest.raises(StepDoneError):
        say(CaseAction.CONFIRM_PAID, Form(satisfaction=1))


@pytest.mark.usefixtures("closed")
def test_who_got_everything_has_nothing_to_reopen(say: Say) -> None:
    with pytest.raises(PaidInFullError):
        say(CaseAction.REOPEN, Form(received=Received.ALL))


def test_what_never_came_is_no_longer_counted_as_recovered(
    session: Session, say: Say, closed: FiledComplaint, first: Principal
) -> None:
    say(CaseAction.REOPEN, Form(received=Received.NOTHING))

    day = local_date(FILED_AT)
    numbers = statistics.get_statistics(session, principal=first, since=day, until=day, at=FILED_AT)
    assert stored(session, closed.number).recovered_fen == 0
    assert numbers.money.recovered_fen == 0


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


def test_whoever_has_the_pin_is_never_counted(
    session: Session, redis: Redis, filed: FiledComplaint
) -> None:
    for _ in range(throttle.LOOKUPS_PER_NUMBER.amount + 1):
        story = look_up(session, redis, filed)

    assert story.number == filed.number


def test_the_wait_is_said_in_minutes(session: Session, redis: Redis, filed: FiledComplaint) -> None:
    for _ in range(throttle.LOOKUPS_PER_NUMBER.amount):
        throttle.count_wrong(redis, number=filed.number, address="10.0.0.1")

    with pytest.raises(LookupThrottledError) as refusal:
        look_up(session, redis, filed)

    assert refusal.value.facts["minutes"] == 60


def test_a_stranger_at_the_hotline_shuts_no_operators_door(
    session: Session, redis: Redis, filed: FiledComplaint, first: Principal
) -> None:
    def call(pin: str, operator: Principal | None) -> str:
        return spoken.speak_of_complaint(
            session,
            redis,
            number=filed.number,
            pin=pin,
            operator=operator,
            address="10.0.0.1",
            at=FILED_AT,
        )

    for _ in range(throttle.LOOKUPS_PER_NUMBER.amount):
        with pytest.raises(WrongNumberOrPinError):
            call("nope", None)

    with pytest.raises(LookupThrottledError):
        call(filed.pin, None)
    assert "等待受理" in call(filed.pin, first)


def test_guesses_at_one_number_wait_for_each_other(
    session: Session, redis: Redis, filed: FiledComplaint, database: Database
) -> None:
    look_up(session, redis, filed)

    key = func.hashtextextended(filed.number, 0)
    with database.transaction() as other:
        assert other.scalar(select(func.pg_try_advisory_xact_lock(key))) is False


@pytest.mark.parametrize("spaced", ["{} {}", "{}-{}", " {}{}\n", "{}\u3000{}"])
def test_a_pin_is_read_as_people_write_it(
    session: Session, redis: Redis, filed: FiledComplaint, spaced: str
) -> None:
    written = spaced.format(filed.pin[:3], filed.pin[3:])

    assert look_up(session, redis, replace(filed, pin=written)).number == filed.number


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
        session,
        redis,
        number=filed.number,
        pin=filed.pin,
        address="10.0.0.9",
        at=FILED_AT,
        door=door,
    )


def test_the_worker_signed_in_sees_no_means(session: Session, worker: Person, number: str) -> None:
    act(
        session,
        make_principal(worker.id),
        number,
        CaseAction.SUPPLEMENT,
        Form(note="十一月的也没发"),
    )

    story = service.get_my_complaint(session, number=number, person_id=worker.id, at=FILED_AT)

    assert story.steps[-1].say == "你补充了情况"
