"""Devices over HTTP: the labour manager's, and only of the own project."""

from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.clock import local_date, now
from core.enums import Role
from core.keyring import Keyring
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import bearer, make_principal
from tests.factories.projects import make_project


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(
        keyring, make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    )


def test_the_list_shows_devices_without_their_secrets(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    page = client.get(f"/v1/projects/{site.project_id}/devices", headers=manager).json()
    (device,) = page["items"]
    assert device["id"] == str(site.gate.device_id)
    assert not {"token", "token_hash", "pairing_code_hash"} & set(device)


def test_a_name_taken_is_a_conflict(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    where = f"/v1/projects/{site.project_id}/devices"
    assert client.post(where, json={"name": "东门"}, headers=manager).status_code == 201
    again = client.post(where, json={"name": " 东门 "}, headers=manager)
    assert (again.status_code, again.json()["code"]) == (409, "devices.name-taken")


def test_a_device_is_paired_anew_and_revoked(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    where = f"/v1/projects/{site.project_id}/devices/{site.gate.device_id}"

    offer = client.post(f"{where}/pairing", headers=manager)
    revoked = client.post(f"{where}/revoke", headers=manager)
    refused = client.post("/v1/devices/pair", json={"pairing_code": offer.json()["pairing_code"]})
    late = client.post(f"{where}/pairing", headers=manager)

    assert (offer.status_code, revoked.status_code) == (201, 200)
    assert revoked.json()["revoked_at"] is not None
    assert (refused.status_code, refused.json()["code"]) == (401, "devices.wrong-pairing-code")
    assert (late.status_code, late.json()["code"]) == (409, "devices.device-revoked")


def test_another_project_does_not_exist_for_its_neighbours_manager(
    client: TestClient, session: Session, manager: dict[str, str]
) -> None:
    elsewhere = make_project(session).id
    response = client.post(
        f"/v1/projects/{elsewhere}/devices", json={"name": "东门"}, headers=manager
    )
    assert (response.status_code, response.json()["code"]) == (404, "projects.project-not-found")


@pytest.mark.parametrize("code", ["1234567", "123456789", "12 45678", "12345678\n", "abcdefgh"])
def test_a_pairing_code_has_eight_digits(client: TestClient, code: str) -> None:
    response = client.post("/v1/devices/pair", json={"pairing_code": code})
    assert response.status_code == 422


def test_guesses_are_slowed_down(client: TestClient) -> None:
    answers = [
        client.post("/v1/devices/pair", json={"pairing_code": f"{guess:08d}"})
        for guess in range(11)
    ]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_the_pairing_code_is_shown_to_the_gates_reader_as_a_picture(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    offer = client.post(
        f"/v1/projects/{site.project_id}/devices", json={"name": "东门"}, headers=manager
    ).json()
    assert offer["qr_text"] == f"AXP{offer['pairing_code']}"
    assert offer["qr_svg"].startswith("<svg")


def test_the_manager_sees_how_a_gate_is_doing(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    said = {
        "User-Agent": "anxinma-gate/1",
        "Gate-Time": now().isoformat(),
        "Gate-Power": "battery 80",
        "Gate-Waiting": "3",
        "Gate-Quarantined": "0",
        "Gate-Offline-Until": "2026-11-30",
    }
    client.get("/v1/gate/sync", headers=site.gate.headers | said)

    (device,) = client.get(f"/v1/projects/{site.project_id}/devices", headers=manager).json()[
        "items"
    ]

    assert abs(device["clock_offset_ms"]) < 2_000
    health = device["health"]
    assert health["synced_at"] == health["heard_at"] == health["waiting_since"]
    assert {name: health[name] for name in ("version", "power", "battery_percent")} == {
        "version": "anxinma-gate/1",
        "power": "battery",
        "battery_percent": 80,
    }
    assert (health["waiting"], health["offline_until"]) == (3, "2026-11-30")
    assert device["troubles"] == []


def test_a_gate_is_asked_for_a_new_token_and_exchanges_it(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    first = client.get("/v1/gate/sync", headers=site.gate.headers)
    known = {**site.gate.headers, "If-None-Match": first.headers["ETag"]}
    where = f"/v1/projects/{site.project_id}/devices/{site.gate.device_id}"

    asked = client.post(f"{where}/roll", headers=manager).json()
    told = client.get(f"/v1/gate/sync?cursor={first.json()['cursor']}", headers=known)
    renewed = client.post("/v1/devices/token", headers=site.gate.headers).json()
    new = {"Authorization": f"Bearer {renewed['token']}"}

    assert (first.json()["roll_token"], told.json()["roll_token"]) == (False, True)
    assert asked["roll_due_at"] is not None
    assert client.get("/v1/gate/sync", headers=new).json()["roll_token"] is False
    assert client.get("/v1/gate/sync", headers=site.gate.headers).status_code == 401


def test_a_lost_gate_is_shut_out_at_once(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    client.get("/v1/gate/sync", headers=site.gate.headers)
    where = f"/v1/projects/{site.project_id}/devices/{site.gate.device_id}"
    lost_at = (now() - timedelta(hours=2)).isoformat()

    lost = client.post(f"{where}/lost", json={"lost_at": lost_at}, headers=manager).json()
    early = (now() + timedelta(hours=1)).isoformat()
    refused = client.post(f"{where}/lost", json={"lost_at": early}, headers=manager)

    assert datetime.fromisoformat(lost["lost_at"]) == datetime.fromisoformat(lost_at)
    assert lost["keys_end_date"] == str(local_date(now()) + timedelta(days=7))
    assert (refused.status_code, refused.json()["code"]) == (422, "devices.lost-in-future")
    for path in ("gate/sync", "gate/verify"):
        method = "GET" if path.endswith("sync") else "POST"
        answer = client.request(method, f"/v1/{path}", headers=site.gate.headers, json={})
        assert answer.status_code == 401
