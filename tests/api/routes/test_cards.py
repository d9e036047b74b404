"""Printed cards over HTTP: made once, shown once, revoked, and signed in with at a kiosk."""

from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, select

from core.clock import now
from core.crypto import b64url
from core.enums import Role
from core.keyring import Keyring
from db.models import WorkerCard
from qr import code
from tests.factories.attendance import Gate, GateSite, make_gate_site
from tests.factories.cards import make_card, make_kiosk
from tests.factories.identity import bearer, make_principal

OWN_PIN = "730194"


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def kiosk(session: Session, site: GateSite) -> Gate:
    return make_kiosk(session, site.project)


@pytest.fixture
def manager(keyring: Keyring, site: GateSite) -> dict[str, str]:
    principal = make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    return bearer(keyring, principal)


@pytest.fixture
def worker(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(keyring, make_principal(site.person_id))


def issue(client: TestClient, site: GateSite, manager: dict[str, str], **body: Any) -> Any:
    url = f"/v1/projects/{site.project_id}/workers/{site.worker_id}/cards"
    return client.post(url, json=body, headers=manager)


def sign_in(client: TestClient, card: str, pin: str, headers: dict[str, str], **more: str) -> Any:
    body = {"grant_type": "card_pin", "card": card, "pin": pin, **more}
    return client.post("/v1/auth/tokens", json=body, headers=headers)


def test_a_card_is_shown_once_and_cached_nowhere(
    client: TestClient, session: Session, site: GateSite, manager: dict[str, str]
) -> None:
    response = issue(client, site, manager)

    made = response.json()
    assert (response.status_code, response.headers["Cache-Control"]) == (201, "no-store")
    digest = code.card_digest(code.decode_card(made["code"]))
    assert session.exec(select(WorkerCard.digest)).all() == [digest]
    assert made["masked_name"] == "王*明"


def test_a_repeated_key_does_not_bring_the_secrets_back(
    client: TestClient, redis: Redis, site: GateSite, manager: dict[str, str]
) -> None:
    headers = manager | {"Idempotency-Key": str(uuid4())}
    first = issue(client, site, headers)
    second = issue(client, site, headers)

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["code"] == "qr.card-exists"
    assert list(redis.scan_iter("api:idempotency:*")) == []


def test_secrets_do_not_reach_the_log(
    client: TestClient,
    site: GateSite,
    manager: dict[str, str],
    kiosk: Gate,
    capfd: pytest.CaptureFixture[str],
) -> None:
    made = issue(client, site, manager).json()
    sign_in(client, made["code"], made["pin"], kiosk.headers, new_pin=OWN_PIN)
    logged = "".join(capfd.readouterr())
    for secret in (made["code"], made["pin"], OWN_PIN):
        assert secret not in logged


def test_a_team_gets_its_papers(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    url, body = f"/v1/projects/{site.project_id}/cards", {"team_id": str(site.team_id)}

    first = client.post(url, json=body, headers=manager)
    second = client.post(url, json=body, headers=manager)

    assert (first.status_code, first.headers["content-type"]) == (201, "application/zip")
    assert first.headers["Cache-Control"] == "no-store"
    assert len(ZipFile(BytesIO(first.content)).namelist()) == 3
    assert ZipFile(BytesIO(second.content)).namelist() == []


def test_named_workers_get_new_papers_with_a_reason(
    client: TestClient, session: Session, site: GateSite, manager: dict[str, str]
) -> None:
    make_card(session, site.worker)
    url, body = f"/v1/projects/{site.project_id}/cards", {"worker_ids": [str(site.worker_id)]}

    refused = client.post(url, json=body, headers=manager)
    made = client.post(url, json=body | {"replace_because": "卡丢了"}, headers=manager)

    assert (refused.status_code, made.status_code) == (409, 201)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"team_id": str(uuid4()), "worker_ids": [str(uuid4())]},
        {"team_id": str(uuid4()), "replace_because": "卡丢了"},
        {"worker_ids": [str(uuid4())] * 201},
        {"worker_ids": [str(uuid4())], "replace_because": " "},
    ],
)
def test_a_batch_says_clearly_whose_cards(
    client: TestClient, site: GateSite, manager: dict[str, str], body: dict[str, Any]
) -> None:
    response = client.post(f"/v1/projects/{site.project_id}/cards", json=body, headers=manager)
    assert response.status_code == 422


def test_manager_revokes_and_lists(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    made = issue(client, site, manager).json()
    url = f"/v1/projects/{site.project_id}/cards/{made['id']}/revoke"

    revoked = client.post(url, json={"reason": "卡丢了"}, headers=manager)

    listed = client.get(
        f"/v1/projects/{site.project_id}/workers/{site.worker_id}/cards", headers=manager
    )
    assert (revoked.status_code, revoked.json()["revoke_reason"]) == (200, "卡丢了")
    assert listed.json() == [revoked.json()]
    assert made["number"] == revoked.json()["number"]


def test_worker_lists_revokes_and_chooses(
    client: TestClient, site: GateSite, manager: dict[str, str], worker: dict[str, str]
) -> None:
    card_id = issue(client, site, manager).json()["id"]

    chosen = client.post(f"/v1/me/cards/{card_id}/pin", json={"pin": OWN_PIN}, headers=worker)
    revoked = client.post(f"/v1/me/cards/{card_id}/revoke", headers=worker)

    assert chosen.json()["is_pin_chosen"]
    assert revoked.json()["revoke_reason"] == "本人挂失"
    assert client.get("/v1/me/cards", headers=worker).json() == [revoked.json()]


def test_a_new_letter_is_a_page_to_fold(
    client: TestClient, session: Session, site: GateSite, manager: dict[str, str]
) -> None:
    card_id = make_card(session, site.worker).card.id
    url = f"/v1/projects/{site.project_id}/cards/{card_id}/pin-letter"

    response = client.post(url, headers=manager)

    assert (response.status_code, response.headers["content-type"]) == (201, "application/pdf")
    assert response.content.startswith(b"%PDF")
    assert response.headers["Cache-Control"] == "no-store"


def test_card_and_pin_sign_in_at_a_kiosk_for_ten_minutes(
    client: TestClient, session: Session, site: GateSite, kiosk: Gate
) -> None:
    made = make_card(session, site.worker)
    card, pin, person_id = made.code, made.pin, str(site.person_id)

    must_choose = sign_in(client, card, pin, kiosk.headers)
    chosen = sign_in(client, card.lower(), pin, kiosk.headers, new_pin=OWN_PIN)

    assert (must_choose.status_code, must_choose.json()["code"]) == (409, "qr.choose-new-pin")
    tokens = chosen.json()
    assert chosen.status_code == 200
    assert (tokens["person_id"], tokens["role"]) == (person_id, "worker")
    assert (tokens["expires_in"], tokens["refresh_token"]) == (600, None)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/v1/me/payslips", headers=headers).status_code == 200


def test_a_kiosk_does_not_get_the_keys_of_the_workers_phone(
    client: TestClient, session: Session, site: GateSite, kiosk: Gate
) -> None:
    made = make_card(session, site.worker)
    card_id = made.card.id
    tokens = sign_in(client, made.code, made.pin, kiosk.headers, new_pin=OWN_PIN).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    answers = [
        client.get("/v1/me/code-kit", headers=headers),
        client.get("/v1/me/code.png", headers=headers),
        client.post(f"/v1/me/cards/{card_id}/pin", json={"pin": "204815"}, headers=headers),
    ]

    assert [answer.json()["code"] for answer in answers] == ["identity.own-phone-required"] * 3


def test_without_a_kiosk_a_card_signs_nobody_in(
    client: TestClient, session: Session, site: GateSite, worker: dict[str, str]
) -> None:
    made = make_card(session, site.worker)
    card, pin = made.code, made.pin

    answers = [sign_in(client, card, pin, headers) for headers in ({}, worker, site.gate.headers)]

    assert [answer.json()["code"] for answer in answers] == ["qr.kiosk-required"] * 3


def test_a_wrong_pin_is_counted_although_it_is_refused(
    client: TestClient, session: Session, site: GateSite, kiosk: Gate
) -> None:
    made = make_card(session, site.worker)
    card, card_id, wrong = made.code, made.card.id, f"{(int(made.pin) + 1) % 10**6:06d}"

    response = sign_in(client, card, wrong, kiosk.headers)

    assert (response.status_code, response.json()["code"]) == (401, "qr.wrong-card-pin")
    assert session.get_one(WorkerCard, card_id).pin_failures == 1


def test_the_sixth_try_in_a_quarter_of_an_hour_waits(
    client: TestClient, session: Session, site: GateSite, kiosk: Gate
) -> None:
    made = make_card(session, site.worker)
    card, pin = made.code, made.pin
    for _ in range(5):
        sign_in(client, card, pin, kiosk.headers)

    response = sign_in(client, card, pin, kiosk.headers, new_pin=OWN_PIN)

    assert response.status_code == 429
    assert response.json()["code"] == "qr.too-many-pin-tries"


def test_gates_are_told_of_good_cards_and_of_their_end(
    client: TestClient, session: Session, site: GateSite, worker: dict[str, str]
) -> None:
    made = make_card(session, site.worker)
    digest, card_id = b64url(made.card.digest), made.card.id

    first = client.get("/v1/gate/sync", headers=site.gate.headers).json()
    client.post(f"/v1/me/cards/{card_id}/revoke", headers=worker)
    url = f"/v1/gate/sync?cursor={first['cursor']}"
    then = client.get(url, headers=site.gate.headers).json()

    assert [card["digest"] for card in first["cards"]] == [digest]
    assert (then["full"], then["cards"], then["tombstones"]["cards"]) == (False, [], [digest])


def test_a_guards_look_is_taken_once_and_from_its_gate(
    client: TestClient, session: Session, site: GateSite
) -> None:
    text = make_card(session, site.worker).code
    scan = {
        "code": text,
        "direction": "in",
        "nonce": "card-scan-0001",
        "scanned_at": now().isoformat(),
        "admitted": True,
        "reason": "ok",
        "clock_bound_ms": 100,
    }
    client.post("/v1/gate/scans", json=[scan], headers=site.gate.headers)
    body = {"nonce": "card-scan-0001"}

    looks = [client.post("/v1/gate/looks", json=body, headers=site.gate.headers) for _ in "12"]
    unknown = client.post("/v1/gate/looks", json={"nonce": "unheard-of"}, headers=site.gate.headers)

    assert [look.status_code for look in looks] == [200, 200]
    assert looks[0].json() == looks[1].json()
    assert (unknown.status_code, unknown.json()["code"]) == (404, "attendance.scan-not-found")
