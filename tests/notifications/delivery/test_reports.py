"""Reports in every order, about every kind of message; replies of people."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from core.clock import now
from core.enums import NotificationState, NumberTrouble
from db.models import DeliveryReport, Notification, NumberStatus, OutboxMessage
from notifications import service
from notifications.delivery import queries
from notifications.delivery.lattice import is_forward
from notifications.delivery.reports import take_reply, take_report
from notifications.gateways.base import Reply, Report
from notifications.templates import Template
from tests.notifications.post import PHONE, make_person, tell

S = NotificationState
ORDER = ("aliyun",)
SID = "9000^0"


def make_sent(
    session: Session, *, state: S = S.SENT, reference: str | None = SID, segments: int = 1
) -> Notification:
    """Write a message that Aliyun has."""
    tell(session, make_person(session), key=str(uuid4()))
    notification = session.exec(
        select(Notification).order_by(col(Notification.id).desc()).limit(1)
    ).one()
    notification.state = state
    notification.gateway = "aliyun"
    notification.provider_reference = reference
    notification.claimed_at = now()
    notification.segments = segments
    session.flush()
    return notification


def report(
    session: Session,
    notification: Notification | None,
    state: S,
    *,
    error: str = "",
    reference: str = SID,
    order: tuple[str, ...] = ORDER,
    gateway: str = "aliyun",
) -> None:
    ours = str(notification.id) if notification else None
    told = Report(reference, ours, state, error)
    take_report(session, gateway, told, order=order, at=now())
    session.flush()


def test_delivered_message_is_known_to_have_arrived(session: Session) -> None:
    sent = make_sent(session)

    report(session, sent, S.DELIVERED)

    assert sent.state is S.DELIVERED
    assert sent.delivered_at is not None


def test_old_state_after_a_new_one_changes_nothing(session: Session) -> None:
    sent = make_sent(session)
    report(session, sent, S.DELIVERED)

    report(session, sent, S.SENT)

    assert sent.state is S.DELIVERED


def test_repeated_report_is_kept_once(session: Session) -> None:
    sent = make_sent(session)

    for _ in range(3):
        report(session, sent, S.DELIVERED)

    assert len(session.exec(select(DeliveryReport)).all()) == 1


def test_report_that_overtakes_the_answer_finds_its_message(session: Session) -> None:
    sending = make_sent(session, state=S.SENDING, reference=None)

    report(session, sending, S.DELIVERED)

    assert (sending.state, sending.provider_reference) == (S.DELIVERED, SID)


def test_late_answer_does_not_undo_the_report_that_overtook_it(session: Session) -> None:
    sending = make_sent(session, state=S.SENDING, reference=None)
    report(session, sending, S.DELIVERED)

    queries.record_sent(session, {sending.id: SID}, at=now())

    session.refresh(sending)
    assert sending.state is S.DELIVERED


def test_report_names_what_a_look_up_could_not(session: Session) -> None:
    sent = make_sent(session)
    sent.provider_reference = f"out:{sent.id}"

    report(session, sent, S.DELIVERED)

    assert (sent.state, sent.provider_reference) == (S.DELIVERED, SID)


def test_report_without_our_id_is_matched_by_the_provider_s(session: Session) -> None:
    sent = make_sent(session)

    report(session, None, S.DELIVERED)

    assert sent.state is S.DELIVERED


@pytest.mark.parametrize("reference", [None, "no-uuid", "01a20763-abf1-74e0-aa11-929754d51d1f"])
def test_report_about_a_message_nobody_sent_is_kept(
    session: Session, reference: str | None
) -> None:
    told = Report("unknown", reference, S.DELIVERED)

    take_report(session, "aliyun", told, order=ORDER, at=now())

    (kept,) = session.exec(select(DeliveryReport)).all()
    assert (kept.notification_id, kept.provider_reference) == (None, "unknown")


def test_late_success_of_one_part_does_not_hide_the_lost_one(session: Session) -> None:
    sent = make_sent(session, segments=2)
    report(session, sent, S.FAILED, error="CONTENT_KEYWORD")

    report(session, sent, S.DELIVERED)

    assert sent.state is S.FAILED


def test_lost_part_undoes_the_success_of_another(session: Session) -> None:
    sent = make_sent(session, segments=2)
    report(session, sent, S.DELIVERED)

    report(session, sent, S.FAILED, error="CONTENT_KEYWORD")

    assert sent.state is S.FAILED


@pytest.mark.parametrize("order", list(permutations([S.SENT, S.DELIVERED, S.FAILED])))
def test_parts_end_in_the_same_state_in_whatever_order(
    session: Session, order: tuple[S, ...]
) -> None:
    sent = make_sent(session, segments=2)

    for state in order:
        report(session, sent, state, error="CONTENT_KEYWORD" if state is S.FAILED else "")

    assert sent.state is S.FAILED


@pytest.mark.parametrize("order", list(permutations([S.SENT, S.DELIVERED, S.FAILED])))
def test_text_that_arrived_whole_has_arrived_in_whatever_order_and_is_sent_once(
    session: Session, order: tuple[S, ...]
) -> None:
    sent = make_sent(session)

    for state in order:
        report(session, sent, state, error="MOBILE_NOT_ON_SERVICE" if state is S.FAILED else "")

    assert sent.state is S.DELIVERED
    assert not is_forward(sent.state, S.SENDING)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(states=st.lists(st.sampled_from([S.SENT, S.DELIVERED]), min_size=1, max_size=5))
def test_messages_only_move_forward(session: Session, states: list[S]) -> None:
    reference = str(uuid4())
    sent = make_sent(session, reference=reference)

    for state in states:
        report(session, sent, state, reference=reference)

    assert sent.state is (S.DELIVERED if S.DELIVERED in states else S.SENT)


def test_message_given_up_without_news_may_have_arrived_after_all(session: Session) -> None:
    given_up = make_sent(session, state=S.FAILED, reference=None)
    given_up.error = "outcome_unknown"

    report(session, given_up, S.DELIVERED)

    assert given_up.state is S.DELIVERED
    assert not given_up.error


def list_due(session: Session, notification: Notification) -> list[OutboxMessage]:
    statement = select(OutboxMessage).where(
        col(OutboxMessage.dedupe_key).contains(str(notification.id))
    )
    return list(session.exec(statement.order_by(col(OutboxMessage.id))))


def test_undelivered_message_climbs_to_the_second_gateway(session: Session) -> None:
    sent = make_sent(session)

    report(session, sent, S.FAILED, error="CONTENT_KEYWORD", order=("aliyun", "twilio"))

    assert (sent.state, sent.gateway, sent.rung) == (S.PENDING, "twilio", 1)
    assert sent.provider_reference is None
    assert list_due(session, sent)[-1].due_at <= now()


def test_late_report_of_the_first_gateway_does_not_stop_the_second(session: Session) -> None:
    sent = make_sent(session, segments=2)
    order = ("aliyun", "twilio")
    report(session, sent, S.FAILED, error="CONTENT_KEYWORD", order=order)

    report(session, sent, S.SENT, order=order)
    report(session, sent, S.DELIVERED, order=order)

    assert (sent.state, sent.gateway) == (S.PENDING, "twilio")


def test_earlier_try_that_got_through_after_all_counts(session: Session) -> None:
    sent = make_sent(session)
    sent.gateway, sent.provider_reference = "twilio", "SM2"

    report(session, sent, S.DELIVERED, order=("aliyun", "twilio"))

    assert sent.state is S.DELIVERED


def test_phone_that_was_off_is_tried_once_more_after_half_an_hour(session: Session) -> None:
    sent = make_sent(session)

    report(session, sent, S.FAILED, error="MOBILE_NOT_ON_SERVICE")

    assert (sent.state, sent.gateway, sent.rung) == (S.PENDING, "aliyun", 1)
    assert list_due(session, sent)[-1].due_at > now() + timedelta(minutes=29)


def test_phone_that_stays_off_is_left_to_a_person(session: Session) -> None:
    sent = make_sent(session)
    sent.rung = 1

    report(session, sent, S.FAILED, error="MOBILE_NOT_ON_SERVICE")

    assert sent.state is S.FAILED


def test_code_too_old_to_help_is_not_sent_again(session: Session) -> None:
    sent = make_sent(session)
    sent.template = Template.SIGN_IN_CODE
    sent.created_at = now() - timedelta(minutes=6)

    report(session, sent, S.FAILED, error="MOBILE_NOT_ON_SERVICE")

    assert sent.state is S.FAILED


def test_number_out_of_service_gets_nothing_more(session: Session) -> None:
    report(session, make_sent(session), S.FAILED, error="MOBILE_ACCOUNT_ABNORMAL")

    later = make_person(session)
    tell(session, later)

    told = session.exec(select(Notification).where(Notification.person_id == later.id)).one()
    assert (told.state, told.error) == (S.FAILED, "number_not_in_service")


def write_back(session: Session, text: str) -> None:
    take_reply(session, Reply(PHONE, text), at=now())


@pytest.mark.parametrize("text", ["TD", "t", " 退订 ", "退订。", "【退订】"])
def test_whoever_writes_the_word_is_left_alone(session: Session, text: str) -> None:
    write_back(session, text)

    status = session.exec(select(NumberStatus)).one()
    assert status.opted_out_at is not None
    assert status.trouble is None


@pytest.mark.parametrize("text", ["不是本人", "打错了！"])
def test_number_somebody_else_has_now_is_known_as_such(session: Session, text: str) -> None:
    write_back(session, text)

    status = session.exec(select(NumberStatus)).one()
    assert status.trouble is NumberTrouble.RECYCLED


@pytest.mark.parametrize("text", ["好的", "工资不对", "", "T恤", "我不是不同意"])
def test_other_words_change_nothing(session: Session, text: str) -> None:
    write_back(session, text)

    assert session.exec(select(NumberStatus)).all() == []


def test_stranger_s_number_gets_neither_what_waits_nor_a_code(session: Session) -> None:
    person = make_person(session)
    tell(session, person)

    write_back(session, "不是本人")
    service.send_code(session, phone=PHONE, code="271828", key="1")

    found = session.exec(select(Notification)).all()
    session.expire_all()
    assert {one.error for one in found} == {"number_recycled"}


def test_who_opted_out_still_learns_what_the_law_asks_for(session: Session) -> None:
    write_back(session, "TD")
    person = make_person(session)

    tell(session, person)
    service.notify(
        session,
        template=Template.WAGE_PAID,
        person_id=person.id,
        key="1",
        month="2026-10",
    )

    found = session.exec(select(Notification).order_by(col(Notification.id))).all()
    assert [(one.state, one.error) for one in found] == [
        (S.PENDING, None),
        (S.FAILED, "opted_out"),
    ]


def test_opting_out_and_trouble_are_kept_side_by_side(session: Session) -> None:
    write_back(session, "TD")
    write_back(session, "不是本人")

    status = session.exec(select(NumberStatus)).one()
    assert status.opted_out_at is not None
    assert status.trouble is NumberTrouble.RECYCLED
