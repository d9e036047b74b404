"""Papers in the hands of the complainant: on the page of the complaint, and by number and PIN."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.case_enums import CaseAction
from core.keyring import Keyring
from db.models import Person
from identity.principal import Principal
from tests.browser import Page, post
from tests.cases.desk_work import accept, act
from tests.factories.cases import FILED_AT, make_complaint, make_form, make_inspector
from tests.factories.identity import bearer

NOBODYS = "01920000-0000-7000-8000-000000000000"
LATE = FILED_AT + timedelta(days=30)


@pytest.fixture
def inspector(session: Session) -> Principal:
    return make_inspector(session)


def draw_all(client: TestClient, keyring: Keyring, inspector: Principal, number: str) -> None:
    """Draw up every paper that the steps of a case ask for."""
    headers = bearer(keyring, inspector)
    for due in client.get(f"/v1/cases/{number}/papers", headers=headers).json()["due"]:
        body = {"event_id": due["event_id"]}
        assert client.post(f"/v1/cases/{number}/papers", json=body, headers=headers).is_success


@pytest.fixture
def tracked(
    client: TestClient, session: Session, keyring: Keyring, inspector: Principal
) -> dict[str, str]:
    """Number and PIN of a case whose order was not kept, with all of its papers."""
    filed = make_complaint(session, phone="+8619100000001")
    accept(session, filed.number, inspector, make_inspector(session, name="周监察"))
    act(session, inspector, filed.number, CaseAction.ORDER_TO_PAY)
    act(session, inspector, filed.number, CaseAction.APPLY_TO_COURT, at=LATE)
    draw_all(client, keyring, inspector, filed.number)
    return {"number": filed.number, "pin": filed.pin}


def test_number_and_pin_open_the_papers_meant_for_the_complainant(
    client: TestClient, tracked: dict[str, str]
) -> None:
    listed = client.post("/v1/complaints/lookup", json=tracked).json()["papers"]

    opened = [client.post(f"/v1/complaints/papers/{one['id']}", json=tracked) for one in listed]

    assert [one["title"] for one in listed] == ["劳动保障监察投诉受理通知书", "责令支付工资指令书"]
    assert all(one.content.startswith(b"%PDF") for one in opened)


def test_a_paper_for_the_court_is_not_opened_by_pin(
    client: TestClient, keyring: Keyring, inspector: Principal, tracked: dict[str, str]
) -> None:
    papers = client.get(
        f"/v1/cases/{tracked['number']}/papers", headers=bearer(keyring, inspector)
    ).json()["items"]
    (court,) = (one["id"] for one in papers if one["kind"] == "court_application")

    refused = client.post(f"/v1/complaints/papers/{court}", json=tracked)

    assert refused.json()["code"] == "cases.document-not-found"


def test_a_wrong_pin_opens_no_paper(client: TestClient, tracked: dict[str, str]) -> None:
    (paper, _) = client.post("/v1/complaints/lookup", json=tracked).json()["papers"]

    refused = client.post(f"/v1/complaints/papers/{paper['id']}", json=tracked | {"pin": "000"})

    assert refused.json()["code"] == "cases.wrong-number-or-pin"


def test_the_tracked_page_opens_papers(client: TestClient, tracked: dict[str, str]) -> None:
    shown = post(client, "/track", **tracked).text
    (paper, _) = client.post("/v1/complaints/lookup", json=tracked).json()["papers"]

    opened = post(client, f"/track/papers/{paper['id']}", **tracked)

    assert f'action="/track/papers/{paper["id"]}"' in shown
    assert "打开《责令支付工资指令书》" in shown
    assert opened.headers["content-type"] == "application/pdf"


def test_the_complaint_page_opens_papers(
    browser: TestClient, session: Session, keyring: Keyring, person: Person, inspector: Principal
) -> None:
    number = make_complaint(session, person_id=person.id).number
    act(session, inspector, number, CaseAction.REFUSE)
    draw_all(browser, keyring, inspector, number)

    page = Page(browser.get(f"/complaints/{number}"))
    (link,) = (one for one in page.links if "/papers/" in one)

    assert browser.get(link).content.startswith(b"%PDF")
    assert browser.get(f"/complaints/{number}/papers/{NOBODYS}").status_code == 404


def test_an_emoji_in_a_note_makes_no_paper_impossible(
    client: TestClient, session: Session, keyring: Keyring, inspector: Principal
) -> None:
    number = make_complaint(session, phone="+8619100000001").number
    form = make_form(CaseAction.REFUSE, note="不归这里管😀عربي\u202e")
    act(session, inspector, number, CaseAction.REFUSE, form)

    draw_all(client, keyring, inspector, number)

    papers = client.get(f"/v1/cases/{number}/papers", headers=bearer(keyring, inspector)).json()
    assert [one["kind"] for one in papers["items"]] == ["refusal"]
