from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, col, select

from core.clock import now
from core.enums import Role
from db.models import Notification, Person, SignIn
from tests.factories.identity import make_grant, make_person
from tests.factories.projects import make_project, make_project_worker, make_team

PHONE = "19155500001"


@pytest.fixture
def worker(session: Session) -> Person:
    person = make_person(session, phone=f"+86{PHONE}")
    make_project_worker(session, make_team(session, make_project(session)), person)
    return person


def texted_code(session: Session) -> str:
    newest = select(Notification).order_by(col(Notification.id).desc()).limit(1)
    body = session.exec(newest).one().body
    return "".join(character for character in body if character.isdigit())[:6]


def ask_for_tokens(client: TestClient, session: Session, **choice: str) -> Any:
    client.post("/v1/auth/codes", json={"phone": PHONE})
    code = texted_code(session)
    return client.post(
        "/v1/auth/tokens", json={"grant_type": "sms_code", "phone": PHONE, "code": code, **choice}
    )


def refresh(client: TestClient, token: str) -> Any:
    return client.post(
        "/v1/auth/tokens", json={"grant_type": "refresh_token", "refresh_token": token}
    )


def test_known_and_unknown_numbers_get_the_same_answer(client: TestClient, worker: Person) -> None:
    known = client.post("/v1/auth/codes", json={"phone": PHONE})
    unknown = client.post("/v1/auth/codes", json={"phone": "19155500002"})

    assert worker.phone != "+8619155500002"
    assert (known.status_code, known.json()) == (202, unknown.json())
    assert known.json() == {"valid_seconds": 300, "next_after_seconds": 60}


def test_second_code_must_wait(client: TestClient) -> None:
    client.post("/v1/auth/codes", json={"phone": PHONE})

    response = client.post("/v1/auth/codes", json={"phone": f"+86 {PHONE}"})

    assert response.status_code == 429
    assert response.json()["code"] == "identity.too-many-codes"
    assert int(response.headers["Retry-After"]) == response.json()["retry_after"] > 50


@pytest.mark.parametrize("phone", ["", "12345", "+1 202 555 0100", "057187654321", "1" * 31])
def test_number_that_is_no_mainland_mobile_is_refused(client: TestClient, phone: str) -> None:
    response = client.post("/v1/auth/codes", json={"phone": phone})

    assert response.status_code == 422
    assert response.json()["errors"][0]["location"] == ["body", "phone"]


def test_code_gives_tokens_nobody_may_cache(
    client: TestClient, session: Session, worker: Person
) -> None:
    person_id = str(worker.id)

    response = ask_for_tokens(client, session)

    tokens = response.json()
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert (tokens["person_id"], tokens["role"], tokens["scope"]) == (person_id, "worker", None)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)


@pytest.mark.usefixtures("worker")
def test_access_token_opens_the_api(client: TestClient, session: Session) -> None:
    token = ask_for_tokens(client, session).json()["access_token"]

    response = client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 200


@pytest.mark.usefixtures("worker")
def test_five_wrong_codes_end_the_code(client: TestClient, session: Session) -> None:
    client.post("/v1/auth/codes", json={"phone": PHONE})
    right = texted_code(session)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    body = {"grant_type": "sms_code", "phone": PHONE}
    for _ in range(5):
        assert client.post("/v1/auth/tokens", json=body | {"code": wrong}).status_code == 401

    response = client.post("/v1/auth/tokens", json=body | {"code": right})

    assert response.status_code == 401
    assert response.json()["code"] == "identity.wrong-code"
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_shared_phone_chooses_a_person(
    client: TestClient, session: Session, worker: Person
) -> None:
    wife = make_person(session, name="李红", phone=worker.phone)
    make_project_worker(session, make_team(session, make_project(session)), wife)
    wife_id = str(wife.id)
    client.post("/v1/auth/codes", json={"phone": PHONE})
    body = {"grant_type": "sms_code", "phone": PHONE, "code": texted_code(session)}

    refusal = client.post("/v1/auth/tokens", json=body)
    tokens = client.post("/v1/auth/tokens", json=body | {"person_id": wife_id})

    assert refusal.status_code == 409
    assert refusal.json()["code"] == "identity.choose-identity"
    assert [choice["masked_name"] for choice in refusal.json()["choices"]] == ["王*明", "李*"]
    assert tokens.json()["person_id"] == wife_id


def test_offered_choice_can_be_sent_back_as_it_is(
    client: TestClient, session: Session, worker: Person
) -> None:
    project = make_project(session)
    make_grant(session, worker, Role.LABOUR_MANAGER, project_id=project.id)
    scope = f"project:{project.id}"
    client.post("/v1/auth/codes", json={"phone": PHONE})
    body = {"grant_type": "sms_code", "phone": PHONE, "code": texted_code(session)}
    choices = client.post("/v1/auth/tokens", json=body).json()["choices"]
    manager = next(choice for choice in choices if choice["role"] == "labour_manager")

    response = client.post("/v1/auth/tokens", json=body | manager)

    assert (response.status_code, response.json()["scope"]) == (200, scope)


def test_grant_that_is_not_offered_says_so(client: TestClient) -> None:
    response = client.post("/v1/auth/tokens", json={"grant_type": "wechat", "code": "x"})

    assert response.status_code == 422
    assert response.json()["code"] == "identity.grant-not-offered"


@pytest.mark.usefixtures("worker")
def test_refresh_rotates(client: TestClient, session: Session) -> None:
    first = ask_for_tokens(client, session).json()

    second = refresh(client, first["refresh_token"])

    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]


@pytest.mark.usefixtures("worker")
def test_reuse_ends_the_family_although_it_is_refused(client: TestClient, session: Session) -> None:
    first = ask_for_tokens(client, session).json()
    second = refresh(client, first["refresh_token"]).json()
    rotated = session.exec(select(SignIn).where(col(SignIn.rotated_at).is_not(None))).one()
    rotated.rotated_at = now() - timedelta(minutes=1)

    reuse = refresh(client, first["refresh_token"])

    assert reuse.status_code == 401
    assert reuse.json()["code"] == "identity.sign-in-ended"
    assert refresh(client, second["refresh_token"]).status_code == 401


@pytest.mark.usefixtures("worker")
def test_sign_out_ends_the_refresh_token(client: TestClient, session: Session) -> None:
    tokens = ask_for_tokens(client, session).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}

    response = client.delete("/v1/auth/tokens", headers=headers)

    assert response.status_code == 204
    assert refresh(client, tokens["refresh_token"]).status_code == 401


def test_sign_out_needs_a_sign_in(client: TestClient) -> None:
    assert client.delete("/v1/auth/tokens").json()["code"] == "identity.not-signed-in"


def test_outage_of_valkey_is_told_as_such(client: TestClient, app: Any) -> None:
    working = app.state.valkey
    app.state.valkey = Redis.from_url("unix:///nowhere/valkey.sock")

    response = client.post("/v1/auth/codes", json={"phone": PHONE})

    app.state.valkey = working
    assert response.status_code == 503
    assert response.json()["code"] == "identity.sign-in-unavailable"
