"""Fixtures over the real servers: one PostgreSQL and one Valkey per test process.

Rolled back after each test: `session`, `client`. Really committed, in a database of its own:
`live_settings`, `live_database`, `start_api`, `live_api`, `start_worker`, `live_worker`; in one
of the module's: `shared_settings`, `shared_database`, `shared_api`.
"""

import gc
import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from datetime import time
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from fastapi import FastAPI
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session

from core import pins
from core.keyring import Keyring, load_keyring
from core.logging import configure_logging
from core.settings import Settings, SmsSettings
from db.session import Database
from stack import postgres, valkey
from tests import live
from tests.memory import MEMORY

FIRST = (
    "tests/simulation/",
    "tests/faults/",
    "tests/stack/test_run.py",
    "tests/jobs/test_worker.py",
)
"""These wait for processes and for days to pass; begun last, they would be waited for alone."""
# How long it takes to think up an example says nothing about the product.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without the garbage collector, which would look again and again at what stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what lasts longest, end with what coverage is paused for.

    Pausing ends the measuring in threads already running, the app's among them.
    """
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.nodeid.startswith(FIRST):
        return 0
    return 2 if item.get_closest_marker("no_cover") else 1


def sms_settings(directory: Path) -> SmsSettings:
    """Messages go to a file at any hour of the day."""
    midnight = time()
    return SmsSettings(
        console_file=directory / "sms.jsonl", quiet_from=midnight, quiet_until=midnight
    )


@pytest.fixture(scope="session", autouse=True)
def _logs() -> None:
    """Records go the way they go in production, so `caplog` sees them in any order of tests."""
    configure_logging(as_json=False)


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Generator[PasswordHasher]:
    """The hasher of PINs as in production; all tests but its own have one of the least cost."""
    real = pins._hasher
    pins._hasher = PasswordHasher.from_parameters(CHEAPEST)
    yield real
    pins._hasher = real


@pytest.fixture(scope="session")
def var() -> Generator[Path]:
    """A directory for this process's servers, short enough for a socket path."""
    with tempfile.TemporaryDirectory(prefix="axm-test-", dir=MEMORY) as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def migrated_database(var: Path) -> Generator[str]:
    """The URL of a migrated, empty database that nobody connects to: a template to copy."""
    with postgres.running(var / "pg", scratch=True) as server:
        live.migrate(server.url)
        live.prepare_months(server.url)
        yield server.url


@pytest.fixture(scope="session")
def valkey_url(var: Path) -> Generator[str]:
    with valkey.running(var / "valkey") as server:
        yield server.url


@pytest.fixture(scope="session")
def settings(migrated_database: str, valkey_url: str, var: Path) -> Settings:
    return Settings(
        _env_file=None,
        env="test",
        database_url=live.copy_database(migrated_database, "shared"),
        redis_url=valkey_url,
        celery_broker_url=valkey.broker_url(valkey_url),
        keys_file=var / "keys.json",
        blobs_dir=var / "blobs",
        sms=sms_settings(var),
    )


@pytest.fixture(scope="session")
def keyring(settings: Settings) -> Keyring:
    return load_keyring(settings.keys_file)


@pytest.fixture(scope="session")
def database(settings: Settings, keyring: Keyring) -> Generator[Database]:
    """The pool behind `session`; whoever commits here leaves rows to other tests."""
    database = Database(settings.database_url, keyring.fields)
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Generator[Session]:
    """A session whose work, commits included, disappears after the test."""
    with database.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


@pytest.fixture(scope="session")
def connected_redis(valkey_url: str) -> Generator[Redis]:
    """One connection for all tests: connecting takes twenty times as long as emptying."""
    with Redis.from_url(valkey_url) as client:
        yield client


@pytest.fixture
def redis(connected_redis: Redis) -> Redis:
    """The product's Valkey, emptied; the queues of Celery stand in another database."""
    connected_redis.flushdb()
    return connected_redis


@pytest.fixture(scope="session")
def app(settings: Settings) -> FastAPI:
    # Here, not above: a broken edge must not keep the tests of the rules from running.
    from api.app import create_app  # noqa: PLC0415

    return create_app(settings)


@pytest.fixture(scope="session")
def started_app(app: FastAPI) -> Generator[TestClient]:
    """The app, started once: its start and end take longer than most tests."""
    app.state.database = live.SharedTransaction()
    with TestClient(app) as client:
        yield client


@pytest.fixture
def client(
    app: FastAPI, started_app: TestClient, session: Session, redis: Redis
) -> Generator[TestClient]:
    """HTTP client that shares the test's transaction but not its loaded objects."""
    with app.state.database.joining(session), closing(TestClient(app)) as client:
        client.portal = started_app.portal
        yield client


@pytest.fixture
def live_settings(
    settings: Settings, migrated_database: str, tmp_path: Path
) -> Generator[Settings]:
    """Settings of an installation of the test's own."""
    with live.installed(settings, migrated_database, sms_settings(tmp_path)) as own:
        yield own


@pytest.fixture
def live_database(live_settings: Settings, keyring: Keyring) -> Generator[Database]:
    """A database of the test's own, where `transaction()` really commits."""
    database = Database(live_settings.database_url, keyring.fields)
    yield database
    database.close()


@pytest.fixture
def start_api(live_settings: Settings, tmp_path: Path) -> Generator[Callable[[], live.Api]]:
    """Start uvicorn on a unix socket; call again for a second or a restarted one."""
    with ExitStack() as children:
        yield lambda: children.enter_context(live.running_api(live_settings, tmp_path))


@pytest.fixture
def live_api(start_api: Callable[[], live.Api]) -> live.Api:
    return start_api()


@pytest.fixture
def start_worker(live_settings: Settings, tmp_path: Path) -> Generator[Callable[[], live.Worker]]:
    """Start a Celery worker with beat; call again for a second or a restarted one."""
    with ExitStack() as children:
        yield lambda: children.enter_context(live.running_worker(live_settings, tmp_path))


@pytest.fixture
def live_worker(start_worker: Callable[[], live.Worker]) -> live.Worker:
    return start_worker()


@pytest.fixture(scope="module")
def shared_settings(
    settings: Settings, migrated_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Settings]:
    """Settings of an installation for all tests of a module that do not mind each other's rows."""
    sms = sms_settings(tmp_path_factory.mktemp("shared"))
    with live.installed(settings, migrated_database, sms) as shared:
        yield shared


@pytest.fixture(scope="module")
def shared_database(shared_settings: Settings, keyring: Keyring) -> Generator[Database]:
    """The database of the module, where `transaction()` really commits."""
    database = Database(shared_settings.database_url, keyring.fields)
    yield database
    database.close()


@pytest.fixture(scope="module")
def shared_api(
    shared_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Generator[live.Api]:
    """The module's API process: starting one takes longer than asking it a hundred times."""
    with live.running_api(shared_settings, tmp_path_factory.mktemp("api")) as api:
        yield api
