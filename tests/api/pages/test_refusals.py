"""What a browser is refused, and how it is told."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from db.models import Case, Person
from tests.browser import Page, post
from tests.factories.cases import make_complaint


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_form_of_another_site_is_refused(
    browser: TestClient, session: Session, person: Person, headers: dict[str, str]
) -> None:
    filed = make_complaint(session, person_id=person.id)

    answer = browser.post(f"/complaints/{filed.number}/withdraw", headers=headers)

    assert answer.status_code == 403
    assert session.exec(select(Case.state)).one() == "received"


def test_form_sent_by_a_modern_browser_is_taken(browser: TestClient) -> None:
    answer = browser.post(
        "/sign-out", headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    )

    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sign-in/code", {"phone": "12345"}),
        ("/sign-in", {"phone": "19100000001", "code": "abc"}),
        ("/days/objections", {"work_date": "never", "note": "x"}),
        ("/complaints", {"statement": " "}),
    ],
)
def test_unfit_form_is_explained_in_words(
    browser: TestClient, path: str, fields: dict[str, str]
) -> None:
    answer = post(browser, path, **fields)

    assert answer.status_code == 422
    assert "没填对" in Page(answer).text


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/payslips?x=1", "/payslips?x=1"),
        ("https://evil.example/x", "/"),
        ("http://testserver//evil.example", "/"),
    ],
)
def test_way_back_never_leads_off_the_site(browser: TestClient, referer: str, back: str) -> None:
    answer = browser.get("/complaints/AX20010100000114", headers={"Referer": referer})

    _, way_back, _ = Page(answer).links
    assert way_back == back


def test_unexpected_error_is_a_page_with_a_number_to_quote(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.routes.pages.get_wage_status", fail)

    answer = browser.get("/")

    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "secret detail" not in answer.text
