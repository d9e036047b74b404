"""Days, objections, imports and sheets over HTTP."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session

from core.clock import local_date, now
from core.enums import Role
from core.keyring import Keyring
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import bearer, make_principal
from tests.factories.projects import make_project

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
ATTLOG = (
    f"1001\t{DAY} 06:58:00\t0\t15\n1001\t{DAY} 17:31:00\t1\t15\n9999\t{DAY} 07:00:00\t0\t4\nx\n"
)


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def worker(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(keyring, make_principal(site.person_id))


@pytest.fixture
def manager(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(
        keyring, make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    )


def upload(
    client: TestClient, site: GateSite, headers: dict[str, str], content: bytes = ATTLOG.encode()
) -> Response:
    return client.post(
        f"/v1/projects/{site.project_id}/attendance/import",
        files={"file": ("attlog.txt", content, "text/plain")},
        data={"device_id": str(site.gate.device_id)},
        headers=headers,
    )


def test_an_import_tells_what_became_of_every_line(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    report = upload(client, site, manager).json()
    again = upload(client, site, manager).json()

    assert report == {
        "read": 3,
        "inserted": 3,
        "repeated": 0,
        "not_counted": {"unknown_worker": 1},
        "unknown_pins": ["9999"],
        "faults": [{"line": 4, "column": "columns", "text": "x"}],
        "first_date": str(DAY),
        "last_date": str(DAY),
    }
    assert (again["inserted"], again["repeated"]) == (0, 3)


def test_the_worker_sees_the_imported_day(
    client: TestClient, site: GateSite, manager: dict[str, str], worker: dict[str, str]
) -> None:
    project_name = site.project.name
    upload(client, site, manager)

    month = client.get("/v1/me/attendance", params={"month": MONTH}, headers=worker).json()

    (day,) = month["days"]
    assert (month["units"], month["minutes"]) == ("1.00", 633)
    assert (day["date"], day["project_name"]) == (str(DAY), project_name)
    assert (day["units"], day["state"], day["grades"]) == ("1.00", "complete", {"B": 2})
    assert day["say"] is None


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "202610", "9999-12", "0000-01", ""])
def test_a_month_that_is_none_is_a_problem(
    client: TestClient, worker: dict[str, str], month: str
) -> None:
    response = client.get("/v1/me/attendance", params={"month": month}, headers=worker)
    assert (response.status_code, response.json()["code"]) == (422, "api.invalid-request")


def test_an_objection_and_its_reply_both_stand_on_the_sheet(
    client: TestClient, site: GateSite, manager: dict[str, str], worker: dict[str, str]
) -> None:
    upload(client, site, manager)
    at_site = f"/v1/projects/{site.project_id}"

    objection = client.post(
        f"/v1/me/work-days/{DAY}/objections", json={"note": " 加班没记 "}, headers=worker
    )
    client.post(
        f"{at_site}/objections/{objection.json()['id']}/reject",
        json={"reason": "那天没有加班"},
        headers=manager,
    )
    body = {"month": MONTH, "team_id": str(site.team_id)}
    drawn = client.post(f"{at_site}/attendance-sheets", json=body, headers=manager).json()
    sheet = client.get(f"{at_site}/attendance-sheets/{drawn['id']}", headers=manager).json()

    assert (objection.status_code, objection.json()["note"]) == (201, "加班没记")
    (line,) = sheet["lines"]
    assert (line["masked_name"], line["units"], line["days"]) == ("王*明", "1.00", 1)
    (said,) = line["objections"]
    assert (said["note"], said["reply"]["reason"]) == ("加班没记", "那天没有加班")


@pytest.mark.parametrize("note", ["", "   ", "x" * 501, "a\x00b"])
def test_an_objection_says_something_that_can_be_kept(
    client: TestClient, worker: dict[str, str], note: str
) -> None:
    response = client.post(
        f"/v1/me/work-days/{DAY}/objections", json={"note": note}, headers=worker
    )
    assert response.status_code == 422


def test_a_day_of_no_project_is_refused_with_advice(
    client: TestClient, worker: dict[str, str]
) -> None:
    response = client.post(
        "/v1/me/work-days/2000-01-01/objections", json={"note": "我在"}, headers=worker
    )
    code = "attendance.not-on-project-that-day"
    assert (response.status_code, response.json()["code"]) == (422, code)


def test_garbage_is_no_attlog_and_stores_nothing(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    response = upload(client, site, manager, b"\x00\xff\xfe garbage\n" * 10)
    assert (response.status_code, response.json()["code"]) == (422, "devices.not-an-attlog")
    assert response.json()["faults"] == 10


def test_an_import_into_another_project_meets_nothing(
    client: TestClient, session: Session, site: GateSite, manager: dict[str, str]
) -> None:
    elsewhere = make_project(session).id
    response = client.post(
        f"/v1/projects/{elsewhere}/attendance/import",
        files={"file": ("attlog.txt", ATTLOG.encode())},
        data={"device_id": str(site.gate.device_id)},
        headers=manager,
    )
    assert response.status_code == 404


def test_a_worker_is_no_manager(client: TestClient, site: GateSite, worker: dict[str, str]) -> None:
    assert upload(client, site, worker).status_code == 403
