"""A manager's terminals over HTTP: connecting, setting up, reading what nobody could read."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.enums import DeviceVendor, MessageState, Role
from core.keyring import Keyring
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import bearer, make_person, make_principal
from tests.factories.vendors import check_ins, make_terminal, messages

TERMINAL = {"name": "北门人脸机", "vendor": "hikvision", "direction": "in"}


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def headers(session: Session, keyring: Keyring, site: GateSite) -> dict[str, str]:
    """The project's labour manager."""
    person = make_person(session, name="某专管员")
    principal = make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project_id)
    return bearer(keyring, principal)


@pytest.fixture
def base(site: GateSite) -> str:
    return f"/v1/projects/{site.project_id}"


def test_a_connected_terminal_calls_the_address_it_was_given(
    client: TestClient, session: Session, base: str, headers: dict[str, str]
) -> None:
    response = client.post(f"{base}/terminals", json=TERMINAL, headers=headers)

    assert response.status_code == 201
    url = response.json()["url"]
    assert url.startswith("http://localhost:8000/t/")
    path = url.removeprefix("http://localhost:8000")
    beat = {"eventType": "heartBeat", "dateTime": "2026-11-23T07:00:00+08:00"}
    assert client.post(f"{path}/hikvision", json=beat).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"vendor": "anxinma"},
        {"allowed_networks": ["203.0.113.0/33"]},
        {"allowed_networks": ["axm.example"]},
        {"settings": {"colour": "red"}},
        {"serial_number": "a b"},
        {"name": ""},
    ],
)
def test_a_terminal_that_makes_no_sense_is_refused(
    client: TestClient, base: str, headers: dict[str, str], changes: dict[str, Any]
) -> None:
    response = client.post(f"{base}/terminals", json=TERMINAL | changes, headers=headers)
    assert response.status_code == 422


@pytest.mark.parametrize("given", [{"\ud800": 1}, {"comm_key": "\ud800"}])
def test_half_a_character_is_refused(
    client: TestClient, base: str, headers: dict[str, str], given: dict[str, Any]
) -> None:
    body = json.dumps(TERMINAL | {"vendor": "zkteco_att", "settings": given})

    response = client.post(
        f"{base}/terminals", content=body, headers=headers | {"Content-Type": "application/json"}
    )

    assert response.status_code == 422


def test_a_new_address_ends_the_old_one(
    client: TestClient, session: Session, site: GateSite, base: str, headers: dict[str, str]
) -> None:
    terminal = make_terminal(session, site.project, DeviceVendor.VGUANG)

    response = client.post(f"{base}/terminals/{terminal.device_id}/secret", headers=headers)

    assert response.status_code == 201
    path = response.json()["url"].removeprefix("http://localhost:8000")
    assert client.post(f"{path}/vguang", content=b"ping").status_code == 200
    assert client.post(terminal.path("/vguang"), content=b"ping").status_code == 404


def test_an_unread_message_is_listed_opened_and_read_again(
    client: TestClient, session: Session, site: GateSite, base: str, headers: dict[str, str]
) -> None:
    terminal = make_terminal(session, site.project, DeviceVendor.UFACE)
    form = b"deviceKey=84E0&personId=1001&time=1763800000000&type=face_0"
    client.post(terminal.path("/uface/recog"), content=form)

    (listed,) = client.get(f"{base}/terminal-messages", headers=headers).json()["items"]
    opened = client.post(
        f"{base}/terminal-messages/{listed['id']}/open", json={"reason": "核对"}, headers=headers
    )
    put = client.put(
        f"{base}/terminals/{terminal.device_id}",
        json={"direction": "in", "settings": {"passing_types": ["face_0"]}},
        headers=headers,
    )
    reread = client.post(f"{base}/terminals/{terminal.device_id}/reread", headers=headers)

    assert (listed["note"], listed["path"]) == ("type face_0", "/uface/recog")
    assert "body" not in listed
    assert opened.json()["body"] == form.decode()
    assert put.status_code == 204
    assert reread.json() == {"read": 1, "still_unread": 0}
    assert len(check_ins(session)) == 1
    assert [message.state for message in messages(session)] == [MessageState.TAKEN]


def test_a_message_is_not_opened_without_a_reason(
    client: TestClient, session: Session, site: GateSite, base: str, headers: dict[str, str]
) -> None:
    terminal = make_terminal(session, site.project, DeviceVendor.HIKVISION)
    client.post(terminal.path("/hikvision"), content=b"garbage")
    (message,) = messages(session)

    response = client.post(
        f"{base}/terminal-messages/{message.id}/open", json={"reason": " "}, headers=headers
    )

    assert response.status_code == 422


def test_the_log_does_not_hold_the_secret(
    client: TestClient, session: Session, site: GateSite, caplog: pytest.LogCaptureFixture
) -> None:
    terminal = make_terminal(session, site.project, DeviceVendor.VGUANG)

    client.post(terminal.path("/vguang"), content=b"ping")

    ours = [record.getMessage() for record in caplog.records if record.name == "api.access"]
    assert ours
    assert not any(terminal.secret in line for line in ours)
