from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from redis import Redis

from core.keyring import Keyring
from db.outbox import WORKER_ALIVE_KEY
from db.session import Database


@pytest.fixture
def alive_worker(redis: Redis) -> None:
    redis.set(WORKER_ALIVE_KEY, "1")


@pytest.fixture
def replace(app: FastAPI) -> Generator[Callable[[str, object], None]]:
    """Exchange a resource of the application until the test ends."""
    before = dict(app.state._state)
    yield lambda name, resource: setattr(app.state, name, resource)
    app.state._state.update(before)


def test_process_is_alive_without_its_parts(
    client: TestClient, replace: Callable[[str, object], None]
) -> None:
    replace("valkey", Redis.from_url("unix:///nowhere/valkey.sock"))

    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.usefixtures("alive_worker")
def test_everything_up_is_ready(client: TestClient) -> None:
    response = client.get("/readyz")

    assert response.json() == {
        "status": "ready",
        "parts": {"postgresql": "ok", "valkey": "ok", "worker": "ok"},
    }


def test_without_worker_it_is_not_ready(client: TestClient) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()["code"]) == (503, "api.not-ready")
    assert response.json()["parts"] == {"postgresql": "ok", "valkey": "ok", "worker": "down"}
    assert response.headers["Retry-After"] == "5"


def test_without_valkey_it_is_not_ready(
    client: TestClient, replace: Callable[[str, object], None]
) -> None:
    replace("valkey", Redis.from_url("unix:///nowhere/valkey.sock"))

    parts = client.get("/readyz").json()["parts"]

    assert parts == {"postgresql": "ok", "valkey": "down", "worker": "down"}


@pytest.mark.usefixtures("alive_worker")
def test_without_postgresql_it_is_not_ready(
    client: TestClient,
    replace: Callable[[str, object], None],
    keyring: Keyring,
    tmp_path: Path,
) -> None:
    nowhere = Database(f"postgresql+psycopg://u@/d?host={tmp_path}", keyring.fields)
    replace("database", nowhere)

    parts = client.get("/readyz").json()["parts"]

    assert parts == {"postgresql": "down", "valkey": "ok", "worker": "ok"}
