"""The short way in answers as the route behind it would, and leaves to it whatever is unusual."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from api.schemas.gate import DecisionOut
from core.clock import now
from core.keyring import Keyring
from db.models import CheckIn
from db.session import Database
from devices.service import revoke_device
from tests.factories.attendance import GateSite, make_gate_site
from tests.live import Api, wait_until

PATH = "/v1/gate/verify"


@pytest.fixture
def site(shared_database: Database) -> GateSite:
    with shared_database.transaction() as session:
        return make_gate_site(session)


@pytest.fixture
def code(shared_database: Database, keyring: Keyring, site: GateSite) -> str:
    with shared_database.transaction() as session:
        return site.live_code(session, keyring)


def scan(code: object, **changes: object) -> dict[str, Any]:
    body = {"code": code, "direction": "in", "nonce": uuid4().hex, "scanned_at": now().isoformat()}
    return body | changes


def ask_route(api: Api, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    """Ask in pieces, without a length: that is unusual, and left to the application."""
    headers = headers | {"Content-Type": "application/json"}
    return api.client.post(PATH, content=iter([json.dumps(body).encode()]), headers=headers)


def test_the_door_and_the_route_answer_alike(shared_api: Api, site: GateSite, code: str) -> None:
    body, headers = scan(code), site.gate.headers | {"X-Request-Id": "the-callers-own-id"}
    through_door = shared_api.client.post(PATH, json=body, headers=headers)
    through_route = ask_route(shared_api, body, headers)

    assert through_door.status_code == through_route.status_code == 200
    assert through_door.json() == through_route.json()
    assert through_door.json()["decision"] == "admitted"
    assert list(through_door.json()) == list(DecisionOut.model_fields)
    described = [{**response.headers, "date": ""} for response in (through_door, through_route)]
    assert described[0] == described[1]
    assert described[0]["x-request-id"] == "the-callers-own-id"


def test_the_answer_of_the_door_is_durable(
    shared_api: Api, shared_database: Database, site: GateSite, code: str
) -> None:
    answer = shared_api.client.post(PATH, json=scan(code), headers=site.gate.headers).json()
    of_site = select(col(CheckIn.id)).where(col(CheckIn.project_id) == site.project_id)
    with shared_database.transaction() as session:
        ids = [str(known) for known in session.scalars(of_site)]
    assert ids == [answer["check_in_id"]]


@pytest.mark.parametrize(
    ("changes", "status", "problem"),
    [
        ({"direction": "sideways"}, 422, "api.invalid-request"),
        ({"nonce": "short"}, 422, "api.invalid-request"),
        ({"nonce": "line-break\n"}, 422, "api.invalid-request"),
        ({"scanned_at": "2026-10-31T07:00:00"}, 422, "api.invalid-request"),
        ({"scanned_at": "0001-01-01T00:00:00+14:00"}, 422, "api.invalid-request"),
        ({"code": None}, 422, "api.invalid-request"),
        ({"code": "A" * 1_048_576}, 413, "api.body-too-large"),
    ],
)
def test_what_is_no_question_is_refused_as_everywhere(
    shared_api: Api, site: GateSite, changes: dict[str, Any], status: int, problem: str
) -> None:
    response = shared_api.client.post(PATH, json=scan("x") | changes, headers=site.gate.headers)
    assert (response.status_code, response.json()["code"]) == (status, problem)


def test_bytes_that_are_no_json_are_refused_as_everywhere(shared_api: Api, site: GateSite) -> None:
    headers = site.gate.headers | {"Content-Type": "application/json"}
    response = shared_api.client.post(PATH, content=b"\xff{", headers=headers)
    assert response.headers["content-type"] == "application/problem+json"
    assert 400 <= response.status_code < 500


def test_half_a_character_pair_is_no_code(shared_api: Api, site: GateSite) -> None:
    headers = site.gate.headers | {"Content-Type": "application/json"}
    body = json.dumps(scan("CODE")).replace("CODE", "\\ud800")
    response = shared_api.client.post(PATH, content=body, headers=headers)
    assert response.json()["reason"] == "malformed_code"


def test_a_body_in_pieces_is_put_together(shared_api: Api, site: GateSite) -> None:
    body = json.dumps(scan("no code")).encode()
    headers = site.gate.headers | {"Content-Type": "application/json"}

    pieces = [body[:20], body[20:]]
    chunked = shared_api.client.post(PATH, content=iter(pieces), headers=headers)
    declared = headers | {"Content-Length": str(len(body))}
    whole = shared_api.client.post(PATH, content=iter(pieces), headers=declared)
    assert chunked.json()["check_in_id"] == whole.json()["check_in_id"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}])
def test_only_a_paired_gate_is_answered(shared_api: Api, headers: dict[str, str]) -> None:
    response = shared_api.client.post(PATH, json=scan("no code"), headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["x-request-id"]
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "unusual",
    [
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer nobody"), ("Authorization", "Bearer somebody")],
        [("Authorization", "bearer nobody")],
    ],
)
def test_unusual_headers_are_answered_as_the_route_does(
    shared_api: Api, unusual: list[tuple[str, str]]
) -> None:
    headers = [("Content-Type", "application/json"), *unusual]
    body = json.dumps(scan("no code")).encode()
    through_door = shared_api.client.post(PATH, content=body, headers=headers)
    through_route = shared_api.client.post(PATH, content=iter([body]), headers=headers)

    codes = [response.json()["code"] for response in (through_door, through_route)]
    assert codes[0] == codes[1]


def test_of_two_tokens_the_door_takes_the_one_the_route_takes(
    shared_api: Api, site: GateSite
) -> None:
    token = site.gate.headers["Authorization"]
    headers = [("Authorization", "Bearer nobody"), ("Authorization", token)]
    response = shared_api.client.post(PATH, json=scan("no code"), headers=headers)
    assert response.status_code == 401


def test_a_refusal_speaks_the_callers_language(shared_api: Api) -> None:
    headers = {"Authorization": "Bearer nobody", "Accept-Language": "en"}
    response = shared_api.client.post(PATH, json=scan("no code"), headers=headers)
    assert response.json()["title"].isascii()


def test_a_revoked_gate_is_turned_away_by_a_running_server(
    shared_api: Api, shared_database: Database, site: GateSite
) -> None:
    def ask() -> httpx.Response:
        return shared_api.client.post(PATH, json=scan("no code"), headers=site.gate.headers)

    assert ask().status_code == 200
    with shared_database.transaction() as session:
        revoke_device(session, project_id=site.project_id, device_id=site.gate.device_id)
    wait_until(lambda: ask().status_code == 401)


def test_other_methods_and_paths_pass_the_door(shared_api: Api) -> None:
    assert shared_api.client.get(PATH).status_code == 405
    assert shared_api.client.get("/healthz").status_code == 200
