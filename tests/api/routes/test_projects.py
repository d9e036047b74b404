"""Projects and rosters over HTTP."""

from io import BytesIO
from uuid import UUID

import openpyxl
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, func, select

from core.enums import Role
from core.keyring import Keyring
from db.base import new_id
from db.models import AuditEntry, Person, Project, ProjectWorker
from projects import lines
from projects.workbook import MAX_BYTES
from tests.factories.identity import bearer, make_person, make_principal, make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team
from tests.factories.workbooks import (
    make_id,
    make_project_sheets,
    make_roster,
    make_row,
    make_workbook,
)

Headers = dict[str, str]


@pytest.fixture
def project(session: Session) -> Project:
    project = make_project(session)
    make_team(session, project)
    return project


@pytest.fixture
def manager(session: Session, keyring: Keyring, project: Project) -> Headers:
    return _sign_in(session, keyring, Role.LABOUR_MANAGER, project_id=project.id)


@pytest.fixture
def admin(session: Session, keyring: Keyring) -> Headers:
    return _sign_in(session, keyring, Role.ADMIN)


def _sign_in(
    session: Session,
    keyring: Keyring,
    role: Role,
    *,
    project_id: UUID | None = None,
    county_code: str | None = None,
) -> Headers:
    person = make_person(session, name="管理员")
    principal = make_principal(person.id, role, project_id=project_id, county_code=county_code)
    return bearer(keyring, principal)


def upload(
    client: TestClient, headers: Headers, project_id: UUID, content: bytes, query: str = ""
) -> Response:
    return client.post(
        f"/v1/projects/{project_id}/roster/import{query}",
        headers=headers,
        files={"file": ("花名册.xlsx", content)},
    )


def count(session: Session, table: type[object]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def test_a_roster_is_imported_and_every_row_reported(
    client: TestClient, session: Session, project: Project, manager: Headers
) -> None:
    content = make_roster(make_row(1), make_row(2, ID_NUMBER=1.23e17))

    response = upload(client, manager, project.id, content)

    report = response.json()
    finding = report["rows"][1]["findings"][0]
    assert (response.status_code, report["imported"], report["rejected"]) == (200, 1, 1)
    assert (report["rows"][1]["row"], finding["field"]) == (4, "证件编号")
    assert (finding["code"], finding["severity"]) == ("numeric-cell", "error")
    assert "文本格式" in finding["advice"]
    assert count(session, ProjectWorker) == 1


def test_a_dry_run_changes_nothing(
    client: TestClient, session: Session, project: Project, manager: Headers
) -> None:
    response = upload(client, manager, project.id, make_roster(make_row(1)), "?dry_run=true")

    assert (response.status_code, response.json()["is_dry_run"]) == (200, True)
    assert (count(session, ProjectWorker), count(session, AuditEntry)) == (0, 0)


def test_the_report_shows_no_full_personal_value(
    client: TestClient, project: Project, manager: Headers
) -> None:
    row = make_row(1, NAME="王小明", WORK_TYPE="宇航员")

    body = upload(client, manager, project.id, make_roster(row)).text

    assert "王*明" in body
    for value in ("王小明", make_id(1), "19100000001"):
        assert value not in body


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "projects.unreadable-workbook"),
        ("姓名,证件编号\n".encode("gb18030"), 422, "projects.unreadable-workbook"),
        (b"PK\x03\x04\xff\xff", 422, "projects.unreadable-workbook"),
        (b"\0" * (MAX_BYTES + 1), 413, "projects.workbook-too-large"),
        (b"\0" * 50_000_000, 413, "api.body-too-large"),
        (make_roster(make_row(1))[:-300], 422, "projects.unreadable-workbook"),
        (make_workbook({"花名册": [{"姓名": "王明"}]}), 422, "projects.missing-columns"),
    ],
    ids=["empty", "csv", "torn", "11 MB", "50 MB", "cut", "columns"],
)
def test_a_bad_file_is_refused_and_nothing_is_written(
    *,
    client: TestClient,
    session: Session,
    project: Project,
    manager: Headers,
    content: bytes,
    status: int,
    code: str,
) -> None:
    response = upload(client, manager, project.id, content)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert count(session, ProjectWorker) == 0


def test_an_upload_without_a_file_is_refused(
    client: TestClient, project: Project, manager: Headers
) -> None:
    response = client.post(f"/v1/projects/{project.id}/roster/import", headers=manager)

    assert (response.status_code, response.json()["code"]) == (422, "api.invalid-request")


def test_another_managers_project_does_not_exist(
    client: TestClient, session: Session, manager: Headers
) -> None:
    other = make_project(session)
    content = make_roster(make_row(1))

    answers = [
        upload(client, manager, other.id, content),
        client.get(f"/v1/projects/{other.id}", headers=manager),
        client.get(f"/v1/projects/{other.id}/roster", headers=manager),
        client.get(f"/v1/projects/{other.id}/roster/template", headers=manager),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert {answer.json()["code"] for answer in answers} == {"projects.project-not-found"}


def test_a_worker_may_not_see_projects(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    worker = _sign_in(session, keyring, Role.WORKER)

    assert client.get("/v1/projects", headers=worker).status_code == 403
    assert client.get("/v1/projects").status_code == 401


def test_the_roster_shows_masked_values_in_pages(
    client: TestClient, session: Session, project: Project, manager: Headers
) -> None:
    upload(client, manager, project.id, make_roster(*(make_row(number) for number in (1, 2, 3))))
    path = f"/v1/projects/{project.id}/roster"

    first = client.get(path, headers=manager, params={"limit": 2}).json()
    rest = client.get(path, headers=manager, params={"cursor": first["next"]}).json()

    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    entry = rest["items"][0]
    assert entry["masked_id_number"] == f"3301**********{make_id(1)[-4:]}"
    assert (entry["masked_phone"], entry["work_type_name"]) == ("191****0001", "钢筋工")
    assert entry["masked_bank_card"].startswith("**** **** **** ")
    assert make_id(1) not in client.get(path, headers=manager).text


def test_a_worker_without_a_phone_has_none_on_the_roster(
    client: TestClient, session: Session, project: Project, manager: Headers
) -> None:
    team = make_team(session, project, name="木工二班")
    make_project_worker(session, team, make_worker_person(session))
    session.exec(select(Person)).all()[-1].phone = None

    entry = client.get(f"/v1/projects/{project.id}/roster", headers=manager).json()["items"][0]

    assert (entry["masked_phone"], entry["masked_bank_card"]) == (None, None)


def test_the_template_is_an_xlsx_to_fill_in(
    client: TestClient, project: Project, manager: Headers
) -> None:
    response = client.get(f"/v1/projects/{project.id}/roster/template", headers=manager)

    book = openpyxl.load_workbook(BytesIO(response.content))
    assert book.sheetnames[0] == lines.SHEET
    assert "%E8%8A%B1" in response.headers["content-disposition"]


def test_an_administrator_registers_a_project(
    client: TestClient, session: Session, admin: Headers
) -> None:
    content = make_workbook(make_project_sheets())

    created = client.post("/v1/projects/import", headers=admin, files={"file": ("项目", content)})
    detail = client.get(f"/v1/projects/{created.json()['id']}", headers=admin)

    assert (created.status_code, detail.status_code) == (201, 200)
    assert detail.json()["parties"][0]["party_type_name"] == "总承包单位"
    assert detail.json()["contract_amount"] == "68001234.56"
    assert detail.json()["teams"][0]["leader_name"] == "李*山"


def test_mistakes_in_the_project_sheets_are_listed(client: TestClient, admin: Headers) -> None:
    content = make_workbook(make_project_sheets(AREA_CODE="西湖区"))

    response = client.post("/v1/projects/import", headers=admin, files={"file": ("项目", content)})

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "projects.project-sheet-invalid")
    assert (problem["findings"][0]["field"], problem["findings"][0]["row"]) == ("项目所在地", 2)


def test_a_manager_may_not_register_projects(client: TestClient, manager: Headers) -> None:
    content = make_workbook(make_project_sheets())

    response = client.post(
        "/v1/projects/import", headers=manager, files={"file": ("项目", content)}
    )

    assert response.status_code == 403


def test_each_role_lists_its_own_projects(
    *,
    client: TestClient,
    session: Session,
    keyring: Keyring,
    project: Project,
    manager: Headers,
    admin: Headers,
) -> None:
    elsewhere = make_project(session, county_code="330108")
    inspector = _sign_in(session, keyring, Role.INSPECTOR, county_code="330108")
    mine, theirs = str(project.id), str(elsewhere.id)

    def listed(headers: Headers) -> list[str]:
        items = client.get("/v1/projects", headers=headers).json()["items"]
        return [item["id"] for item in items]

    assert listed(manager) == [mine]
    assert listed(inspector) == [theirs]
    assert listed(admin) == [theirs, mine]


def test_an_unknown_project_is_not_found(client: TestClient, admin: Headers) -> None:
    response = client.get(f"/v1/projects/{new_id()}", headers=admin)

    assert (response.status_code, response.json()["code"]) == (404, "projects.project-not-found")
