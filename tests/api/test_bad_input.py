"""Bytes that are not a request: each gets a clear 4xx, none a 500."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from api.refused_calls import GateRoute
from api.routes import V1_ROUTERS
from api.strict_json import StrictRoute
from core.enums import Role
from core.keyring import Keyring
from tests.factories.identity import bearer, make_principal, make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "api.invalid-request"),
        (b"{", 400, "api.malformed-request"),
        (b'{"phone": "\xff\xfe"}', 400, "api.malformed-request"),
        (b'\xff\xfe{\x00"\x00', 400, "api.malformed-request"),
        (b"[" * 100_000, 400, "api.malformed-request"),
        (b'{"phone": ' * 100_000, 400, "api.malformed-request"),
        (b"[]", 422, "api.invalid-request"),
        (b"null", 422, "api.invalid-request"),
        (b"NaN", 422, "api.invalid-request"),
        (b'{"phone": 1e999}', 422, "api.invalid-request"),
        (b'{"phone": "\\u0000"}', 422, "api.invalid-request"),
        (b'{"phone": "\\ud800"}', 422, "api.invalid-request"),
        (b'{"phone": "' + b"1" * 2_000_000 + b'"}', 413, "api.body-too-large"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_body_that_is_no_request_is_refused(
    client: TestClient, content: bytes, status: int, code: str
) -> None:
    response = client.post("/v1/auth/codes", content=content, headers=JSON)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}], ids=["plain", "keyed"])
def test_large_body_without_a_length_is_refused(
    client: TestClient, keyring: Keyring, headers: dict[str, str]
) -> None:
    def stream() -> Iterator[bytes]:
        yield b'{"reason": "'
        for _ in range(20):
            yield b"x" * 100_000

    principal = make_principal(uuid4(), Role.INSPECTOR, county_code="330106")
    response = client.post(
        f"/v1/persons/{uuid4()}/unmask",
        content=stream(),
        headers=JSON | headers | bearer(keyring, principal),
    )

    assert (response.status_code, response.json()["code"]) == (413, "api.body-too-large")


def test_a_field_named_twice_is_refused(client: TestClient) -> None:
    response = client.post(
        "/v1/auth/codes",
        content='{"phone": "19100000001", "phone": "19100000002"}',
        headers={"Content-Type": "application/json"},
    )

    assert (response.status_code, response.json()["code"]) == (422, "api.repeated-field")


def test_no_call_takes_a_field_twice_but_those_that_read_raw() -> None:
    kinds = {
        type(route) for router in V1_ROUTERS for route in router.routes if hasattr(route, "methods")
    }

    assert kinds == {StrictRoute, GateRoute}


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "nonsense", ""])
def test_other_content_type_is_refused(client: TestClient, content_type: str) -> None:
    response = client.post(
        "/v1/auth/codes",
        content=b'{"phone": "19155500001"}',
        headers={"Content-Type": content_type},
    )

    assert (response.status_code, response.json()["code"]) == (422, "api.invalid-request")


@pytest.mark.parametrize("escape", [b"\\u0000", b"\\ud800"], ids=["nul", "surrogate"])
def test_text_the_database_cannot_hold_is_refused(
    client: TestClient, session: Session, keyring: Keyring, escape: bytes
) -> None:
    worker = make_worker_person(session)
    make_project_worker(session, make_team(session, make_project(session)), worker)
    principal = make_principal(worker.id, Role.INSPECTOR, county_code="330106")

    response = client.post(
        f"/v1/persons/{worker.id}/unmask",
        content=b'{"field": "phone", "reason": "checking %s the number"}' % escape,
        headers=JSON | bearer(keyring, principal),
    )

    assert (response.status_code, response.json()["code"]) == (422, "api.invalid-request")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nowhere", 404, "api.path-not-found"),
        ("GET", "/v1/%00", 404, "api.path-not-found"),
        ("PUT", "/v1/auth/codes", 405, "api.method-not-allowed"),
        ("POST", "/v1/persons/not-a-uuid/unmask", 401, "identity.not-signed-in"),
    ],
)
def test_wrong_address_is_a_problem_too(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    response = client.request(method, path)

    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer ", "Bearer x.y.z", "Basic Og==", "\xff", "Bearer \xff"]
)
def test_odd_authorization_is_not_signed_in(client: TestClient, authorization: str) -> None:
    response = client.get("/v1/me", headers=[(b"Authorization", authorization.encode("latin-1"))])

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
