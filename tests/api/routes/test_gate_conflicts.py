"""Conflicts and unread uploads over HTTP: the labour manager's, masked, and closed once."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import Session

from core.enums import Role
from core.keyring import Keyring
from db.models import AuditEntry
from tests.factories.attendance import (
    GateSite,
    make_conflict,
    make_gate_site,
    make_unread_scan,
)
from tests.factories.identity import bearer, make_principal


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(
        keyring, make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    )


def test_a_conflict_is_closed_with_a_note_and_listed_as_closed(
    client: TestClient, session: Session, site: GateSite, manager: dict[str, str]
) -> None:
    conflict = make_conflict(session, site.project_id, site.gate.device_id, worker=site.worker)
    where = f"/v1/projects/{site.project_id}/gate-conflicts"

    (listed,) = client.get(f"{where}?state=open", headers=manager).json()["items"]
    body = {"outcome": "guard_statement", "note": " 门卫认得是本人 ", "guard_name": "老李"}
    closed = client.post(f"{where}/{conflict.id}/resolve", json=body, headers=manager)
    again = client.post(f"{where}/{conflict.id}/resolve", json=body, headers=manager)

    assert (listed["id"], listed["state"], listed["worker"]["masked_name"]) == (
        str(conflict.id),
        "open",
        "王*明",
    )
    assert closed.json() == {
        **listed,
        "state": "resolved",
        "outcome": "guard_statement",
        "note": "门卫认得是本人",
        "guard_name": "老李",
        "resolved_at": closed.json()["resolved_at"],
    }
    assert (again.status_code, again.json()["code"]) == (409, "attendance.conflict-resolved")
    assert client.get(f"{where}?state=open", headers=manager).json()["items"] == []
    assert len(client.get(f"{where}?state=resolved", headers=manager).json()["items"]) == 1


def test_an_unread_upload_is_masked_until_somebody_says_why(
    client: TestClient, session: Session, site: GateSite, manager: dict[str, str]
) -> None:
    content = '{"code": "330106199003070014", "nonce": 7}'
    unread = make_unread_scan(session, site.project_id, site.gate.device_id, content=content)
    where = f"/v1/projects/{site.project_id}/unread-scans"

    page = client.get(where, headers=manager).json()
    refused = client.post(f"{where}/{unread.id}/reveal", json={"reason": "看"}, headers=manager)
    shown = client.post(
        f"{where}/{unread.id}/reveal", json={"reason": "查闸机为什么读不懂"}, headers=manager
    )

    assert page["items"][0]["masked_content"] == '{"code": "***", "nonce": 7}'
    assert refused.status_code == 422
    assert shown.json() == {"content": content}
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.reason) == ("unread_scan.reveal", "查闸机为什么读不懂")
    assert content not in str(entry.detail)


def test_the_project_says_how_much_there_is_to_look_at(
    client: TestClient, session: Session, site: GateSite, manager: dict[str, str]
) -> None:
    make_conflict(session, site.project_id, site.gate.device_id)
    make_unread_scan(session, site.project_id, site.gate.device_id)

    project = client.get(f"/v1/projects/{site.project_id}", headers=manager).json()

    counts = ("open_gate_conflicts", "unread_scans", "device_troubles")
    assert [project[name] for name in counts] == [1, 1, 0]
