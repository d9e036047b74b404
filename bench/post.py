"""An installation whose workers send messages to a file, and bare Celery workers beside it."""

import json
import os
import signal
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic, sleep, time
from uuid import uuid4

import psutil
import psycopg
from alembic import command
from alembic.config import Config
from celery import Celery
from redis import Redis
from sqlalchemy import URL, make_url, text

from bench.rig import Rig
from core.keyring import load_keyring
from db.models import Person
from db.session import Database
from notifications.service import Telling, notify_many, notify_number
from notifications.templates import Template
from stack import valkey
from stack.children import ROOT, Child, running_child

WORKERS = 2
START_SECONDS = 60
DRAIN_SECONDS = 300
POLL_SECONDS = 0.01
MOBILES = 19_100_000_000
BARE_DATABASE = 2
"""The bare Celery's queues, on the same Valkey."""


class Post:
    """Two workers of the product; messages go to one file."""

    def __init__(self, database: Database, workers: list[Child], file: Path) -> None:
        self._database = database
        self._workers = workers
        self._file = file
        self._people = 0

    def drained_per_second(self, count: int) -> float:
        """Return how many of so many waiting messages to as many people are sent in a second."""
        with _stopped(self._workers):
            self._tell(count)
        started = monotonic()
        _wait(lambda: self._count_open() == 0)
        return count / (monotonic() - started)

    def seconds_to_gateway(self) -> float:
        """Return how long after its commit an urgent message of an idle system is sent."""
        key = uuid4().hex
        phone = f"+86{MOBILES + self._people}"
        self._people += 1
        before = self._size()
        with self._database.transaction() as session:
            notify_number(
                session, template=Template.SIGN_IN_CODE, phone=phone, key=key, code="314159"
            )
        committed = time()
        # Looking at the file's size costs the workers next to nothing; asking PostgreSQL would.
        _wait(lambda: self._size() > before)
        sent_at = self._sent_at(phone)
        _wait(lambda: self._count_open() == 0)
        return sent_at - committed

    def resident_bytes(self) -> int:
        """Return what the workers and their pool processes hold in memory."""
        roots = [psutil.Process(worker.process.pid) for worker in self._workers]
        return sum(
            process.memory_info().rss
            for root in roots
            for process in (root, *root.children(recursive=True))
        )

    def _size(self) -> int:
        return self._file.stat().st_size if self._file.exists() else 0

    def _tell(self, count: int) -> None:
        numbers = range(self._people, self._people + count)
        self._people += count
        people = [Person(name="工人", phone=f"+86{MOBILES + number}") for number in numbers]
        with self._database.transaction() as session:
            session.add_all(people)
            session.flush()
            tellings = [Telling(person.id, "bench", {"month": "2026-10"}) for person in people]
            notify_many(session, template=Template.PAYSLIP_PUBLISHED, tellings=tellings)

    def _count_open(self) -> int:
        statement = text("SELECT count(*) FROM outbox_message WHERE done_at IS NULL")
        with self._database.transaction() as session:
            return int(session.connection().execute(statement).scalar_one())

    def _sent_at(self, phone: str) -> float:
        line = next(
            line
            for line in reversed(self._file.read_text(encoding="utf-8").splitlines())
            if phone in line
        )
        return datetime.fromisoformat(json.loads(line)["at"]).timestamp()


class BareCelery:
    """Two workers with tasks that do nothing."""

    def __init__(self, app: Celery, queues: Redis, workers: list[Child]) -> None:
        self._app = app
        self._queues = queues
        self._workers = workers

    def drained_per_second(self, count: int) -> float:
        """Return how many of so many waiting tasks are done in a second."""
        with _stopped(self._workers):
            for _ in range(count):
                self._app.send_task("noop")
        started = monotonic()
        _wait(self._is_empty)
        return count / (monotonic() - started)

    def seconds_to_start(self) -> float:
        """Return how long after it was published a task of an idle system starts."""
        published = time()
        self._app.send_task("tell_start")
        found = self._queues.blpop(["bench:starts"], timeout=START_SECONDS)
        assert isinstance(found, list | tuple)
        return float(found[1]) - published

    def _is_empty(self) -> bool:
        return not self._queues.llen("celery") and not self._queues.hlen("unacked")


@contextmanager
def running_post(rig: Rig) -> Generator[Post]:
    """Run the product's workers on a migrated database of their own."""
    url = make_database(make_url(rig.database_url), f"post_{uuid4().hex[:8]}")
    keys_file, sms_file = rig.directory / "post-keys.json", rig.directory / f"{uuid4().hex}.jsonl"
    database = Database(url, load_keyring(keys_file).fields)
    environment = {
        "DATABASE_URL": url,
        "REDIS_URL": rig.valkey_url,
        "CELERY_BROKER_URL": valkey.broker_url(rig.valkey_url),
        "KEYS_FILE": str(keys_file),
        "SMS__CONSOLE_FILE": str(sms_file),
        "SMS__QUIET_FROM": "00:00",
        "SMS__QUIET_UNTIL": "00:00",
    }
    with _workers(rig, "jobs.app", environment) as workers:
        yield Post(database, workers, sms_file)
    database.close()


@contextmanager
def running_bare_celery(rig: Rig) -> Generator[BareCelery]:
    """Run the bare workers on the same broker."""
    broker = valkey.broker_url(rig.valkey_url).replace(
        f"={valkey.BROKER_DATABASE}", f"={BARE_DATABASE}"
    )
    with Redis.from_url(rig.valkey_url, db=BARE_DATABASE) as queues:
        environment = {
            "BENCH_BROKER_URL": broker,
            "BENCH_VALKEY_URL": f"{rig.valkey_url}?db={BARE_DATABASE}",
        }
        with _workers(rig, "bench.apps.noop", environment) as workers:
            yield BareCelery(Celery("noop", broker=broker), queues, workers)


@contextmanager
def _workers(rig: Rig, application: str, environment: Mapping[str, str]) -> Generator[list[Child]]:
    program = [sys.executable, "-m", "celery", "-A", application, "worker", "--concurrency=1"]
    program += ["--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with ExitStack() as running:
        workers = []
        for number in range(WORKERS):
            log = rig.directory / "log" / f"{application}-{number}-{uuid4().hex[:6]}.log"
            command_line = [*program, f"--hostname={application}{number}@bench"]
            worker = running.enter_context(
                running_child(application, command_line, log=log, env={**os.environ, **environment})
            )
            running.callback(worker.kill)
            workers.append(worker)
        for worker in workers:
            worker.wait_until(partial(_is_ready, worker), seconds=START_SECONDS)
        yield workers


def _is_ready(worker: Child) -> bool:
    return " ready." in worker.log.read_text()


@contextmanager
def _stopped(workers: list[Child]) -> Generator[None]:
    """Hold the workers still while work piles up."""
    for worker in workers:
        os.killpg(worker.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in workers:
            os.killpg(worker.process.pid, signal.SIGCONT)


def make_database(server: URL, name: str) -> str:
    """Return the URL of a migrated database of its own on the server."""
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = server.set(database=name).render_as_string(hide_password=False)
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")
    return url


def _wait(is_done: Callable[[], bool]) -> None:
    deadline = monotonic() + DRAIN_SECONDS
    while not is_done():
        assert monotonic() < deadline, "not drained in time"
        sleep(POLL_SECONDS)
