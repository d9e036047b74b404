from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.clock import local_date, now
from core.enums import Role
from core.keyring import Keyring
from db.base import new_id
from db.models import Person
from identity import audit
from identity.service import UNMASK
from tests.factories.identity import bearer, make_grant, make_person, make_principal
from tests.factories.projects import make_employer, make_project, make_project_worker, make_team


@pytest.fixture
def worker(session: Session) -> Person:
    return make_person(session, phone="+8619155500001", id_number="330106199001010012")


def test_person_sees_own_masked_numbers(
    client: TestClient, keyring: Keyring, worker: Person
) -> None:
    headers = bearer(keyring, make_principal(worker.id))

    me = client.get("/v1/me", headers=headers).json()

    assert (me["name"], me["masked_phone"]) == ("王小明", "191****0001")
    assert me["masked_id_number"] == "3301**********0012"
    assert "330106199001010012" not in str(me)


def test_person_without_numbers_has_none_to_mask(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    person = make_person(session)

    me = client.get("/v1/me", headers=bearer(keyring, make_principal(person.id))).json()

    assert (me["masked_phone"], me["masked_id_number"]) == (None, None)


def test_person_sees_roles_and_todays_projects(
    client: TestClient, session: Session, keyring: Keyring, worker: Person
) -> None:
    today = local_date(now())
    current, left = make_project(session, name="现在的工地"), make_project(session)
    make_project_worker(session, make_team(session, current), worker, entered_date=today)
    make_project_worker(
        session, make_team(session, left), worker, left_date=today - timedelta(days=1)
    )
    make_grant(session, worker, Role.INSPECTOR, county_code="330106")
    headers = bearer(keyring, make_principal(worker.id))

    me = client.get("/v1/me", headers=headers).json()

    assert [role["role"] for role in me["roles"]] == ["worker", "inspector"]
    assert [project["project_name"] for project in me["projects"]] == ["现在的工地"]


def test_each_role_names_its_scope_in_words(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    person = make_person(session)
    project, employer = make_project(session, name="某工地"), make_employer(session, name="某公司")
    make_grant(session, person, Role.LABOUR_MANAGER, project_id=project.id)
    make_grant(session, person, Role.EMPLOYER_ADMIN, employer_id=employer.id)
    make_grant(session, person, Role.INSPECTOR, county_code="330106")
    make_grant(session, person, Role.ADMIN)
    headers = bearer(keyring, make_principal(person.id, Role.ADMIN))

    roles = client.get("/v1/me", headers=headers).json()["roles"]

    labels = [role["scope_label"] for role in roles]
    assert labels == ["某工地", "某公司", "区县 330106", "全部"]


def test_future_project_is_not_listed(
    client: TestClient, session: Session, keyring: Keyring, worker: Person
) -> None:
    team = make_team(session, make_project(session))
    make_project_worker(session, team, worker, entered_date=date(2999, 1, 1))

    me = client.get("/v1/me", headers=bearer(keyring, make_principal(worker.id))).json()

    assert me["projects"] == []


def test_token_of_a_person_who_is_gone_finds_nobody(client: TestClient, keyring: Keyring) -> None:
    response = client.get("/v1/me", headers=bearer(keyring, make_principal(new_id())))

    assert response.json()["code"] == "identity.person-not-found"


def look(session: Session, worker: Person, reason: str) -> None:
    """Write the trace of an inspector's look at the worker's phone."""
    inspector = make_person(session, name="检查员")
    principal = make_principal(inspector.id, Role.INSPECTOR, county_code="330106")
    audit.record(
        session,
        actor=principal,
        action=UNMASK,
        subject_kind="person",
        subject_id=worker.id,
        reason=reason,
        field="phone",
    )


def test_worker_reads_role_field_and_reason_but_no_name(
    client: TestClient, session: Session, keyring: Keyring, worker: Person
) -> None:
    headers = bearer(keyring, make_principal(worker.id))
    look(session, worker, "核对投诉人电话")

    (access,) = client.get("/v1/me/accesses", headers=headers).json()["items"]

    assert access.keys() == {"at", "role", "field", "reason"}
    assert (access["role"], access["field"]) == ("inspector", "phone")
    assert access["reason"] == "核对投诉人电话"


def test_accesses_come_in_pages_newest_first(
    client: TestClient, session: Session, keyring: Keyring, worker: Person
) -> None:
    headers = bearer(keyring, make_principal(worker.id))
    for number in range(3):
        look(session, worker, f"第{number}次核对电话")
        session.flush()

    first = client.get("/v1/me/accesses", params={"limit": 2}, headers=headers).json()
    second = client.get(
        "/v1/me/accesses", params={"limit": 2, "cursor": first["next"]}, headers=headers
    ).json()

    pages = [[access["reason"][1] for access in page["items"]] for page in (first, second)]
    assert pages == [["2", "1"], ["0"]]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["", "x", "not a cursor", "AAAA", "é" * 22])
def test_cursor_we_did_not_make_is_refused(
    client: TestClient, keyring: Keyring, cursor: str
) -> None:
    headers = bearer(keyring, make_principal(new_id()))

    response = client.get("/v1/me/accesses", params={"cursor": cursor}, headers=headers)

    assert (response.status_code, response.json()["code"]) == (422, "api.invalid-cursor")
