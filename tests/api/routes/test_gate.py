"""The gate over HTTP: pairing, deciding, and an answer that is never given before it is stored."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import Session, col

from core.clock import now
from core.enums import Role
from core.keyring import Keyring
from db.models import CheckIn
from db.session import Database
from devices.service import revoke_device
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.factories.identity import bearer, make_principal
from tests.live import Api


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def scan(code: object, **changes: object) -> dict[str, object]:
    body = {"code": code, "direction": "in", "nonce": uuid4().hex, "scanned_at": now().isoformat()}
    return body | changes


def test_a_good_code_is_admitted(
    client: TestClient, session: Session, keyring: Keyring, site: GateSite
) -> None:
    body = scan(site.live_code(session, keyring))

    response = client.post("/v1/gate/verify", json=body, headers=site.gate.headers)

    assert response.status_code == 200
    answer = response.json()
    check_in_id = UUID(answer.pop("check_in_id"))
    assert answer == {
        "decision": "admitted",
        "reason": "ok",
        "say": "请进，注意安全",
        "tone": "welcome",
        "worker": {"masked_name": "王*明", "trade": "钢筋工", "team": "钢筋一班"},
    }
    assert session.scalars(select(col(CheckIn.id))).one() == check_in_id


def test_something_that_is_no_code_is_a_decision_too(client: TestClient, site: GateSite) -> None:
    response = client.post("/v1/gate/verify", json=scan("hello"), headers=site.gate.headers)
    assert response.status_code == 200
    answer = response.json()
    assert (answer["decision"], answer["reason"]) == ("refused", "malformed_code")
    assert (answer["tone"], answer["worker"]) == ("refuse", None)


def test_a_huge_code_is_refused_as_a_body_or_decided_as_a_code(
    client: TestClient, site: GateSite
) -> None:
    below = client.post("/v1/gate/verify", json=scan("A" * 900_000), headers=site.gate.headers)
    above = client.post("/v1/gate/verify", json=scan("A" * 1_048_576), headers=site.gate.headers)
    assert (below.status_code, below.json()["reason"]) == (200, "malformed_code")
    assert (above.status_code, above.json()["code"]) == (413, "api.body-too-large")


@pytest.mark.parametrize(
    "changes",
    [
        {"direction": "sideways"},
        {"nonce": ""},
        {"nonce": "x" * 65},
        {"nonce": "line\nbreak"},
        {"scanned_at": "2026-10-31T07:00:00"},
        {"scanned_at": "yesterday"},
        {"scanned_at": "0001-01-01T00:00:00+14:00"},
        {"scanned_at": "9999-12-31T23:59:59-14:00"},
        {"code": None},
        {"code": 7},
    ],
)
def test_a_malformed_call_is_a_problem_and_stores_nothing(
    client: TestClient, session: Session, site: GateSite, changes: dict[str, Any]
) -> None:
    response = client.post(
        "/v1/gate/verify", json=scan("hello") | changes, headers=site.gate.headers
    )
    assert (response.status_code, response.json()["code"]) == (422, "api.invalid-request")
    assert session.scalars(select(CheckIn)).all() == []


def test_half_a_character_pair_is_no_code(client: TestClient, site: GateSite) -> None:
    body = '{"code": "\\ud800", "direction": "in", "nonce": "12345678", "scanned_at": "%s"}'
    headers = {**site.gate.headers, "Content-Type": "application/json"}
    response = client.post("/v1/gate/verify", content=body % now().isoformat(), headers=headers)
    assert response.json()["reason"] == "malformed_code"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}])
def test_only_a_paired_device_may_ask(
    client: TestClient, site: GateSite, headers: dict[str, str]
) -> None:
    assert client.post("/v1/gate/verify", json=scan("hello"), headers=headers).status_code == 401


def test_a_revoked_gate_may_not_ask(client: TestClient, session: Session, site: GateSite) -> None:
    revoke_device(session, project_id=site.project_id, device_id=site.gate.device_id)
    response = client.post("/v1/gate/verify", json=scan("hello"), headers=site.gate.headers)
    assert response.json()["code"] == "devices.unknown-device"


def test_a_person_is_not_a_gate(client: TestClient, keyring: Keyring, site: GateSite) -> None:
    headers = bearer(keyring, make_principal(site.person_id, Role.WORKER))
    assert client.post("/v1/gate/verify", json=scan("hello"), headers=headers).status_code == 401


@dataclass
class Stream:
    """Gates that scan until one of their answers ends the server, remembering what they heard."""

    api: Api
    answers_until_kill: int
    answered: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def run(self, headers: dict[str, str], codes: list[str]) -> None:
        """Show each good code, then garbage: refusals must be kept as well."""
        while len(self.answered) < self.answers_until_kill:
            nonce = uuid4().hex
            self.asked.append(nonce)
            body = scan(codes.pop() if codes else "none", nonce=nonce)
            try:
                response = self.api.client.post("/v1/gate/verify", json=body, headers=headers)
            except httpx.TransportError:
                return
            assert response.status_code == 200
            self.answered.append(nonce)
        self.api.kill()


# httpcore leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("answers_until_kill", [1, 60])
def test_every_answered_check_in_survives_a_killed_server(
    live_api: Api, live_database: Database, keyring: Keyring, answers_until_kill: int
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        gates = [make_gate(session, site.project).headers for _ in range(4)]
        codes = [
            site.live_code(session, keyring, at=now() + timedelta(seconds=15 * step))
            for step in (0, 1, -1)
        ]
    stream = Stream(live_api, answers_until_kill)

    with ThreadPoolExecutor(len(gates)) as pool:
        for gate in [pool.submit(stream.run, headers, list(codes)) for headers in gates]:
            gate.result()

    with live_database.transaction() as session:
        stored = set(session.scalars(select(col(CheckIn.nonce))))
        admitted = session.scalars(select(CheckIn).where(col(CheckIn.admitted))).all()
    assert len(stream.answered) >= answers_until_kill
    assert set(stream.answered) <= stored <= set(stream.asked)
    assert len(admitted) <= len(codes)


def test_pairing_over_http_gives_a_token_that_opens(
    client: TestClient, session: Session, keyring: Keyring, site: GateSite
) -> None:
    manager = make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    code = site.live_code(session, keyring)

    offer = client.post(
        f"/v1/projects/{site.project_id}/devices",
        json={"name": "西门闸机"},
        headers=bearer(keyring, manager),
    )
    assert offer.status_code == 201
    paired = client.post("/v1/devices/pair", json={"pairing_code": offer.json()["pairing_code"]})
    assert paired.status_code == 200
    headers = {"Authorization": f"Bearer {paired.json()['token']}"}
    answer = client.post("/v1/gate/verify", json=scan(code), headers=headers)

    assert answer.json()["decision"] == "admitted"
