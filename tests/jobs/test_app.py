from threading import enumerate as enumerate_threads

import pytest
import structlog
from celery import signals
from redis import Redis

from core.settings import Settings
from db.outbox import WORKER_ALIVE_KEY
from jobs import app as jobs_app
from jobs import tasks
from tests.live import wait_until


@pytest.fixture(autouse=True)
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.setenv("CELERY_BROKER_URL", settings.celery_broker_url)
    monkeypatch.setenv("KEYS_FILE", str(settings.keys_file))


def test_every_periodic_job_exists() -> None:
    scheduled = {entry["task"] for entry in jobs_app.BEAT_SCHEDULE.values()}

    assert scheduled <= jobs_app.app.tasks.keys()


def test_broker_is_trusted_with_nothing() -> None:
    configuration = jobs_app.app.conf

    assert configuration.task_acks_late
    assert configuration.worker_prefetch_multiplier == 1
    assert configuration.task_ignore_result
    assert configuration.accept_content == ["json"]


def test_broker_waits_longer_than_any_job_may_run() -> None:
    options = jobs_app.app.conf.broker_transport_options

    assert options["visibility_timeout"] > jobs_app.app.conf.task_time_limit


def test_job_has_the_name_the_outbox_uses() -> None:
    assert tasks.deliver_notifications.name == "notifications.deliver"


def test_ready_worker_relays_until_it_shuts_down(redis: Redis) -> None:
    jobs_app._open.cache_clear()
    jobs_app._start_relay()
    wait_until(lambda: redis.exists(WORKER_ALIVE_KEY) == 1)

    signals.worker_shutdown.send(sender=None)

    assert "outbox-relay" not in [thread.name for thread in enumerate_threads()]
    jobs_app.resources().database.close()
    jobs_app.resources().valkey.close()
    jobs_app._open.cache_clear()


def test_log_lines_of_a_job_carry_its_id_and_nothing_of_the_last_one() -> None:
    structlog.contextvars.bind_contextvars(notification_id="of the last job")

    jobs_app._name_job_in_logs(task_id="job-1")

    assert structlog.contextvars.get_contextvars() == {"job_id": "job-1"}
    structlog.contextvars.clear_contextvars()


def test_sign_in_code_never_waits_behind_a_backlog() -> None:
    queues = [queue.name for queue in jobs_app.app.conf.task_queues]

    assert queues == [jobs_app.URGENT_QUEUE, jobs_app.ORDINARY_QUEUE]
    assert jobs_app.app.conf.broker_transport_options["queue_order_strategy"] == "priority"
