from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from core.clock import now
from core.enums import NotificationState, Urgency
from db.models import Notification, OutboxMessage, Person
from db.session import Database
from notifications import queries, service
from notifications.errors import TemplateError
from notifications.gateways.base import (
    PermanentGatewayError,
    TemporaryGatewayError,
    UnknownOutcomeError,
)
from notifications.templates import Template
from tests.live import wait_until
from tests.notifications.provider import Provider

PHONE = "+8619100000001"
LEASE = timedelta(seconds=60)
NO_LEASE = timedelta(0)
"""Every earlier claim is already over."""


@pytest.fixture
def provider() -> Provider:
    return Provider()


def make_person(session: Session, phone: str | None = PHONE) -> Person:
    person = Person(name="王小明", phone=phone)
    session.add(person)
    session.flush()
    return person


def tell(session: Session, person: Person, *, key: str = "payslip:1") -> None:
    service.notify(
        session,
        template=Template.PAYSLIP_PUBLISHED,
        person_id=person.id,
        key=key,
        month="2026-10",
    )


def record_one(database: Database, *, key: str = "payslip:1") -> UUID:
    """Commit one message to one new person; return its id."""
    with database.transaction() as session:
        person = make_person(session)
        tell(session, person, key=key)
        return session.exec(
            select(Notification.id).where(Notification.person_id == person.id)
        ).one()


def read(database: Database, notification_id: UUID) -> Notification:
    with database.transaction() as session:
        notification = session.get_one(Notification, notification_id)
        session.expunge(notification)
    return notification


def test_message_waits_with_what_it_will_say(session: Session) -> None:
    tell(session, make_person(session))

    notification = session.exec(select(Notification)).one()
    assert notification.state is NotificationState.PENDING
    assert notification.phone == PHONE
    assert notification.body.startswith("【安薪码】你2026年10月的工资条出来了")
    assert (notification.template, notification.template_version) == ("payslip_published", 1)
    assert notification.urgency is Urgency.NORMAL


def test_message_is_handed_to_the_job_by_its_id_alone(session: Session) -> None:
    tell(session, make_person(session))

    notification = session.exec(select(Notification)).one()
    message = session.exec(select(OutboxMessage)).one()
    assert message.task == "notifications.deliver"
    assert message.payload == {"notification_id": str(notification.id)}


def test_same_key_tells_a_person_once(session: Session) -> None:
    person = make_person(session)
    tell(session, person)

    tell(session, person)

    assert len(session.exec(select(Notification)).all()) == 1
    assert len(session.exec(select(OutboxMessage)).all()) == 1


def test_two_people_are_told_of_the_same_event(session: Session) -> None:
    tell(session, make_person(session))

    tell(session, make_person(session))

    assert len(session.exec(select(OutboxMessage)).all()) == 2


def test_person_without_a_phone_is_left_to_a_person(session: Session) -> None:
    tell(session, make_person(session, phone=None))

    notification = session.exec(select(Notification)).one()
    assert (notification.state, notification.error) == (NotificationState.FAILED, "no_phone")
    assert session.exec(select(OutboxMessage)).all() == []


def test_malformed_value_is_refused_before_anything_is_recorded(session: Session) -> None:
    person = make_person(session)

    with pytest.raises(TemplateError):
        service.notify(
            session,
            template=Template.PAYSLIP_PUBLISHED,
            person_id=person.id,
            key="payslip:1",
            month="last",
        )

    assert session.exec(select(Notification)).all() == []


def test_sign_in_code_goes_to_a_number_of_nobody_known(session: Session) -> None:
    service.send_code(session, phone=PHONE, code="271828", key="one")

    notification = session.exec(select(Notification)).one()
    assert notification.person_id is None
    assert "271828" in notification.body
    assert notification.urgency is Urgency.URGENT


def test_number_and_text_are_unreadable_in_the_table(session: Session) -> None:
    service.send_code(session, phone=PHONE, code="271828", key="one")

    row = session.connection().execute(text("SELECT * FROM notification")).one()
    raw = b"".join(value for value in row if isinstance(value, bytes))
    assert raw
    assert PHONE.encode() not in raw
    assert b"271828" not in raw
    assert PHONE not in str(row)


def test_delivered_message_is_sent(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)

    assert service.deliver(live_database, provider, notification_id, lease=LEASE)

    notification = read(live_database, notification_id)
    assert notification.state is NotificationState.SENT
    assert (notification.gateway, notification.provider_reference) == ("provider", "P1")
    assert notification.sent_at is not None
    assert notification.attempts == 1
    assert [sms.phone for sms in provider.accepted] == [PHONE]


def test_redelivered_job_sends_nothing_more(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)
    service.deliver(live_database, provider, notification_id, lease=LEASE)

    assert service.deliver(live_database, provider, notification_id, lease=NO_LEASE)

    assert len(provider.accepted) == 1


def test_message_in_other_hands_is_left_alone(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)
    provider.lost_answers = 1
    service.deliver(live_database, provider, notification_id, lease=LEASE)

    assert not service.deliver(live_database, provider, notification_id, lease=LEASE)

    assert read(live_database, notification_id).attempts == 1


def test_racing_workers_send_once(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)
    racers = [
        Thread(
            target=service.deliver,
            args=(live_database, provider, notification_id),
            kwargs={"lease": LEASE},
        )
        for _ in range(8)
    ]

    with live_database.transaction() as holder:  # all of them want the row before one gets it
        queries.lock_notification(holder, notification_id)
        for racer in racers:
            racer.start()
        wait_until(lambda: _count_waiting(live_database) == len(racers))
    for racer in racers:
        racer.join()

    assert len(provider.accepted) == 1
    assert read(live_database, notification_id).state is NotificationState.SENT


def _count_waiting(database: Database) -> int:
    with database.transaction() as session:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(session.connection().execute(waiting).scalar_one())


def test_lost_answer_is_looked_up_not_sent_again(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    provider.lost_answers = 1
    assert not service.deliver(live_database, provider, notification_id, lease=LEASE)

    assert service.deliver(live_database, provider, notification_id, lease=NO_LEASE)

    assert len(provider.accepted) == 1
    assert read(live_database, notification_id).provider_reference == "P1"


def test_claim_of_a_dead_worker_is_sent_if_the_provider_has_nothing(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    with live_database.transaction() as session:
        notification = session.get_one(Notification, notification_id)
        notification.state = NotificationState.SENDING
        notification.claimed_at = now()

    assert service.deliver(live_database, provider, notification_id, lease=NO_LEASE)

    assert len(provider.accepted) == 1


def test_failed_look_up_never_leads_to_a_resend(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    provider.lost_answers = 1
    provider.breakdowns = [TemporaryGatewayError("busy"), PermanentGatewayError("odd")]

    settled = [
        service.deliver(live_database, provider, notification_id, lease=NO_LEASE) for _ in range(4)
    ]

    assert settled == [False, False, False, True]
    assert len(provider.accepted) == 1


def test_look_up_does_not_take_the_message_of_somebody_on_the_same_phone(
    live_database: Database, provider: Provider
) -> None:
    husband, wife = record_one(live_database), record_one(live_database)
    service.deliver(live_database, provider, husband, lease=LEASE)
    provider.refusals = [UnknownOutcomeError("reset")]
    service.deliver(live_database, provider, wife, lease=LEASE)

    service.deliver(live_database, provider, wife, lease=NO_LEASE)

    references = {read(live_database, one).provider_reference for one in (husband, wife)}
    assert references == {"P1", "P2"}


def test_temporary_refusal_is_tried_again_at_the_next_hand_over(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    provider.refusals = [TemporaryGatewayError("throttled")]
    assert not service.deliver(live_database, provider, notification_id, lease=LEASE)
    waiting = read(live_database, notification_id)

    assert service.deliver(live_database, provider, notification_id, lease=LEASE)

    assert (waiting.state, waiting.error) == (NotificationState.SENDING, "throttled")
    sent = read(live_database, notification_id)
    assert (sent.state, sent.error, sent.attempts) == (NotificationState.SENT, None, 2)


def test_permanent_refusal_ends_with_its_reason(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    provider.refusals = [PermanentGatewayError("not_a_mobile")]

    assert service.deliver(live_database, provider, notification_id, lease=LEASE)
    assert service.deliver(live_database, provider, notification_id, lease=NO_LEASE)

    notification = read(live_database, notification_id)
    assert (notification.state, notification.error) == (NotificationState.FAILED, "not_a_mobile")
    assert provider.accepted == []


def test_late_sign_in_code_is_not_sent(live_database: Database, provider: Provider) -> None:
    with live_database.transaction() as session:
        service.send_code(session, phone=PHONE, code="271828", key="one")
        notification = session.exec(select(Notification)).one()
        notification.created_at -= timedelta(minutes=6)
        notification_id = notification.id

    assert service.deliver(live_database, provider, notification_id, lease=LEASE)

    assert read(live_database, notification_id).error == "expired"
    assert provider.accepted == []


@pytest.mark.parametrize(
    "late_news", [PermanentGatewayError("blocked"), TemporaryGatewayError("throttled")]
)
def test_slow_worker_cannot_undo_what_its_successor_recorded(
    live_database: Database, provider: Provider, late_news: Exception
) -> None:
    notification_id = record_one(live_database)

    class SlowProvider(Provider):
        def send(self, _sms: object) -> str:
            service.deliver(live_database, provider, notification_id, lease=NO_LEASE)
            raise late_news

    service.deliver(live_database, SlowProvider(), notification_id, lease=LEASE)

    notification = read(live_database, notification_id)
    assert (notification.state, notification.error) == (NotificationState.SENT, None)
    assert notification.claimed_at is not None


@pytest.mark.parametrize(
    "late_news", [PermanentGatewayError("blocked"), TemporaryGatewayError("throttled")]
)
def test_slow_worker_cannot_end_the_claim_of_its_successor(
    live_database: Database, provider: Provider, late_news: Exception
) -> None:
    notification_id = record_one(live_database)
    provider.lost_answers = 1

    class SlowProvider(Provider):
        def send(self, _sms: object) -> str:
            service.deliver(live_database, provider, notification_id, lease=NO_LEASE)
            raise late_news

    service.deliver(live_database, SlowProvider(), notification_id, lease=LEASE)

    notification = read(live_database, notification_id)
    assert (notification.state, notification.error) == (NotificationState.SENDING, None)
    assert notification.claimed_at is not None


def test_first_recorded_reference_stays(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)

    class SlowProvider(Provider):
        def send(self, _sms: object) -> str:
            service.deliver(live_database, provider, notification_id, lease=NO_LEASE)
            return "late"

    assert service.deliver(live_database, SlowProvider(), notification_id, lease=LEASE)

    assert read(live_database, notification_id).provider_reference == "P1"


def test_provider_is_called_outside_any_transaction(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    seen: list[NotificationState] = []

    def change_the_row_meanwhile() -> None:
        with live_database.transaction() as session:
            statement = select(Notification).where(col(Notification.id) == notification_id)
            notification = session.exec(statement.with_for_update(nowait=True)).one()
            seen.append(notification.state)

    provider.before_answering = change_the_row_meanwhile
    service.deliver(live_database, provider, notification_id, lease=LEASE)

    assert seen == [NotificationState.SENDING]
