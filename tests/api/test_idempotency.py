from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from api.idempotency import LARGEST_KEPT, IdempotencyMiddleware
from core.enums import Role
from core.keyring import Keyring
from db.base import new_id
from db.models import AuditEntry
from identity.principal import Principal
from tests.factories.identity import bearer, make_person, make_principal
from tests.factories.projects import make_project, make_project_worker, make_team

KEY = {"Idempotency-Key": "6f1f3a52-0000-4000-8000-000000000001"}


class Counter:
    """An application whose every answer is different, so that a repeated one shows."""

    def __init__(self) -> None:
        self.calls = 0
        self.status = 200
        self.filler = ""
        self.may_answer: Event | None = None
        self.started = Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        self.started.set()
        body = await Request(scope, receive).body()
        if self.may_answer is not None:
            await run_in_threadpool(self.may_answer.wait, 10)
        answer = {"call": self.calls, "body": body.decode(), "filler": self.filler}
        response = JSONResponse(answer, self.status, headers={"Location": f"/{self.calls}"})
        await response(scope, receive, send)


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def counted(counter: Counter, redis: Redis, keyring: Keyring) -> TestClient:
    return TestClient(IdempotencyMiddleware(counter, valkey=redis, keyring=keyring))


def test_repeated_request_gets_the_first_answer(counted: TestClient, counter: Counter) -> None:
    first = counted.post("/v1/things", json={"a": 1}, headers=KEY)
    second = counted.post("/v1/things", json={"a": 1}, headers=KEY)

    assert counter.calls == 1
    assert second.json() == first.json()
    assert second.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


def test_repeated_upload_is_known_in_spite_of_its_new_boundary(
    counted: TestClient, counter: Counter
) -> None:
    first = counted.post("/v1/things", files={"file": b"roster"}, headers=KEY)
    second = counted.post("/v1/things", files={"file": b"roster"}, headers=KEY)

    assert first.request.headers["content-type"] != second.request.headers["content-type"]
    assert (second.status_code, counter.calls) == (200, 1)


def test_other_upload_under_the_same_key_is_refused(counted: TestClient) -> None:
    counted.post("/v1/things", files={"file": b"roster"}, headers=KEY)

    assert counted.post("/v1/things", files={"file": b"other"}, headers=KEY).status_code == 422


def test_without_a_key_everything_is_done_again(counted: TestClient, counter: Counter) -> None:
    counted.post("/v1/things")
    counted.post("/v1/things")

    assert counter.calls == 2


@pytest.mark.parametrize(
    "change",
    [
        {"json": {"a": 2}},
        {"params": {"dry_run": "true"}},
    ],
)
def test_same_key_for_another_request_is_refused(
    counted: TestClient, counter: Counter, change: dict[str, Any]
) -> None:
    counted.post("/v1/things", json={"a": 1}, headers=KEY)

    response = counted.post("/v1/things", **{"json": {"a": 1}, "headers": KEY, **change})

    assert (response.status_code, response.json()["code"]) == (422, "api.idempotency-mismatch")
    assert counter.calls == 1


def test_other_path_is_another_request(counted: TestClient, counter: Counter) -> None:
    counted.post("/v1/things", headers=KEY)
    counted.post("/v1/others", headers=KEY)

    assert counter.calls == 2


def test_other_caller_is_another_request(
    counted: TestClient, counter: Counter, keyring: Keyring
) -> None:
    for principal in (make_principal(new_id()), make_principal(new_id())):
        counted.post("/v1/things", headers=KEY | bearer(keyring, principal))

    assert counter.calls == 2


def test_renewed_access_token_is_the_same_caller(
    counted: TestClient, counter: Counter, keyring: Keyring
) -> None:
    person_id = new_id()
    for _ in range(2):
        principal = Principal(person_id, Role.WORKER, new_id(), None, None, None)
        counted.post("/v1/things", headers=KEY | bearer(keyring, principal))

    assert counter.calls == 1


def test_other_role_is_another_caller(
    counted: TestClient, counter: Counter, keyring: Keyring
) -> None:
    person_id = new_id()
    for role in (Role.WORKER, Role.INSPECTOR):
        counted.post("/v1/things", headers=KEY | bearer(keyring, make_principal(person_id, role)))

    assert counter.calls == 2


def test_bad_token_is_left_to_the_endpoint(counted: TestClient, counter: Counter) -> None:
    for _ in range(2):
        counted.post("/v1/things", headers=KEY | {"Authorization": "Bearer some-device-token"})

    assert counter.calls == 2


@pytest.mark.parametrize("path", ["/v1/auth/tokens", "/v1/devices/pair", "/elsewhere"])
def test_tokens_and_other_paths_are_never_stored(
    counted: TestClient, counter: Counter, redis: Redis, path: str
) -> None:
    counted.post(path, headers=KEY)
    counted.post(path, headers=KEY)

    assert counter.calls == 2
    assert redis.dbsize() == 0


def test_reading_is_never_stored(counted: TestClient, counter: Counter) -> None:
    counted.get("/v1/things", headers=KEY)
    counted.get("/v1/things", headers=KEY)

    assert counter.calls == 2


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_answers_that_may_change_are_not_kept(
    counted: TestClient, counter: Counter, status: int
) -> None:
    counter.status = status
    counted.post("/v1/things", headers=KEY)
    counter.status = 201

    response = counted.post("/v1/things", headers=KEY)

    assert (response.status_code, counter.calls) == (201, 2)


@pytest.mark.parametrize("status", [201, 204, 403, 404, 422])
def test_final_answers_are_kept(counted: TestClient, counter: Counter, status: int) -> None:
    counter.status = status
    counted.post("/v1/things", headers=KEY)

    response = counted.post("/v1/things", headers=KEY)

    assert (response.status_code, counter.calls) == (status, 1)


def test_crash_frees_the_key(redis: Redis, keyring: Keyring, counter: Counter) -> None:
    async def crash(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError

    crashing = TestClient(IdempotencyMiddleware(crash, valkey=redis, keyring=keyring))
    with pytest.raises(RuntimeError):
        crashing.post("/v1/things", headers=KEY)

    working = TestClient(IdempotencyMiddleware(counter, valkey=redis, keyring=keyring))
    assert working.post("/v1/things", headers=KEY).status_code == 200


def test_very_large_answer_is_made_again(counted: TestClient, counter: Counter) -> None:
    counter.filler = "x" * LARGEST_KEPT
    counted.post("/v1/things", headers=KEY)
    counted.post("/v1/things", headers=KEY)

    assert counter.calls == 2


def test_second_request_in_flight_is_told_to_wait(counted: TestClient, counter: Counter) -> None:
    counter.may_answer = Event()
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(counted.post, "/v1/things", headers=KEY)
        counter.started.wait(10)
        second = counted.post("/v1/things", headers=KEY)
        counter.may_answer.set()

    assert first.result().status_code == 200
    assert (second.status_code, second.json()["code"]) == (409, "api.request-in-flight")
    assert int(second.headers["Retry-After"]) > 0
    assert counter.calls == 1


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "\x7f"])
def test_key_must_be_short_and_printable(counted: TestClient, counter: Counter, key: str) -> None:
    response = counted.post("/v1/things", headers={"Idempotency-Key": key})

    assert (response.status_code, response.json()["code"]) == (422, "api.idempotency-key-invalid")
    assert counter.calls == 0


def test_without_valkey_requests_are_still_served(keyring: Keyring, counter: Counter) -> None:
    nowhere = Redis.from_url("unix:///nowhere/valkey.sock")
    unprotected = TestClient(IdempotencyMiddleware(counter, valkey=nowhere, keyring=keyring))

    response = unprotected.post("/v1/things", json={"a": 1}, headers=KEY)

    assert (response.status_code, response.json()["body"]) == (200, '{"a":1}')


def test_valkey_lost_during_a_request_does_not_spoil_the_answer(
    redis: Redis, keyring: Keyring, counter: Counter
) -> None:
    lost = Redis(connection_pool=redis.connection_pool)

    async def lose_valkey(scope: Scope, receive: Receive, send: Send) -> None:
        lost.connection_pool = Redis.from_url("unix:///nowhere/valkey.sock").connection_pool
        await counter(scope, receive, send)

    client = TestClient(IdempotencyMiddleware(lose_valkey, valkey=lost, keyring=keyring))

    assert client.post("/v1/things", headers=KEY).status_code == 200


def test_stored_answer_is_sealed_and_kept_a_day(
    counted: TestClient, counter: Counter, redis: Redis
) -> None:
    counter.filler = "330106199001010012"
    counted.post("/v1/things", headers=KEY)

    (place,) = redis.scan_iter()
    stored = redis.get(place)
    assert isinstance(stored, bytes)
    assert b"330106199001010012" not in stored
    assert 86_000 < redis.ttl(place) <= 86_400


def test_streamed_answer_is_given_again_whole(redis: Redis, keyring: Keyring) -> None:
    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in (b"a", b"b"):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

    client = TestClient(IdempotencyMiddleware(stream, valkey=redis, keyring=keyring))
    client.post("/v1/things", headers=KEY)

    assert client.post("/v1/things", headers=KEY).content == b"ab"


def test_caller_who_leaves_in_the_middle_of_the_body_starts_nothing(
    redis: Redis, keyring: Keyring, counter: Counter, run: Callable[..., list[Any]]
) -> None:
    middleware = IdempotencyMiddleware(counter, valkey=redis, keyring=keyring)

    sent = run(
        middleware,
        [
            {"type": "http.request", "body": b"half", "more_body": True},
            {"type": "http.disconnect"},
        ],
    )

    assert (sent, counter.calls) == ([], 0)


@pytest.fixture
def run() -> Callable[..., list[Any]]:
    """Give one POST to an ASGI application, message by message; return what it sends."""

    def call(app: Any, messages: list[dict[str, Any]]) -> list[Any]:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/things",
            "query_string": b"",
            "headers": [(b"idempotency-key", b"k")],
        }
        anyio.run(app, scope, receive, send)
        return sent

    return call


def test_unmasking_repeated_by_a_poor_network_leaves_one_trace(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    worker, inspector = make_person(session, phone="+8619155500001"), make_person(session)
    make_project_worker(session, make_team(session, make_project(session)), worker)
    principal = make_principal(inspector.id, Role.INSPECTOR, county_code="330106")
    path = f"/v1/persons/{worker.id}/unmask"
    body = {"field": "phone", "reason": "核对投诉人电话"}
    headers = KEY | bearer(keyring, principal)

    answers = [client.post(path, json=body, headers=headers).json() for _ in range(2)]

    assert answers[0] == answers[1] == {"field": "phone", "value": "+8619155500001"}
    assert len(session.exec(select(AuditEntry)).all()) == 1
