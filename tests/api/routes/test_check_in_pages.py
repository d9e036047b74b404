"""Checking in with a browser, from the poster's link to the words at the end."""

from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, select

from db.models import CheckIn, Consent, Person, Project
from qr.image import link_svg
from tests.browser import OWN, Page, post, texted_code
from tests.factories.fences import CENTRE, make_fence
from tests.factories.payroll import Site
from tests.qr.reading import draw_svg


@pytest.fixture
def project(session: Session, site: Site) -> Project:
    make_fence(session, site.project)
    return site.project


def punch(browser: TestClient, project: Project, **fields: str) -> Response:
    """Press a button of the form as it stands on the page."""
    page = Page(browser.get(f"/check-in?poster_token={project.poster_token}"))
    return post(browser, "/check-in", **page.hidden | {"direction": "in"} | fields)


def here() -> dict[str, str]:
    return {"latitude": str(CENTRE[0]), "longitude": str(CENTRE[1]), "accuracy": "15.5"}


def upload(browser: TestClient, content: bytes) -> Response:
    return browser.post(
        "/check-in/poster",
        files={"photo": ("poster.jpg", content)},
        headers=OWN,
        follow_redirects=False,
    )


def test_poster_is_carried_through_signing_in(
    client: TestClient, session: Session, person: Person, project: Project
) -> None:
    link = f"/?poster_token={project.poster_token}"
    sign_in = client.get(link)
    asked = post(client, "/sign-in/code", phone=person.phone or "", **Page(sign_in).hidden)
    entered = post(client, "/sign-in", code=texted_code(session), **Page(asked).hidden)

    assert entered.headers["location"] == f"/check-in?poster_token={project.poster_token}"
    page = Page(client.get(entered.headers["location"]))
    assert project.name in page.text
    assert person.name in page.text
    assert "进场" in page.text
    assert "出场" in page.text
    assert page.inline_code == []


def test_wrong_code_does_not_lose_the_poster(
    client: TestClient, person: Person, project: Project
) -> None:
    post(client, "/sign-in/code", phone=person.phone or "")

    answer = post(
        client,
        "/sign-in",
        phone=person.phone or "",
        code="000000",
        poster_token=project.poster_token,
    )

    assert Page(answer).hidden["poster_token"] == project.poster_token
    assert f"/sign-in?poster_token={project.poster_token}" in Page(answer).links


def test_who_shares_a_phone_chooses_and_still_checks_in(
    client: TestClient, session: Session, site: Site, person: Person, project: Project
) -> None:
    second = session.get_one(Person, site.workers[1].person_id)
    second.phone, second.phone_index = person.phone, person.phone_index
    session.flush()
    post(client, "/sign-in/code", phone=person.phone or "")

    choosing = post(
        client,
        "/sign-in",
        phone=person.phone or "",
        code=texted_code(session),
        poster_token=project.poster_token,
    )
    chosen = post(client, "/sign-in", **Page(choosing).hidden)

    assert "你是哪一位" in Page(choosing).text
    assert chosen.headers["location"] == f"/check-in?poster_token={project.poster_token}"


def test_signing_out_for_the_next_person_keeps_the_poster(
    browser: TestClient, project: Project
) -> None:
    answer = post(browser, "/sign-out", poster_token=project.poster_token)

    assert answer.headers["location"] == f"/sign-in?poster_token={project.poster_token}"


def test_ended_sign_in_does_not_lose_the_poster(client: TestClient, project: Project) -> None:
    answer = post(
        client,
        f"/check-in?poster_token={project.poster_token}",
        poster_token=project.poster_token,
        direction="in",
        nonce="phone-0001",
    )

    assert answer.headers["location"] == f"/sign-in?poster_token={project.poster_token}"


def test_first_use_shows_the_notice_and_keeps_what_was_agreed_to(
    browser: TestClient, session: Session, person: Person, project: Project
) -> None:
    first = browser.get(f"/check-in?poster_token={project.poster_token}")
    answer = punch(browser, project, agreed_version="2026-11", **here())
    second = browser.get(f"/check-in?poster_token={project.poster_token}")

    assert "位置怎么用" in first.text
    assert "data-agreed" not in first.text
    assert answer.status_code == 201
    assert "进场打卡成功" in Page(answer).text
    assert "在工地内，±16 米" in Page(answer).text
    assert session.exec(select(Consent.person_id)).one() == person.id
    assert "位置怎么用" not in second.text
    assert "data-agreed" in second.text


def test_without_a_location_it_works_and_says_so(
    browser: TestClient, session: Session, project: Project
) -> None:
    answer = punch(browser, project, direction="out")

    page = Page(answer)
    assert answer.status_code == 201
    assert "出场打卡成功" in page.text
    assert "这次没有位置" in page.text
    assert "不影响这次打卡算出勤" in page.text
    assert session.exec(select(CheckIn.valid)).one() is True


def test_form_sent_twice_is_one_check_in(
    browser: TestClient, session: Session, project: Project
) -> None:
    punch(browser, project, nonce="phone-0001")
    punch(browser, project, nonce="phone-0001")

    assert len(session.exec(select(CheckIn)).all()) == 1


def test_worker_stops_the_use_of_the_location(
    browser: TestClient, session: Session, project: Project
) -> None:
    punch(browser, project, agreed_version="2026-11", **here())

    answer = post(browser, "/check-in/no-location", poster_token=project.poster_token)

    session.expire_all()
    assert answer.headers["location"] == f"/check-in?poster_token={project.poster_token}"
    assert session.exec(select(Consent.withdrawn_at)).one() is not None


def test_photo_of_the_poster_leads_to_the_check_in(browser: TestClient, project: Project) -> None:
    address = f"http://testserver/s/{project.poster_token}"
    file = BytesIO()
    draw_svg(link_svg(address), pixels=500).save(file, "JPEG")

    asking = Page(browser.get("/check-in"))
    answer = upload(browser, file.getvalue())

    assert "拍一张告示牌" in asking.text
    assert answer.headers["location"] == f"/check-in?poster_token={project.poster_token}"


def test_photo_without_a_code_says_how_to_take_it(browser: TestClient) -> None:
    answer = upload(browser, b"no picture")

    assert answer.status_code == 422
    assert "没有认出告示牌的码" in Page(answer).text


def test_poster_of_no_site_is_explained(browser: TestClient) -> None:
    answer = browser.get("/check-in?poster_token=nowhere")

    assert answer.status_code == 404
    assert "没有找到这块牌子" in Page(answer).text
