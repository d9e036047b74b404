"""The Celery application: its settings, its beat schedule, and what every worker process owns."""

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from celery import Celery, signals
from celery.schedules import crontab
from redis import Redis

from core.keyring import load_keyring
from core.logging import configure_logging
from core.settings import load_settings
from db.session import Database
from jobs.relay import Relay
from notifications.gateways.base import Gateway
from notifications.gateways.choice import open_gateway

POOL_SIZE = 4
"""A worker process runs one job at a time; its parent runs the relay."""
VALKEY_TIMEOUT_SECONDS = 5
JOB_SECONDS = 300
VISIBILITY_SECONDS = 2 * JOB_SECONDS
"""How long the broker waits for an acknowledgement; above the longest a job may run."""
HAND_OVER_LEASE = 1.25
"""In claim leases: a message is handed over again a little after its first claim ends, or the job
would find the message still claimed and leave it to the hand-over after that."""

ENSURE_PARTITIONS = "attendance.ensure_partitions"

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "partitions of check-ins": {
        "task": ENSURE_PARTITIONS,
        "schedule": crontab(hour="0", minute="10"),
    },
}
"""Every periodic job, in Shanghai time; each tolerates running twice, so two beats do no harm."""

app = Celery("anxinma", include=["jobs.tasks"])


@dataclass(frozen=True, slots=True)
class Resources:
    """What the jobs of one process share."""

    database: Database
    valkey: Redis
    gateway: Gateway
    claim_lease: timedelta
    """How long a job may hold a message it is sending."""


def resources() -> Resources:
    """Return the resources of this process, opened at first use.

    A forked child opens its own: sharing its parent's sockets would mix up their conversations.
    """
    return _open(os.getpid())


@cache
def _open(_pid: int) -> Resources:
    settings = load_settings()
    keys = load_keyring(settings.keys_file).fields
    return Resources(
        database=Database(settings.database_url, keys, pool_size=POOL_SIZE),
        valkey=Redis.from_url(
            settings.redis_url,
            socket_timeout=VALKEY_TIMEOUT_SECONDS,
            socket_connect_timeout=VALKEY_TIMEOUT_SECONDS,
        ),
        gateway=open_gateway(settings.sms),
        claim_lease=timedelta(seconds=settings.sms.lease_seconds),
    )


def _configuration() -> dict[str, Any]:
    return {
        "broker_url": load_settings().celery_broker_url,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_SECONDS,
            # Without it a broker that hangs would hold the relay's rows locked for ever.
            "socket_timeout": VALKEY_TIMEOUT_SECONDS,
            "socket_connect_timeout": VALKEY_TIMEOUT_SECONDS,
        },
        "task_default_queue": "anxinma",
        # The outbox hands over what a dying worker took along, with growing pauses; the broker
        # would do so at once and for ever. So jobs are acknowledged late, but not rejected.
        "task_acks_late": True,
        "worker_prefetch_multiplier": 1,
        "task_ignore_result": True,
        "task_time_limit": JOB_SECONDS,
        "task_serializer": "json",
        "accept_content": ["json"],
        "enable_utc": True,
        "timezone": "Asia/Shanghai",
        "worker_redirect_stdouts": False,
        "beat_schedule": BEAT_SCHEDULE,
    }


# Lazy: importing this module needs no environment.
app.add_defaults(_configuration)


@signals.setup_logging.connect
def _set_up_logging(**_: object) -> None:
    configure_logging(as_json=load_settings().env == "prod")


@signals.task_prerun.connect
def _name_job_in_logs(task_id: str, **_: object) -> None:
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(job_id=task_id)


@signals.worker_ready.connect
def _start_relay(**_: object) -> None:
    own = resources()
    relay = Relay(
        own.database,
        own.valkey,
        lambda task, payload: app.send_task(task, kwargs=payload),
        lease=own.claim_lease * HAND_OVER_LEASE,
    )
    relay.start()
    # Celery keeps receivers weakly, and nothing else holds this one.
    signals.worker_shutdown.connect(lambda **_: relay.stop(), weak=False)


@signals.worker_ready.connect
def _ensure_partitions(**_: object) -> None:
    """Give a new installation its partitions before the first midnight."""
    app.send_task(ENSURE_PARTITIONS)
