"""Phone check-ins and fences over HTTP: what the worker sees, and what the manager does not."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session

from core.enums import Role
from core.keyring import Keyring
from identity.consents import LOCATION_NOTICE_VERSION
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.fences import CENTRE
from tests.factories.identity import bearer, make_person, make_principal

CIRCLE = {
    "datum": "wgs84",
    "points": [{"latitude": CENTRE[0], "longitude": CENTRE[1]}],
    "radius_m": 200,
}
HERE = {"latitude": CENTRE[0], "longitude": CENTRE[1], "accuracy": 12.4}
AWAY = HERE | {"latitude": CENTRE[0] + 0.1}


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def worker(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(keyring, make_principal(site.person_id, Role.WORKER))


@pytest.fixture
def manager(session: Session, keyring: Keyring, site: GateSite) -> dict[str, str]:
    person = make_person(session)
    return bearer(
        keyring, make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project_id)
    )


def check_in(client: TestClient, site: GateSite, headers: dict[str, str], **facts: Any) -> Response:
    usual = {
        "poster_token": site.project.poster_token,
        "direction": "in",
        "location": HERE,
        "nonce": "phone-0001",
        "notice_version": LOCATION_NOTICE_VERSION,
    }
    return client.post("/v1/me/check-ins", json=usual | facts, headers=headers)


def test_check_in_inside_the_fence(
    client: TestClient, site: GateSite, worker: dict[str, str], manager: dict[str, str]
) -> None:
    client.put(f"/v1/projects/{site.project_id}/fence", json=CIRCLE, headers=manager)

    answer = check_in(client, site, worker)

    told = answer.json()
    assert answer.status_code == 201
    assert (told["grade"], told["place"], told["accuracy_m"]) == ("C", "inside", 12)
    assert (told["counts_as_work"], told["signals"]) == (True, [])
    assert told["location"] == HERE | {"datum": "wgs84"}
    assert told["says"] == ["进场打卡成功"]


def test_the_four_fixed_fields_are_enough(
    client: TestClient, site: GateSite, worker: dict[str, str]
) -> None:
    body = {
        "poster_token": site.project.poster_token,
        "direction": "in",
        "location": HERE,
        "nonce": "phone-0001",
    }

    answer = client.post("/v1/me/check-ins", json=body, headers=worker)

    assert (answer.status_code, answer.json()["grade"]) == (201, "C")
    assert answer.json()["location"] is None, "nobody has agreed to its use"


def test_repeated_nonce_gives_the_first_answer(
    client: TestClient, site: GateSite, worker: dict[str, str]
) -> None:
    first = check_in(client, site, worker).json()
    again = check_in(client, site, worker, location=None).json()

    assert again == first
    assert len(client.get("/v1/me/check-ins", headers=worker).json()["items"]) == 1


def test_manager_learns_outside_and_metres_but_no_coordinates(
    client: TestClient, site: GateSite, worker: dict[str, str], manager: dict[str, str]
) -> None:
    client.put(f"/v1/projects/{site.project_id}/fence", json=CIRCLE, headers=manager)
    check_in(client, site, worker, location=AWAY)

    answer = client.get(f"/v1/projects/{site.project_id}/gate-conflicts", headers=manager)

    (conflict,) = answer.json()["items"]
    assert (conflict["kind"], conflict["place"]) == ("phone_signal", "outside")
    assert (conflict["accuracy_m"], conflict["signals"]) == (12, ["outside_fence"])
    assert conflict["counts_as_work"] is True
    assert "30.35" not in answer.text
    assert "120.13" not in answer.text


def test_manager_closes_the_question_with_a_note(
    client: TestClient, site: GateSite, worker: dict[str, str], manager: dict[str, str]
) -> None:
    check_in(client, site, worker, location=None)
    where = f"/v1/projects/{site.project_id}/gate-conflicts"
    (conflict,) = client.get(where, headers=manager).json()["items"]

    note = {"outcome": "acknowledged", "note": "手机没给位置，人在工地"}
    closed = client.post(f"{where}/{conflict['id']}/resolve", json=note, headers=manager)

    assert closed.json()["state"] == "resolved"


def test_worker_withdraws_the_consent(
    client: TestClient, site: GateSite, worker: dict[str, str]
) -> None:
    check_in(client, site, worker)

    withdrawn = client.delete("/v1/me/location-consent", headers=worker)
    later = check_in(client, site, worker, direction="out", nonce="phone-0002", notice_version=None)

    assert withdrawn.status_code == 204
    assert later.json()["location"] is None


def test_notice_is_for_anybody(client: TestClient) -> None:
    notice = client.get("/v1/location-notice").json()

    assert notice["version"] == LOCATION_NOTICE_VERSION
    assert "不给也能打卡" in notice["text"]


@pytest.mark.parametrize(
    "facts",
    [
        {"location": HERE | {"latitude": 91}},
        {"location": HERE | {"longitude": None}},
        {"location": HERE | {"accuracy": -1}},
        {"location": HERE | {"datum": "bd09"}},
        {"direction": "sideways"},
        {"nonce": "short"},
        {"poster_token": "a/b"},
    ],
)
def test_unfit_check_in_is_refused(
    client: TestClient, site: GateSite, worker: dict[str, str], facts: dict[str, Any]
) -> None:
    assert check_in(client, site, worker, **facts).status_code == 422


def test_location_that_is_no_number_is_refused(
    client: TestClient, site: GateSite, worker: dict[str, str]
) -> None:
    body = (
        f'{{"poster_token": "{site.project.poster_token}", "direction": "in", "nonce": "phone-01",'
        ' "location": {"latitude": NaN, "longitude": 1e999, "accuracy": 1}}'
    )
    headers = worker | {"Content-Type": "application/json"}

    answer = client.post("/v1/me/check-ins", content=body, headers=headers)

    assert answer.status_code in (400, 422)


def test_stranger_to_the_site_is_refused(
    client: TestClient, session: Session, keyring: Keyring, site: GateSite
) -> None:
    stranger = bearer(keyring, make_principal(make_person(session).id, Role.WORKER))

    answer = check_in(client, site, stranger)

    assert (answer.status_code, answer.json()["code"]) == (403, "attendance.not-on-this-project")


def test_fence_is_read_as_it_was_entered(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    where = f"/v1/projects/{site.project_id}/fence"
    corners = [(30.0, 120.0), (30.0, 120.01), (30.01, 120.005)]
    polygon = {
        "datum": "gcj02",
        "points": [{"latitude": north, "longitude": east} for north, east in corners],
        "radius_m": None,
    }

    missing = client.get(where, headers=manager)
    client.put(where, json=polygon, headers=manager)

    assert missing.json()["code"] == "attendance.fence-not-found"
    assert client.get(where, headers=manager).json() == polygon


@pytest.mark.parametrize(
    "change",
    [
        {"radius_m": None},
        {"points": CIRCLE["points"] * 2},  # type: ignore[operator]
        {"points": []},
        {"radius_m": 1},
        {"datum": None},
        {"points": [{"latitude": CENTRE[1], "longitude": CENTRE[0]}]},
    ],
)
def test_fence_that_is_no_shape_is_refused(
    client: TestClient, site: GateSite, manager: dict[str, str], change: dict[str, Any]
) -> None:
    where = f"/v1/projects/{site.project_id}/fence"

    assert client.put(where, json=CIRCLE | change, headers=manager).status_code == 422
