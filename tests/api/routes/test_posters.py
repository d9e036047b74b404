"""Posters and notice boards over HTTP."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.enums import Role
from core.keyring import Keyring
from db.models import Project
from tests.factories.identity import bearer, make_principal
from tests.factories.notice_boards import make_known_site, write_county_facts
from tests.qr.reading import measure_pages, read_codes, read_text


@dataclass(frozen=True)
class Site:
    """A project and its labour manager, signed in."""

    project: Project
    manager: dict[str, str]

    @property
    def path(self) -> str:
        return f"/v1/projects/{self.project.id}"

    @property
    def page(self) -> str:
        return f"http://localhost:8000/s/{self.project.poster_token}"


@pytest.fixture
def site(session: Session, keyring: Keyring) -> Site:
    project, manager = make_known_site(session)
    principal = make_principal(manager.id, Role.LABOUR_MANAGER, project_id=project.id)
    return Site(project, bearer(keyring, principal))


@pytest.fixture
def county_facts(app: FastAPI, client: TestClient, tmp_path: Path) -> None:
    """The installation knows the county; ends with the test's own copy of the settings."""
    folder = write_county_facts(tmp_path)
    app.state.settings = app.state.settings.model_copy(update={"county_facts": folder})


@pytest.fixture(autouse=True)
def keep_settings(app: FastAPI) -> Generator[None]:
    kept = app.state.settings
    yield
    app.state.settings = kept


def test_poster_leads_to_the_page_of_its_site(client: TestClient, site: Site) -> None:
    answer = client.get(f"{site.path}/poster.pdf", headers=site.manager)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert measure_pages(answer.content) == [(297.0, 420.0)]
    assert read_codes(answer.content) == [site.page]
    assert site.project.name in read_text(answer.content)


def test_paper_can_be_chosen(client: TestClient, site: Site) -> None:
    answer = client.get(f"{site.path}/poster.pdf", params={"size": "a4"}, headers=site.manager)

    assert measure_pages(answer.content) == [(210.0, 297.0)]


@pytest.mark.usefixtures("county_facts")
def test_complete_board_prints_for_good(client: TestClient, site: Site) -> None:
    answer = client.get(f"{site.path}/notice-board.pdf", headers=site.manager)

    assert answer.status_code == 200
    assert read_codes(answer.content) == [site.page]
    text = read_text(answer.content)
    assert "每月2400元" in text
    assert "赵主管19100000901" in text
    assert "草稿" not in text


def test_board_with_gaps_is_refused_with_who_fills_them(client: TestClient, site: Site) -> None:
    answer = client.get(f"{site.path}/notice-board.pdf", headers=site.manager)

    problem = answer.json()
    assert answer.status_code == 409
    assert problem["code"] == "projects.notice-board-incomplete"
    assert "当地最低工资" in problem["detail"]
    assert [entry["field"] for entry in problem["missing"]] == [
        "industry_authority",
        "minimum_wage",
        "labour_inspection",
        "industry_hotline",
        "arbitration",
        "legal_aid",
    ]
    assert all(entry["supplier"] and entry["supplier_en"] for entry in problem["missing"])


def test_refusal_is_told_in_english_too(client: TestClient, site: Site) -> None:
    headers = {**site.manager, "Accept-Language": "en"}

    problem = client.get(f"{site.path}/notice-board.pdf", headers=headers).json()

    assert problem["title"] == "The notice board is not complete"


def test_draft_prints_with_gaps(client: TestClient, site: Site) -> None:
    answer = client.get(
        f"{site.path}/notice-board.pdf", params={"draft": True}, headers=site.manager
    )

    text = read_text(answer.content)
    assert answer.status_code == 200
    assert "草稿" in text
    assert "待补" in text


@pytest.mark.parametrize("paper", ["poster.pdf", "notice-board.pdf"])
def test_unknown_paper_size_is_refused(client: TestClient, site: Site, paper: str) -> None:
    answer = client.get(f"{site.path}/{paper}", params={"size": "a0"}, headers=site.manager)

    assert answer.status_code == 422
