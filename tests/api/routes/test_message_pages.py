"""The phone page's messages: the list, what was read, the badge."""

from fastapi.testclient import TestClient
from sqlmodel import Session

from db.models import Person
from tests.browser import Page, post
from tests.factories.payroll import Site, publish


def test_list_shows_what_is_new_once(browser: TestClient, session: Session, site: Site) -> None:
    publish(session, site)

    first, second = Page(browser.get("/messages")), Page(browser.get("/messages"))

    assert "的工资条出来了" in first.text
    assert "新消息" in first.text
    assert "新消息" not in second.text
    assert "验证码" not in first.text
    assert first.inline_code == []


def test_badge_counts_until_the_list_is_opened(
    browser: TestClient, session: Session, site: Site
) -> None:
    publish(session, site)

    before = browser.get("/messages/unread").json()
    browser.get("/messages")

    assert before == {"unread": 1}
    assert browser.get("/messages/unread").json() == {"unread": 0}


def test_every_page_has_a_badge_and_the_way_to_the_list(browser: TestClient) -> None:
    home = browser.get("/")

    assert "data-unread" in home.text
    assert "/messages" in Page(home).links


def test_whoever_is_not_signed_in_is_sent_to_sign_in(browser: TestClient, person: Person) -> None:
    post(browser, "/sign-out")

    for path in ("/messages", "/messages/unread", "/messages/events"):
        assert browser.get(path, follow_redirects=False).headers["location"] == "/sign-in"
