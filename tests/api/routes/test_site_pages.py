"""What anybody sees who scans a poster, and the complaint from there."""

from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, col, select

from api.deps import get_settings
from core.settings import Settings
from db.models import Case, Complaint, ComplaintFile, Project
from projects.errors import UnknownPosterError
from tests.browser import Page, post, send_files
from tests.factories.identity import make_worker_person
from tests.factories.notice_boards import make_known_site
from tests.factories.projects import make_project_worker, make_team
from tests.identity.test_portraits import photograph


@pytest.fixture
def project(session: Session) -> Project:
    return make_known_site(session)[0]


def test_page_shows_the_board_and_the_ways_on(client: TestClient, project: Project) -> None:
    answer = client.get(f"/s/{project.poster_token}")

    page = Page(answer)
    assert answer.status_code == 200
    assert project.name in page.text
    assert "浙江某某建设集团" in page.text
    assert "每月15日发上个月的工资" in page.text
    assert f"/?poster_token={project.poster_token}" in page.links
    assert f"/s/{project.poster_token}/complain" in page.links
    assert {"tel:12333", "tel:12348", "tel:19100000901"} <= set(page.links)
    assert page.inline_code == []


def test_page_says_openly_what_is_missing(client: TestClient, project: Project) -> None:
    assert "还没有填" in Page(client.get(f"/s/{project.poster_token}")).text


def test_page_goes_on_with_county_files_that_nobody_can_read(
    client: TestClient,
    settings: Settings,
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "minimum_wages.csv").write_bytes(b"county_code\n330106\n\xff")
    app = cast(FastAPI, client.app)
    with_files = settings.model_copy(update={"county_facts": tmp_path})
    monkeypatch.setitem(app.dependency_overrides, get_settings, lambda: with_files)

    answer = client.get(f"/s/{project.poster_token}")

    assert answer.status_code == 200
    assert "还没有填" in Page(answer).text


def test_page_names_nobody_the_law_does_not_name(
    client: TestClient, session: Session, project: Project
) -> None:
    team = make_team(session, project, name="木工二班")
    team.leader_name = "班某长"
    worker = make_worker_person(session, name="王小明")
    make_project_worker(session, team, worker)
    session.flush()

    text = client.get(f"/s/{project.poster_token}").text

    assert "王小明" not in text
    assert "班某长" not in text
    assert "19100000777" not in text, "the project leader's number is not the site's business one"
    assert str(worker.phone).removeprefix("+86") not in text


@pytest.mark.parametrize("token", ["nowhere", "x" * 300, "%00", "%E7%A0%81"])
@pytest.mark.parametrize("path", ["", "/complain"])
def test_every_unknown_poster_gets_the_same_friendly_page(
    client: TestClient, redis: Redis, token: str, path: str
) -> None:
    answer = client.get(f"/s/{token}{path}")

    assert answer.status_code == 404
    assert UnknownPosterError.title in Page(answer).text
    assert "12333" in answer.text


def test_complaint_from_the_poster_reaches_the_county_of_the_site(
    client: TestClient, session: Session, project: Project
) -> None:
    form = Page(client.get(f"/s/{project.poster_token}/complain"))

    answer = post(
        client,
        f"/s/{project.poster_token}/complain",
        statement="十月工资没发",
        kind="complaint",
        disclosure="shielded",
        phone="191 0000 0001",
    )

    assert project.name in form.text
    assert answer.status_code == 303
    filed = client.get(answer.headers["location"])
    complaint = session.exec(select(Complaint)).one()
    case = session.exec(select(Case).where(col(Case.complaint_id) == complaint.id)).one()
    assert complaint.number in Page(filed).text
    assert "短信" in Page(filed).text
    assert (complaint.project_id, complaint.phone) == (project.id, "+8619100000001")
    assert case.county_code == project.county_code


def test_a_complaint_from_the_poster_takes_files_along(
    client: TestClient, session: Session, project: Project
) -> None:
    answer = send_files(
        client,
        f"/s/{project.poster_token}/complain",
        [("a.jpg", photograph((320, 200)))],
        statement="工地扣着大家的银行卡",
        kind="report",
        disclosure="anonymous",
    )

    assert answer.status_code == 303
    assert session.exec(select(ComplaintFile)).one().media_type == "image/jpeg"


def test_complaint_needs_no_number(client: TestClient, session: Session, project: Project) -> None:
    answer = post(
        client,
        f"/s/{project.poster_token}/complain",
        statement="工地扣着大家的银行卡",
        kind="report",
        disclosure="anonymous",
        phone=" ",
    )

    assert answer.status_code == 303
    assert "不会发短信" in Page(client.get(answer.headers["location"])).text
    assert session.exec(select(Complaint.phone)).one() is None


@pytest.mark.parametrize("fields", [{"statement": " "}, {"phone": "110"}, {"kind": "joke"}])
def test_unfit_complaint_is_explained(
    client: TestClient, project: Project, fields: dict[str, str]
) -> None:
    good = {"statement": "没发工资", "kind": "complaint", "disclosure": "shielded", "phone": ""}

    answer = post(client, f"/s/{project.poster_token}/complain", **{**good, **fields})

    assert answer.status_code == 422
    assert "没填对" in Page(answer).text


def test_complaint_to_an_unknown_poster_is_refused(client: TestClient, redis: Redis) -> None:
    answer = post(
        client, "/s/nowhere/complain", statement="x", kind="complaint", disclosure="shielded"
    )

    assert answer.status_code == 404
    assert "没有找到这块牌子" in Page(answer).text
