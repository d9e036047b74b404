"""The real worker, killed and restarted: every message is sent once in effect."""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from celery import Celery
from redis import Redis
from sqlalchemy import text
from sqlmodel import select

from core.clock import now
from core.enums import NotificationState
from core.settings import Settings
from db import outbox
from db.models import Notification
from db.session import Database
from notifications import service
from notifications.delivery.limits import NOTICES_PER_DAY
from stack import valkey
from tests.jobs.messages import is_sent, message_id_of, references_in, state_of, tell_somebody
from tests.live import Worker, wait_until

StartWorker = Callable[[], Worker]


@pytest.fixture
def live_settings(live_settings: Settings) -> Settings:
    """A worker looks after another's message within seconds."""
    sms = live_settings.sms.model_copy(update={"lease_seconds": 1})
    return live_settings.model_copy(update={"sms": sms})


@pytest.fixture
def broker(live_settings: Settings) -> Celery:
    return Celery("test", broker=live_settings.celery_broker_url)


def hand_over(broker: Celery, notification_id: object, message_id: object) -> None:
    """Put the job into the queue as the relay does."""
    broker.send_task(
        "notifications.deliver",
        kwargs={
            "messages": [{"notification_id": str(notification_id), "message_id": str(message_id)}]
        },
        queue="anxinma",
    )


def test_committed_message_is_sent(live_worker: Worker, live_database: Database) -> None:
    notification_id = tell_somebody(live_database)

    wait_until(lambda: is_sent(live_database, notification_id))

    assert references_in(live_worker.sms_file) == [str(notification_id)]


def test_worker_shows_that_it_is_alive(live_worker: Worker, redis: Redis) -> None:
    wait_until(lambda: redis.exists(outbox.WORKER_ALIVE_KEY) == 1)

    live_worker.child.check()
    assert 0 < int(str(redis.ttl(outbox.WORKER_ALIVE_KEY))) <= 15


def test_redelivered_job_sends_one_message(
    live_worker: Worker, live_database: Database, broker: Celery
) -> None:
    notification_id = tell_somebody(live_database)
    wait_until(lambda: is_sent(live_database, notification_id))
    with live_database.transaction() as session:  # long after the lease of the claim
        session.get_one(Notification, notification_id).claimed_at = now() - timedelta(hours=1)

    for _ in range(3):
        hand_over(broker, notification_id, message_id_of(live_database, notification_id))
    follower = tell_somebody(live_database)  # the queue is first in, first out
    wait_until(lambda: is_sent(live_database, follower))

    assert references_in(live_worker.sms_file) == [str(notification_id), str(follower)]


def test_worker_killed_between_claim_and_send_loses_and_repeats_nothing(
    start_worker: StartWorker, live_database: Database, live_settings: Settings
) -> None:
    file = live_settings.sms.console_file
    os.mkfifo(file)  # nobody reads, so the worker hangs where it would send
    doomed = start_worker()
    notification_id = tell_somebody(live_database)
    wait_until(lambda: state_of(live_database, notification_id) is NotificationState.SENDING)

    doomed.kill()
    file.unlink()
    start_worker()

    wait_until(lambda: is_sent(live_database, notification_id))
    assert references_in(file) == [str(notification_id)]


def test_worker_killed_between_send_and_record_repeats_nothing(
    start_worker: StartWorker, live_database: Database, live_settings: Settings
) -> None:
    file = live_settings.sms.console_file
    doomed = start_worker()
    with live_database.engine.connect() as connection:
        _hold_back_recording(connection.exec_driver_sql)
        connection.commit()
        connection.execute(text("SELECT pg_advisory_lock(1)"))
        notification_id = tell_somebody(live_database)
        wait_until(lambda: references_in(file) == [str(notification_id)])
        assert state_of(live_database, notification_id) is NotificationState.SENDING

        doomed.kill()
    live_database.close()  # ends the lock with its connection
    start_worker()

    wait_until(lambda: is_sent(live_database, notification_id))
    assert references_in(file) == [str(notification_id)]


def _hold_back_recording(execute: Callable[[str], object]) -> None:
    """Make every change to `sent` wait for the advisory lock 1."""
    execute(
        "CREATE FUNCTION hold_back() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$"
    )
    execute(
        "CREATE TRIGGER hold_back BEFORE UPDATE ON notification"
        " FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION hold_back()"
    )


def test_job_lost_by_the_broker_is_handed_over_again(
    start_worker: StartWorker, live_database: Database, live_settings: Settings, broker: Celery
) -> None:
    notification_id = tell_somebody(live_database)
    with live_database.transaction() as session:
        outbox.relay(
            session,
            lambda _, payload, _is_urgent: hand_over(broker, **payload),
            at=now(),
            lease=timedelta(seconds=1),
            limit=1,
        )
    _lose_everything(live_settings)

    start_worker()

    wait_until(lambda: is_sent(live_database, notification_id))
    assert references_in(live_settings.sms.console_file) == [str(notification_id)]


def test_broker_emptied_under_a_running_worker_is_used_again(
    live_worker: Worker, live_database: Database, live_settings: Settings
) -> None:
    first = tell_somebody(live_database)
    wait_until(lambda: is_sent(live_database, first))

    _lose_everything(live_settings)
    second = tell_somebody(live_database)

    wait_until(lambda: is_sent(live_database, second))
    assert references_in(live_worker.sms_file) == [str(first), str(second)]


def _lose_everything(settings: Settings) -> None:
    with Redis.from_url(settings.redis_url, db=valkey.BROKER_DATABASE) as queues:
        queues.flushdb()


def test_two_workers_send_each_message_once(
    start_worker: StartWorker, live_database: Database, live_settings: Settings
) -> None:
    start_worker()
    start_worker()

    told = [tell_somebody(live_database) for _ in range(30)]

    wait_until(lambda: all(is_sent(live_database, one) for one in told))
    assert sorted(references_in(live_settings.sms.console_file)) == sorted(map(str, told))


def test_stopped_worker_leaves_no_thread_behind(start_worker: StartWorker) -> None:
    worker = start_worker()

    worker.child.stop()

    assert worker.child.process.returncode == 0


def test_sign_in_code_overtakes_a_backlog(
    start_worker: StartWorker, live_database: Database, live_settings: Settings
) -> None:
    for number in range(300):
        tell_somebody(live_database, key=str(number))
    with live_database.transaction() as session:
        service.send_code(session, phone="+8619100000002", code="271828", key="1")
        code = session.exec(
            select(Notification.id).where(Notification.template == "sign_in_code")
        ).one()

    start_worker()

    wait_until(lambda: is_sent(live_database, code))
    assert references_in(live_settings.sms.console_file).index(str(code)) < 100


def test_broker_that_loses_everything_again_and_again_loses_no_message(
    start_worker: StartWorker, live_database: Database, live_settings: Settings
) -> None:
    start_worker()
    told = []
    for number in range(NOTICES_PER_DAY):
        told.append(tell_somebody(live_database, key=str(number)))
        if number % 10 == 0:
            _lose_everything(live_settings)

    wait_until(lambda: all(is_sent(live_database, one) for one in told), seconds=60)
    assert sorted(references_in(live_settings.sms.console_file)) == sorted(map(str, told))


def test_log_of_the_worker_holds_no_code_and_no_number(
    live_worker: Worker, live_database: Database
) -> None:
    with live_database.transaction() as session:
        service.send_code(session, phone="+8619100000002", code="271828", key="1")

    wait_until(lambda: len(references_in(live_worker.sms_file)) == 1)
    wait_until(lambda: "sms sent" in live_worker.child.log.read_text())

    log = live_worker.child.log.read_text()
    assert "271828" not in log
    assert "19100000002" not in log
