"""The desk's roster: the empty workbook, a trial, the import, and who is on it."""

import io

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlmodel import Session, select

from db.models import ProjectWorker
from tests.browser import OWN, Page
from tests.factories.payroll import Site
from tests.factories.projects import make_project
from tests.factories.workbooks import make_roster, make_row


@pytest.fixture
def roster(base: str) -> str:
    return f"{base}/roster"


def upload(desk: TestClient, roster: str, content: bytes, *, dry_run: bool) -> Page:
    answer = desk.post(
        f"{roster}/import",
        data={"dry_run": str(dry_run).lower()},
        files={"file": ("花名册.xlsx", content)},
        headers=OWN,
    )
    assert answer.status_code == 200
    return Page(answer)


def count(session: Session) -> int:
    return len(session.exec(select(ProjectWorker.id)).all())


def row_of(site: Site, serial: int, **changes: object) -> dict[str, object]:
    return make_row(serial, TEAM=site.team.name, **changes)


def test_roster_lists_everybody_with_masked_numbers(
    desk: TestClient, site: Site, roster: str
) -> None:
    text = Page(desk.get(roster)).text

    assert "王小明" in text
    assert site.team.name in text
    assert (site.workers[0].bank_card or "") not in text


def test_trial_names_the_row_the_cell_and_what_to_do_and_changes_nothing(
    desk: TestClient, session: Session, site: Site, roster: str
) -> None:
    before = count(session)
    content = make_roster(row_of(site, 1), row_of(site, 2, ID_NUMBER="123"))

    text = upload(desk, roster, content, dry_run=True).text

    assert "试了一下，什么都没改" in text
    assert "能新登记 1 人" in text
    assert "有错的 1 行不会导入" in text
    assert "证件编号" in text
    assert count(session) == before


def test_good_rows_are_imported_and_stand_on_the_roster(
    desk: TestClient, session: Session, site: Site, roster: str
) -> None:
    before = count(session)

    text = upload(desk, roster, make_roster(row_of(site, 1)), dry_run=False).text

    assert "新登记了 1 人" in text
    assert count(session) == before + 1


def test_file_that_is_no_workbook_is_explained_on_a_page(desk: TestClient, roster: str) -> None:
    answer = desk.post(
        f"{roster}/import",
        data={"dry_run": "true"},
        files={"file": ("x.xlsx", b"not a workbook")},
        headers=OWN,
    )

    assert answer.status_code == 422
    assert "/desk" in Page(answer).links


def test_empty_workbook_is_offered(desk: TestClient, site: Site, roster: str) -> None:
    answer = desk.get(f"{roster}/template")

    assert "花名册" in load_workbook(io.BytesIO(answer.content)).sheetnames


def test_another_projects_roster_does_not_exist(desk: TestClient, session: Session) -> None:
    other = make_project(session)

    assert desk.get(f"/desk/projects/{other.id}/roster").status_code == 404
