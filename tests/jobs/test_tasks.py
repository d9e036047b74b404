from collections.abc import Generator
from threading import Thread
from uuid import UUID

import pytest
from sqlmodel import select

from attendance.queries import list_partitions
from core.clock import local_date, now
from core.enums import NotificationState
from core.keyring import Keyring
from core.settings import Settings
from db.models import Notification, OutboxMessage, StoredWageStatus, WageStatusMark
from db.session import Database
from jobs import app as jobs_app
from jobs import tasks
from jobs.app import RECHECK_STATUSES
from payroll.result_news import TELL_RESULT
from tests.factories.payroll import (
    card_of,
    confirm_all,
    import_result,
    make_site,
    publish,
    send_to_bank,
)
from tests.jobs.messages import is_sent, message_id_of, references_in, state_of, tell_somebody


@pytest.fixture(autouse=True)
def own_resources(
    live_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Generator[jobs_app.Resources]:
    """What a worker process opens from its environment."""
    monkeypatch.setenv("DATABASE_URL", live_settings.database_url)
    monkeypatch.setenv("REDIS_URL", live_settings.redis_url)
    monkeypatch.setenv("CELERY_BROKER_URL", live_settings.celery_broker_url)
    monkeypatch.setenv("KEYS_FILE", str(live_settings.keys_file))
    monkeypatch.setenv("SMS__CONSOLE_FILE", str(live_settings.sms.console_file))
    monkeypatch.setenv("SMS__QUIET_UNTIL", str(live_settings.sms.quiet_until))
    monkeypatch.setenv("SMS__QUIET_FROM", str(live_settings.sms.quiet_from))
    jobs_app._open.cache_clear()
    own = jobs_app.resources()
    yield own
    own.database.close()
    own.valkey.close()
    jobs_app._open.cache_clear()


def run_delivery(database: Database, notification_id: UUID) -> None:
    message = {
        "notification_id": str(notification_id),
        "message_id": str(message_id_of(database, notification_id)),
    }
    tasks.deliver_notifications(messages=[message])


def test_job_sends_the_message_and_completes_its_hand_overs(
    live_database: Database, live_settings: Settings
) -> None:
    notification_id = tell_somebody(live_database)

    run_delivery(live_database, notification_id)

    assert is_sent(live_database, notification_id)
    assert references_in(live_settings.sms.console_file) == [str(notification_id)]


def test_job_run_twice_sends_once(live_database: Database, live_settings: Settings) -> None:
    notification_id = tell_somebody(live_database)
    run_delivery(live_database, notification_id)

    run_delivery(live_database, notification_id)

    assert references_in(live_settings.sms.console_file) == [str(notification_id)]


def test_job_of_a_message_in_other_hands_is_not_done(
    live_database: Database, live_settings: Settings
) -> None:
    notification_id = tell_somebody(live_database)
    with live_database.transaction() as session:
        notification = session.get_one(Notification, notification_id)
        notification.state = NotificationState.SENDING
        notification.claimed_at = now()

    run_delivery(live_database, notification_id)

    assert state_of(live_database, notification_id) is NotificationState.SENDING
    with live_database.transaction() as session:
        message_id = message_id_of(live_database, notification_id)
        assert session.get_one(OutboxMessage, message_id).done_at is None
    assert references_in(live_settings.sms.console_file) == []


def test_check_ins_of_today_have_a_partition(live_database: Database) -> None:
    tasks.ensure_check_in_partitions()

    with live_database.transaction() as session:
        assert f"check_in_{local_date(now()):%Y_%m}" in list_partitions(session)


def test_resources_are_opened_once_a_process(own_resources: jobs_app.Resources) -> None:
    assert jobs_app.resources() is own_resources


@pytest.mark.parametrize("name", sorted(jobs_app.BEAT_SCHEDULE))
def test_two_beats_at_once_do_no_harm(name: str) -> None:
    task = jobs_app.app.tasks[str(jobs_app.BEAT_SCHEDULE[name]["task"])]
    troubles: list[BaseException] = []

    def run() -> None:
        try:
            task()
        except BaseException as trouble:  # noqa: BLE001  a thread's own would go unseen
            troubles.append(trouble)

    beats = [Thread(target=run) for _ in range(2)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join()

    assert troubles == []


def test_messages_of_one_job_are_all_sent(live_database: Database, live_settings: Settings) -> None:
    told = [tell_somebody(live_database) for _ in range(3)]
    messages = [
        {"notification_id": str(one), "message_id": str(message_id_of(live_database, one))}
        for one in told
    ]

    tasks.deliver_notifications(messages=messages)

    assert all(is_sent(live_database, one) for one in told)
    assert references_in(live_settings.sms.console_file) == [str(one) for one in told]


def test_job_tells_what_a_bank_said_and_completes_itself(
    live_database: Database, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_site(session, worker_count=1)
        [payslip] = confirm_all(session, keyring, site)
        batch = send_to_bank(session, site, payslip.pay_sheet_id).batch
        import_result(session, site, batch, (1, card_of(0), "7875.00", "成功", ""))
        job = session.exec(select(OutboxMessage).where(OutboxMessage.task == TELL_RESULT)).one()
        job_id, batch_id, person_id = job.id, str(batch.id), payslip.person_id

    tasks.tell_workers_bank_result(message_id=str(job_id), batch_id=batch_id)

    with live_database.transaction() as session:
        told = select(Notification.template).where(Notification.person_id == person_id)
        assert "wage_paid" in session.exec(told).all()
        assert session.get_one(OutboxMessage, job_id).done_at is not None


def test_wage_statuses_are_refreshed_and_rechecked_job_by_job(
    live_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "CHUNKS_PER_JOB", 1)
    with live_database.transaction() as session:
        publish(session, make_site(session))

    tasks.refresh_wage_statuses()
    tasks.recheck_wage_statuses()

    with live_database.transaction() as session:
        assert session.exec(select(WageStatusMark)).all() == []
        assert len(session.exec(select(StoredWageStatus)).all()) == 2
        going_on = select(OutboxMessage).where(OutboxMessage.task == RECHECK_STATUSES)
        message = session.exec(going_on).one()
        message_id, payload = message.id, message.payload
    tasks.recheck_wage_statuses(message_id=str(message_id), **payload)

    with live_database.transaction() as session:
        assert session.get_one(OutboxMessage, message_id).done_at is not None
