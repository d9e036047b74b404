"""The desk's entrance: who may sit down, and which months and files they see."""

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, select

from core.enums import DeviceProfile, Role, SheetState
from core.keyring import Keyring
from db.models import AttendanceSheet, Device, Person
from identity.errors import RoleRequiredError
from projects.errors import ProjectNotFoundError
from tests.browser import Page, post, texted_code
from tests.factories.desk import make_builder, make_desk_manager, sign_in_at_desk
from tests.factories.identity import make_grant, make_person, make_phone
from tests.factories.payroll import Site, confirm_all, draw_up, draw_up_batch, publish
from tests.factories.projects import make_project


def test_stranger_is_sent_to_the_desks_own_sign_in(client: TestClient, base: str) -> None:
    answer = client.get(base, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in")
    assert 'action="/desk/sign-in/code"' in client.get("/desk/sign-in").text


def test_labour_manager_lands_on_the_months(desk: TestClient, site: Site, base: str) -> None:
    landed = desk.get("/desk", follow_redirects=False)
    page = Page(desk.get(base))

    assert landed.headers["location"] == base
    assert site.project.name in page.text
    assert "已锁定" in page.text
    assert page.hidden["month"] == "2026-10"


def test_month_says_how_many_have_answered(
    desk: TestClient, session: Session, site: Site, base: str
) -> None:
    publish(session, site)

    assert "等本人答复 2" in Page(desk.get(base)).text


def test_workers_cookie_opens_no_desk(browser: TestClient, base: str) -> None:
    browser.cookies.set("desk", browser.cookies["sign_in"])

    assert browser.get(base, follow_redirects=False).headers["location"] == "/desk/sign-in"


def test_worker_without_a_role_is_turned_away(
    client: TestClient, session: Session, person: Person
) -> None:
    answer = sign_in_at_desk(client, session, person)

    assert answer.status_code == 403
    assert RoleRequiredError.title in Page(answer).text
    assert "desk" not in client.cookies


def test_wrong_code_is_explained_on_the_same_page(
    client: TestClient, session: Session, site: Site
) -> None:
    phone = make_desk_manager(session, site).phone or ""
    post(client, "/desk/sign-in/code", phone=phone)

    answer = post(client, "/desk/sign-in", phone=phone, code="000000")

    assert answer.status_code == 401
    assert 'action="/desk/sign-in"' in answer.text


def test_somebody_with_two_projects_chooses_one(
    client: TestClient, session: Session, site: Site
) -> None:
    person = make_desk_manager(session, site)
    other = make_project(session)
    make_grant(session, person, Role.LABOUR_MANAGER, project_id=other.id)
    choosing = sign_in_at_desk(client, session, person)

    chosen = post(client, "/desk/sign-in", **Page(choosing).hidden)

    assert "劳资专管员" in Page(choosing).text
    assert chosen.status_code == 303
    assert client.get("/desk", follow_redirects=False).headers["location"].endswith(str(other.id))


def test_inspectors_number_has_no_desk(client: TestClient, session: Session) -> None:
    inspector = make_person(session, name="李监察", phone=make_phone(78_000_001))
    make_grant(session, inspector, Role.INSPECTOR, county_code="330106")

    assert sign_in_at_desk(client, session, inspector).status_code == 403


def test_another_project_does_not_exist(desk: TestClient, session: Session) -> None:
    other = make_project(session)

    answer = desk.get(f"/desk/projects/{other.id}")

    assert answer.status_code == 404
    assert ProjectNotFoundError.title in Page(answer).text
    assert "/desk" in Page(answer).links


def test_signing_out_ends_the_desk(desk: TestClient, base: str) -> None:
    answer = post(desk, "/desk/sign-out")

    assert answer.headers["location"] == "/desk/sign-in"
    assert desk.get(base, follow_redirects=False).status_code == 303


def test_general_contractor_sees_files_that_wait_and_nothing_else(
    client: TestClient, session: Session, keyring: Keyring, site: Site, base: str
) -> None:
    builder = make_builder(session, site)
    sheet_id = confirm_all(session, keyring, site)[0].pay_sheet_id
    reference = draw_up_batch(session, site, sheet_id).batch.reference
    sign_in_at_desk(client, session, builder)

    waiting = Page(client.get("/desk"))

    assert f"{base}/pay-sheets/{sheet_id}/batches/{reference}" in waiting.links
    assert client.get(base).status_code == 403


@pytest.mark.parametrize("path", ["", "/to-do", "/pay-sheets/{sheet_id}", "/payslips/{payslip_id}"])
def test_page_keeps_to_the_content_security_policy(
    desk: TestClient, session: Session, site: Site, base: str, path: str
) -> None:
    payslip = publish(session, site)[0]
    filled = path.format(sheet_id=payslip.pay_sheet_id, payslip_id=payslip.id)

    answer = desk.get(base + filled)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert Page(answer).inline_code == []


def test_code_of_the_worker_page_does_not_sign_in_twice(
    client: TestClient, session: Session, redis: Redis, site: Site
) -> None:
    person = make_desk_manager(session, site)
    sign_in_at_desk(client, session, person)

    again = post(client, "/desk/sign-in", phone=person.phone or "", code=texted_code(session))

    assert again.status_code == 401


def test_drafts_show_no_answers(desk: TestClient, session: Session, site: Site, base: str) -> None:
    draw_up(session, site)

    page = Page(desk.get(base)).text

    assert "草稿，工人还看不到" in page
    assert "等本人答复" not in page


def test_kiosk_is_registered_and_paired_with_the_shown_code(
    desk: TestClient, session: Session, base: str
) -> None:
    shown = Page(post(desk, f"{base}/kiosks", name="食堂门口"))
    code = next(word for word in shown.words if word.isdigit() and len(word) == 8)

    paired = post(desk, "/kiosk/pair", pairing_code=code)

    assert paired.headers["location"] == "/kiosk"
    assert "刷卡看工资条" in Page(desk.get("/kiosk")).text
    assert session.exec(select(Device.profile)).one() == DeviceProfile.KIOSK


def test_company_sees_the_sheets_it_looks_over(
    client: TestClient, session: Session, site: Site, base: str
) -> None:
    site.attendance.state = SheetState.DRAFT
    sign_in_at_desk(client, session, make_builder(session, site))

    waiting = Page(client.get("/desk/batches"))

    assert f"{base}/attendance/{site.attendance.id}" in waiting.links


def test_older_months_are_one_link_away(
    desk: TestClient, session: Session, site: Site, base: str
) -> None:
    session.get_one(AttendanceSheet, site.attendance.id).month = "2024-03"
    session.flush()

    newest = Page(desk.get(base))
    older = Page(desk.get(f"{base}?since=2024-01"))

    assert "2024年3月" not in newest.text
    assert any(link.startswith(f"{base}?since=") for link in newest.links)
    assert "2024年3月" in older.text
