from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from core.enums import Role
from core.keyring import Keyring
from db.models import AuditEntry
from tests.factories.identity import bearer, make_person, make_principal
from tests.factories.projects import make_project, make_project_worker, make_team

PHONE = "+8619155500001"
BODY = {"field": "phone", "reason": "核对投诉人电话"}


@pytest.fixture
def worker_id(session: Session) -> UUID:
    person = make_person(session, phone=PHONE)
    make_project_worker(session, make_team(session, make_project(session)), person)
    return person.id


@pytest.fixture
def inspector(session: Session, keyring: Keyring) -> dict[str, str]:
    person = make_person(session, name="检查员")
    return bearer(keyring, make_principal(person.id, Role.INSPECTOR, county_code="330106"))


def test_inspector_sees_the_value_and_leaves_a_row(
    client: TestClient, session: Session, worker_id: UUID, inspector: dict[str, str]
) -> None:
    response = client.post(f"/v1/persons/{worker_id}/unmask", json=BODY, headers=inspector)

    entry = session.exec(select(AuditEntry)).one()
    assert response.json() == {"field": "phone", "value": PHONE}
    assert (entry.subject_id, entry.reason) == (worker_id, BODY["reason"])


@pytest.mark.parametrize(
    "body",
    [
        {"field": "phone"},
        {"field": "phone", "reason": "看看"},
        {"field": "address", "reason": "核对投诉人电话"},
        {"field": "bank_card", "reason": "核对投诉人卡号"},
    ],
)
def test_refused_look_shows_nothing_and_leaves_no_row(
    client: TestClient,
    session: Session,
    worker_id: UUID,
    inspector: dict[str, str],
    body: dict[str, str],
) -> None:
    response = client.post(f"/v1/persons/{worker_id}/unmask", json=body, headers=inspector)

    assert response.status_code in {404, 422}
    assert PHONE not in response.text
    assert session.exec(select(AuditEntry)).all() == []


def test_worker_may_not_unmask_a_colleague(
    client: TestClient, session: Session, keyring: Keyring, worker_id: UUID
) -> None:
    colleague = make_person(session, name="李四")
    headers = bearer(keyring, make_principal(colleague.id))

    response = client.post(f"/v1/persons/{worker_id}/unmask", json=BODY, headers=headers)

    assert (response.status_code, response.json()["code"]) == (403, "identity.role-required")
