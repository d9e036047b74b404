"""Signing in and out with a browser: the code, the choice, the cookie."""

from fastapi.testclient import TestClient
from sqlmodel import Session, select

from core.enums import Role
from db.models import Person, SignIn
from identity.errors import WrongCodeError
from tests.browser import Page, post, sign_in, texted_code
from tests.factories.identity import make_grant, make_person
from tests.factories.payroll import make_site


def test_stranger_is_sent_to_sign_in(client: TestClient) -> None:
    answer = client.get("/", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_code_signs_in_with_a_cookie_scripts_cannot_read(
    client: TestClient, session: Session, person: Person
) -> None:
    answer = sign_in(client, session, person.phone)

    cookie = answer.headers["set-cookie"].lower()
    assert answer.headers["location"] == "/"
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_wrong_code_is_explained_on_the_same_page(client: TestClient, person: Person) -> None:
    post(client, "/sign-in/code", phone=person.phone or "")

    answer = post(client, "/sign-in", phone=person.phone or "", code="000000")

    page = Page(answer)
    assert answer.status_code == 401
    assert WrongCodeError.title in page.text
    assert page.hidden["phone"] == person.phone


def test_people_who_share_a_phone_choose_who_they_are(client: TestClient, session: Session) -> None:
    site = make_site(session)
    first, second = (session.get(Person, worker.person_id) for worker in site.workers)
    assert first
    assert second
    second.phone, second.phone_index = first.phone, first.phone_index
    session.flush()

    choosing = sign_in(client, session, first.phone)
    chosen = post(client, "/sign-in", **Page(choosing).hidden)
    home = Page(client.get("/"))

    assert "王*明" in Page(choosing).text
    assert chosen.status_code == 303
    assert second.name in home.text


def test_number_of_staff_only_is_turned_away_in_words(client: TestClient, session: Session) -> None:
    inspector = make_person(session, name="李监察", phone="+8619100000902")
    make_grant(session, inspector, Role.INSPECTOR, county_code="330106")

    answer = sign_in(client, session, inspector.phone)

    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")


def test_cookie_with_an_inspectors_token_opens_nothing(
    client: TestClient, session: Session
) -> None:
    inspector = make_person(session, name="李监察", phone="+8619100000902")
    make_grant(session, inspector, Role.INSPECTOR, county_code="330106")
    client.post("/v1/auth/codes", json={"phone": inspector.phone})
    grant = {"grant_type": "sms_code", "phone": inspector.phone, "code": texted_code(session)}
    tokens = client.post("/v1/auth/tokens", json=grant).json()
    client.cookies.set("sign_in", tokens["refresh_token"])

    answer = client.get("/", follow_redirects=False)

    assert answer.headers["location"] == "/sign-in"


def test_signing_out_ends_the_sign_in(browser: TestClient, session: Session) -> None:
    answer = post(browser, "/sign-out")

    assert answer.headers["location"] == "/sign-in"
    assert browser.get("/", follow_redirects=False).status_code == 303
    assert all(row.revoked_at for row in session.exec(select(SignIn)))
