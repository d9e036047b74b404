"""The Celery application: its settings, its beat schedule, and what every worker process owns."""

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import structlog
from celery import Celery, signals
from celery.schedules import crontab
from kombu import Queue
from redis import Redis

from attendance.due_folds import FOLD_DUE
from core.keyring import KeyFile, KeyFileError, Keyring
from core.logging import configure_logging
from core.settings import Settings, load_settings
from db.outbox import Batch, Payload
from db.session import Database
from devices.terminal_client import HttpTerminalClient, TerminalClient
from jobs import broker
from jobs.relay import Relay
from notifications.delivery.claiming import Dispatch
from notifications.delivery.limits import QuietHours
from notifications.gateways.choice import open_gateways
from notifications.service import DELIVER
from notifications.webhooks.caller import Caller

POOL_SIZE = 4
"""A worker process runs one job at a time; its parent runs the relay."""
VALKEY_TIMEOUT_SECONDS = 5
JOB_SECONDS = 300
VISIBILITY_SECONDS = 2 * JOB_SECONDS
"""How long the broker waits for an acknowledgement; above the longest a job may run."""
HAND_OVER_LEASE = 1.25
"""In claim leases: a message is handed over again a little after its first claim ends, or the job
would find the message still claimed and leave it to the hand-over after that."""

MESSAGES_PER_JOB = 50
"""One claim, one record and one broker message for so many; those that slow calls leave over
within half a lease are handed over again."""
URGENT_QUEUE = "anxinma.urgent"
ORDINARY_QUEUE = "anxinma"

ENSURE_PARTITIONS = "attendance.ensure_partitions"
DETACH_MONTHS = "attendance.detach_months"
FORGET_STEPS = "attendance.forget_steps"
SEAL_EVIDENCE = "evidence.seal"
FOLLOW_UP_PAYSLIPS = "payroll.follow_up"
REFRESH_STATUSES = "payroll.refresh_wage_statuses"
RECHECK_STATUSES = "payroll.recheck_wage_statuses"
WATCH_WAGE_ACCOUNTS = "payroll.watch_wage_accounts"
WATCH_DEVICES = "devices.watch"
TAKE_UP_CONFLICTS = "attendance.take_up_conflicts"
ASK_ABOUT_DAYS = "attendance.ask_about_days"
REFOLD_OUTDATED = "attendance.refold_outdated"
DROP_TERMINAL_MESSAGES = "devices.drop_terminal_messages"
DROP_STAGED_FILES = "cases.drop_staged_files"
PLAN_PULLS = "attendance.plan_terminal_pulls"
CLIMB_CLOCKS = "cases.climb_clocks"
FOLLOW_UP_CASES = "cases.follow_up"
CALL_HIGHER = "cases.call_higher"
WATCH_RETALIATION = "cases.watch_retaliation"
FORGET_FINISHED = "jobs.forget_finished"

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "check-ins whose fold nobody was woken for": {
        "task": FOLD_DUE,
        "schedule": crontab(),
    },
    "days of an earlier version of the fold": {
        "task": REFOLD_OUTDATED,
        "schedule": crontab(hour="1", minute="30"),
    },
    "days before that lack an exit or an entry": {
        "task": ASK_ABOUT_DAYS,
        "schedule": crontab(hour="19", minute="0"),
    },
    "steps that no gate would take any more": {
        "task": FORGET_STEPS,
        "schedule": crontab(minute="*/10"),
    },
    "partitions of check-ins": {
        "task": ENSURE_PARTITIONS,
        "schedule": crontab(hour="0", minute="10"),
    },
    "check-ins that the law lets go of": {
        "task": DETACH_MONTHS,
        "schedule": crontab(day_of_month="15", hour="3", minute="40"),
    },
    "reminders of payslips, disputes without a reply": {
        "task": FOLLOW_UP_PAYSLIPS,
        "schedule": crontab(hour="18", minute="30"),
    },
    "wage statuses whose facts have changed": {
        "task": REFRESH_STATUSES,
        "schedule": crontab(),
    },
    "every wage status against its facts": {
        "task": RECHECK_STATUSES,
        "schedule": crontab(hour="0", minute="40"),
    },
    "wage accounts that do not hold what is due": {
        "task": WATCH_WAGE_ACCOUNTS,
        "schedule": crontab(hour="9", minute="15"),
    },
    "seal of the evidence log": {
        "task": SEAL_EVIDENCE,
        "schedule": crontab(hour="0", minute="20"),
    },
    "devices that need somebody": {
        "task": WATCH_DEVICES,
        "schedule": crontab(minute="*/2"),
    },
    "conflicts at gates": {
        "task": TAKE_UP_CONFLICTS,
        "schedule": crontab(minute="*/5"),
    },
    "terminal messages of the week before": {
        "task": DROP_TERMINAL_MESSAGES,
        "schedule": crontab(hour="3", minute="20"),
    },
    "jobs finished a week ago": {
        "task": FORGET_FINISHED,
        "schedule": crontab(hour="3", minute="40"),
    },
    "periods of cases, before and after their end": {
        "task": CLIMB_CLOCKS,
        "schedule": crontab(hour="8", minute="10"),
    },
    "closed cases, asked about after four weeks": {
        "task": FOLLOW_UP_CASES,
        "schedule": crontab(hour="10", minute="10"),
    },
    "mass events that nobody has answered": {
        "task": CALL_HIGHER,
        "schedule": crontab(minute="*/5"),
    },
    "revenge on people who complained": {
        "task": WATCH_RETALIATION,
        "schedule": crontab(hour="1", minute="10"),
    },
    "uploads that no complaint took": {
        "task": DROP_STAGED_FILES,
        "schedule": crontab(hour="3", minute="40"),
    },
    "terminals that post a crossing only once": {
        "task": PLAN_PULLS,
        "schedule": crontab(hour="2", minute="20"),
    },
}
"""Every periodic job, in Shanghai time; each tolerates running twice, so two beats do no harm."""

log = structlog.stdlib.get_logger(__name__)
app = Celery("anxinma", include=["jobs.tasks"])
broker.install()


@dataclass(frozen=True, slots=True)
class Resources:
    """What the jobs of one process share."""

    database: Database
    valkey: Redis
    dispatch: Dispatch
    key_file: KeyFile
    terminals: TerminalClient
    webhooks: Caller

    @property
    def keyring(self) -> Keyring:
        """The installation's keys, as `make keys` left them last."""
        try:
            self.key_file.refresh()
        except KeyFileError:
            log.exception("key_file_refused")
        return self.key_file.keyring


def resources() -> Resources:
    """Return the resources of this process, opened at first use.

    A forked child opens its own: sharing its parent's sockets would mix up their conversations.
    """
    return _open(os.getpid())


@cache
def _open(_pid: int) -> Resources:
    settings = load_settings()
    key_file = KeyFile(settings.keys_file)
    fields = key_file.keyring.fields
    return Resources(
        database=Database(settings.database_url, fields, pool_size=POOL_SIZE),
        valkey=Redis.from_url(
            settings.redis_url,
            socket_timeout=VALKEY_TIMEOUT_SECONDS,
            socket_connect_timeout=VALKEY_TIMEOUT_SECONDS,
        ),
        dispatch=_open_dispatch(settings),
        key_file=key_file,
        terminals=HttpTerminalClient(settings.callable_networks),
        webhooks=Caller(),
    )


def _open_dispatch(settings: Settings) -> Dispatch:
    sms = settings.sms
    return Dispatch(
        gateways=open_gateways(sms, public_base_url=str(settings.public_base_url)),
        lease=timedelta(seconds=sms.lease_seconds),
        quiet=QuietHours(sms.quiet_from, sms.quiet_until),
        project_daily_segments=sms.project_daily_segments,
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
            # A sign-in code never waits behind ten thousand payslips.
            "queue_order_strategy": "priority",
        },
        "task_default_queue": ORDINARY_QUEUE,
        "task_queues": [Queue(URGENT_QUEUE), Queue(ORDINARY_QUEUE)],
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


def _send(task: str, payload: Payload | Batch, is_urgent: bool) -> None:
    app.send_task(task, kwargs=payload, queue=URGENT_QUEUE if is_urgent else ORDINARY_QUEUE)


@signals.worker_ready.connect
def _start_relay(**_: object) -> None:
    own = resources()
    relay = Relay(
        own.database,
        own.valkey,
        _send,
        lease=own.dispatch.lease * HAND_OVER_LEASE,
        batches={DELIVER: MESSAGES_PER_JOB},
    )
    relay.start()
    # Celery keeps receivers weakly, and nothing else holds this one.
    signals.worker_shutdown.connect(lambda **_: relay.stop(), weak=False)


@signals.worker_ready.connect
def _ensure_partitions(**_: object) -> None:
    """Give a new installation its partitions before the first midnight."""
    app.send_task(ENSURE_PARTITIONS)
