"""Real databases, API processes and Celery workers for tests that need committed rows."""

import os
import re
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self
from uuid import uuid4

import httpx
import psycopg
from alembic import command
from alembic.config import Config
from pydantic import SecretStr
from redis import Redis
from sqlalchemy import URL, create_engine, make_url
from sqlmodel import Session

from attendance.partitions import ensure_months, ensure_partitions
from core.clock import local_date, now
from core.settings import Settings, SmsSettings
from stack import valkey
from stack.children import Child, running_child

ROOT = Path(__file__).parent.parent
START_SECONDS = 30
WAIT_SECONDS = 20
LISTENING = re.compile(r"http://127\.0\.0\.1:\d+")


class SharedTransaction:
    """Stands where the app keeps its `Database`: requests join the test's transaction.

    Each request runs in a savepoint, so one that fails is rolled back alone, and sees nothing
    the test has loaded, so a missing query cannot hide.
    """

    url = "postgresql+psycopg://app@/app?host=/nowhere"
    """No other connection sees this transaction, so the gates' hot lane finds nobody to ask here
    and sends every scan through `transaction`."""

    _session: Session

    @contextmanager
    def joining(self, session: Session) -> Generator[None]:
        """Let requests join this test's transaction."""
        self._session = session
        yield
        del self._session

    @contextmanager
    def transaction(self) -> Generator[Session]:
        """Yield the test's session."""
        self._session.flush()
        self._session.expunge_all()
        with self._session.begin_nested():
            yield self._session

    brief_transaction = transaction
    """Without its timeouts, which would last as long as the test's own transaction."""

    def beside(self, *, pool_size: int, options: str) -> Self:
        """Return this: there is one transaction, whoever works in it."""
        assert pool_size > 0
        assert options
        return self

    def ping(self) -> None:
        """Ask the server through the test's connection."""
        self._session.connection().exec_driver_sql("SELECT 1")

    def close(self) -> None:
        """Leave the test's connection open."""


@dataclass(frozen=True)
class Api:
    """A running API process and a client for it."""

    child: Child
    client: httpx.Client
    socket: Path

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        self.child.kill()


@dataclass(frozen=True)
class Worker:
    """A running Celery worker; its text messages are the lines of `sms_file`."""

    child: Child
    sms_file: Path

    def kill(self) -> None:
        """End the worker and its pool processes at once, as a power cut would."""
        self.child.kill()


@contextmanager
def running_api(settings: Settings, directory: Path) -> Generator[Api]:
    """Run uvicorn on a unix socket and yield it once it answers."""
    listening = Path(settings.keys_file).parent / f"{uuid4().hex[:8]}.sock"
    program = [sys.executable, "-m", "uvicorn", "main:app", "--uds", str(listening)]
    transport = httpx.HTTPTransport(uds=str(listening))
    with (
        _running("api", program, settings, directory) as child,
        httpx.Client(transport=transport, base_url="http://api", timeout=WAIT_SECONDS) as client,
    ):
        child.wait_until(lambda: listening.exists() and _is_healthy(client), seconds=START_SECONDS)
        yield Api(child, client, listening)


@contextmanager
def running_web(settings: Settings, directory: Path) -> Generator[str]:
    """Run uvicorn on a port of its own choice, for browsers; yield its address."""
    program = [sys.executable, "-m", "uvicorn", "main:app", "--host", "127.0.0.1", "--port", "0"]
    with _running("web", program, settings, directory) as child:
        child.wait_until(lambda: bool(_find_address(child)), seconds=START_SECONDS)
        yield _find_address(child)
        child.kill()  # a gentle end waits for the browsers' open streams


def _find_address(child: Child) -> str:
    """Return where uvicorn says that it listens; empty before it does."""
    found = LISTENING.search(child.log.read_text())
    return found[0] if found else ""


@contextmanager
def running_worker(
    settings: Settings, directory: Path, *, application: str = "jobs.app"
) -> Generator[Worker]:
    """Run a Celery worker with beat and yield it once it takes jobs."""
    schedule = directory / f"beat-{uuid4().hex[:8]}"
    program = [sys.executable, "-m", "celery", "-A", application, "worker", "--loglevel=INFO"]
    program += ["--beat", "--schedule", str(schedule), "--concurrency=1"]
    program += ["--without-gossip", "--without-mingle"]
    with _running("worker", program, settings, directory) as child:
        child.wait_until(lambda: " ready." in child.log.read_text(), seconds=START_SECONDS)
        yield Worker(child, settings.sms.console_file)
        child.kill()  # a gentle end takes seconds, and this one must be survivable too


def wait_until(condition: Callable[[], bool], *, seconds: float = WAIT_SECONDS) -> None:
    """Wait for something another process does; AssertionError when it never happens."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "did not happen in time"
        sleep(0.02)


def migrate(url: str) -> None:
    """Build the schema as production does."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, "head")


def prepare_months(url: str) -> None:
    """Make the partitions that a beat at night has made long before the first scan.

    Else every test would make its own, and give way whenever a vacuum holds the table.
    """
    today = local_date(now())
    engine = create_engine(url)
    with Session(engine) as session:
        ensure_months(session, [(today.replace(day=1) - timedelta(days=1)).replace(day=1)])
        ensure_partitions(session, today=today)
        session.commit()
    engine.dispose()


@contextmanager
def installed(settings: Settings, template: str, sms: SmsSettings) -> Generator[Settings]:
    """Yield the settings of a new installation: a fresh migrated database, empty Valkeys."""
    url = copy_database(template, f"live_{uuid4().hex}")
    for database in (0, valkey.BROKER_DATABASE):
        with Redis.from_url(settings.redis_url, db=database) as client:
            client.flushdb()
    yield settings.model_copy(update={"database_url": url, "sms": sms})
    drop_database(url)


def copy_database(template: str, name: str) -> str:
    """Copy a database nobody is connected to, file by file; return the copy's URL."""
    source = make_url(template)
    _administer(source, f"CREATE DATABASE {name} TEMPLATE {source.database} STRATEGY FILE_COPY")
    return source.set(database=name).render_as_string()


def drop_database(url: str) -> None:
    """Remove a copy, whoever is still connected."""
    copy = make_url(url)
    _administer(copy, f"DROP DATABASE {copy.database} WITH (FORCE)")


def _administer(server: URL, statement: str) -> None:
    address = server.set(drivername="postgresql", database="postgres").render_as_string()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def _running(
    name: str, program: list[str], settings: Settings, directory: Path
) -> Generator[Child]:
    log = directory / f"{name}-{uuid4().hex[:8]}.log"
    environment = {**os.environ, **_flatten(settings.model_dump())}
    with running_child(name, program, log=log, env=environment) as child:
        yield child


def _flatten(fields: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return settings as the environment variables that `load_settings` reads."""
    variables: dict[str, str] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            variables |= _flatten(value, f"{prefix}{name}__")
        elif value is not None:
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            variables[f"{prefix}{name}".upper()] = str(plain)
    return variables


def _is_healthy(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.TransportError:
        return False
