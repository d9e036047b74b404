from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from core.clock import now
from core.enums import NotificationState
from db.models import Notification
from db.session import Database
from notifications import service
from notifications.delivery import queries
from notifications.gateways.base import (
    PermanentGatewayError,
    TemporaryGatewayError,
    UnknownOutcomeError,
)
from tests.live import wait_until
from tests.notifications.post import (
    LEASE,
    NO_LEASE,
    PHONE,
    deliver,
    make_dispatch,
    read,
    record_one,
)
from tests.notifications.provider import Provider


@pytest.fixture
def provider() -> Provider:
    return Provider()


def test_delivered_message_is_sent(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)

    assert deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)

    notification = read(live_database, notification_id)
    assert notification.state is NotificationState.SENT
    assert (notification.gateway, notification.provider_reference) == ("provider", "P1")
    assert notification.sent_at is not None
    assert notification.attempts == 1
    assert [sms.phone for sms in provider.accepted] == [PHONE]


def test_redelivered_job_sends_nothing_more(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)
    deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)

    assert deliver(live_database, make_dispatch(provider, lease=NO_LEASE), notification_id)

    assert len(provider.accepted) == 1


def test_message_in_other_hands_is_left_alone(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)
    provider.lost_answers = 1
    deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)

    assert not deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)

    assert read(live_database, notification_id).attempts == 1


def test_racing_workers_send_once(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)
    racers = [
        Thread(
            target=deliver,
            args=(live_database, make_dispatch(provider), notification_id),
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
    assert not deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)

    assert deliver(live_database, make_dispatch(provider, lease=NO_LEASE), notification_id)

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

    assert deliver(live_database, make_dispatch(provider, lease=NO_LEASE), notification_id)

    assert len(provider.accepted) == 1


def test_failed_look_up_never_leads_to_a_resend(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    provider.lost_answers = 1
    provider.breakdowns = [TemporaryGatewayError("busy"), PermanentGatewayError("odd")]

    settled = [
        deliver(live_database, make_dispatch(provider, lease=NO_LEASE), notification_id)
        for _ in range(4)
    ]

    assert settled == [False, False, False, True]
    assert len(provider.accepted) == 1


def test_look_up_does_not_take_the_message_of_somebody_on_the_same_phone(
    live_database: Database, provider: Provider
) -> None:
    husband, wife = record_one(live_database), record_one(live_database)
    deliver(live_database, make_dispatch(provider, lease=LEASE), husband)
    provider.refusals = [UnknownOutcomeError("reset")]
    deliver(live_database, make_dispatch(provider, lease=LEASE), wife)

    deliver(live_database, make_dispatch(provider, lease=NO_LEASE), wife)

    references = {read(live_database, one).provider_reference for one in (husband, wife)}
    assert references == {"P1", "P2"}


def test_temporary_refusal_is_tried_again_at_the_next_hand_over(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    provider.refusals = [TemporaryGatewayError("throttled")]
    assert not deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)
    waiting = read(live_database, notification_id)

    assert deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)

    assert (waiting.state, waiting.error) == (NotificationState.SENDING, "throttled")
    sent = read(live_database, notification_id)
    assert (sent.state, sent.error, sent.attempts) == (NotificationState.SENT, None, 2)


def test_permanent_refusal_ends_with_its_reason(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    provider.refusals = [PermanentGatewayError("not_a_mobile")]

    assert deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)
    assert deliver(live_database, make_dispatch(provider, lease=NO_LEASE), notification_id)

    notification = read(live_database, notification_id)
    assert (notification.state, notification.error) == (NotificationState.FAILED, "not_a_mobile")
    assert provider.accepted == []


def test_late_sign_in_code_is_not_sent(live_database: Database, provider: Provider) -> None:
    with live_database.transaction() as session:
        service.send_code(session, phone=PHONE, code="271828", key="one")
        notification = session.exec(select(Notification)).one()
        notification.created_at -= timedelta(minutes=6)
        notification_id = notification.id

    assert deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)

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
            deliver(live_database, make_dispatch(provider, lease=NO_LEASE), notification_id)
            raise late_news

    deliver(live_database, make_dispatch(SlowProvider(), lease=LEASE), notification_id)

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
            deliver(live_database, make_dispatch(provider, lease=NO_LEASE), notification_id)
            raise late_news

    deliver(live_database, make_dispatch(SlowProvider(), lease=LEASE), notification_id)

    notification = read(live_database, notification_id)
    assert (notification.state, notification.error) == (NotificationState.SENDING, None)
    assert notification.claimed_at is not None


def test_first_recorded_reference_stays(live_database: Database, provider: Provider) -> None:
    notification_id = record_one(live_database)

    class SlowProvider(Provider):
        def send(self, _sms: object) -> str:
            deliver(live_database, make_dispatch(provider, lease=NO_LEASE), notification_id)
            return "late"

    assert deliver(live_database, make_dispatch(SlowProvider(), lease=LEASE), notification_id)

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
    deliver(live_database, make_dispatch(provider, lease=LEASE), notification_id)

    assert seen == [NotificationState.SENDING]
