"""The desk's mediation agreements: read word for word, signed by the project's manager alone."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from core.case_enums import AgreementParty, CaseAction, Disclosure
from db.models import AgreementSignature
from tests.browser import Page, post
from tests.cases.desk_work import accept, act
from tests.factories.cases import make_complaint, make_inspector
from tests.factories.payroll import Site
from tests.factories.projects import make_project


@pytest.fixture
def page(base: str) -> str:
    return f"{base}/agreements"


def propose(session: Session, site: Site, disclosure: Disclosure = Disclosure.NAMED) -> str:
    filed = make_complaint(
        session,
        person_id=site.workers[0].person_id,
        project_id=site.project.id,
        disclosure=disclosure,
    )
    first, second = make_inspector(session), make_inspector(session, name="周监察")
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)
    return filed.number


def test_what_is_proposed_is_read_and_signed(
    desk: TestClient, session: Session, site: Site, page: str
) -> None:
    number = propose(session, site)
    shown = Page(desk.get(page))

    answer = post(desk, f"{page}/{number}", content_hash=shown.hidden["content_hash"])

    after = Page(desk.get(answer.headers["location"]))
    signature = session.exec(select(AgreementSignature)).one()
    assert "5280.00 元" in shown.text
    assert (signature.party, signature.receipt != "") == (AgreementParty.EMPLOYER, True)
    assert "现在没有等签字的协议" in after.text
    assert "用人单位已签字" in after.text


def test_changed_words_are_not_signed(
    desk: TestClient, session: Session, site: Site, page: str
) -> None:
    number = propose(session, site)

    answer = post(desk, f"{page}/{number}", content_hash="0" * 64)

    assert answer.status_code == 409
    assert session.exec(select(AgreementSignature)).all() == []


def test_a_shielded_complainant_has_a_number_and_no_name(
    desk: TestClient, session: Session, site: Site, page: str
) -> None:
    number = propose(session, site, Disclosure.SHIELDED)

    text = Page(desk.get(page)).text

    assert f"投诉人（编号 {number}）" in text
    assert "王小明" not in text


def test_the_menu_leads_there_and_another_project_has_no_such_page(
    desk: TestClient, session: Session, page: str
) -> None:
    other = make_project(session)

    assert page in Page(desk.get(page)).links
    assert desk.get(f"/desk/projects/{other.id}/agreements").status_code == 404
