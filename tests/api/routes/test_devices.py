"""Devices over HTTP: the labour manager's, and only of the own project."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

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
    (device,) = client.get(f"/v1/projects/{site.project_id}/devices", headers=manager).json()
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
