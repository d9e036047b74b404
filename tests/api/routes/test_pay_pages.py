"""The phone pages behind a payslip: advances, deductions that wait, the check-ins of a line."""

from datetime import UTC, date, datetime

from fastapi.testclient import TestClient
from sqlmodel import Session

from core.enums import Direction
from db.models import AttendanceSheet
from payroll.service import adjust_payslip
from tests.browser import Page, post
from tests.factories.attendance import make_check_in
from tests.factories.pay_terms import make_advance, make_entry, make_line, make_work_days
from tests.factories.payroll import AT, HALF_DAY_MORE, Site, publish


def test_worker_reads_advances_and_agrees_to_a_deduction(
    browser: TestClient, session: Session, site: Site
) -> None:
    make_advance(session, site.workers[0])
    entry = make_entry(session, site.workers[0])
    page = Page(browser.get("/pay-entries"))
    assert "还要扣 500.00 元" in page.text
    assert "你不答复，不算你同意" in page.text

    answer = post(browser, f"/pay-entries/{entry.id}/agree")

    assert answer.headers["location"] == "/pay-entries"
    assert "你已同意" in Page(browser.get("/pay-entries")).text


def test_line_shows_its_days_with_each_check_in(
    browser: TestClient, session: Session, site: Site
) -> None:
    worker = site.workers[0]
    for hour, direction in ((0, Direction.IN), (8, Direction.OUT)):
        make_check_in(session, worker, direction, datetime(2026, 10, 8, hour, tzinfo=UTC))
    days = [(date(2026, 10, 8), 480, 0)]
    make_work_days(session, worker, days)
    session.get_one(AttendanceSheet, site.attendance.id).lines = [make_line(worker.id, days)]
    payslip = publish(session, site)[0]
    shown = Page(browser.get(f"/payslips/{payslip.id}"))
    assert f"/payslips/{payslip.id}/lines/1" in shown.links

    line = Page(browser.get(f"/payslips/{payslip.id}/lines/1"))

    assert "8日 周四：8小时" in line.text
    assert "08:00 进" in line.text
    assert "16:00 出" in line.text


def test_remarks_stand_on_the_payslip(browser: TestClient, session: Session, site: Site) -> None:
    payslip = publish(session, site)[0]

    assert "当地最低工资标准还没有登记" in Page(browser.get(f"/payslips/{payslip.id}")).text


def test_every_version_stays_readable_with_what_the_site_said(
    browser: TestClient, session: Session, site: Site
) -> None:
    earlier = publish(session, site)[0]
    newer = adjust_payslip(
        session,
        principal=site.manager,
        project_id=site.project.id,
        payslip_id=earlier.id,
        items=HALF_DAY_MORE,
        note="补上一天",
        at=AT,
    )
    shown = Page(browser.get(f"/payslips/{newer.id}"))

    versions = Page(browser.get(f"/payslips/{newer.id}/versions"))

    assert f"/payslips/{newer.id}/versions" in shown.links
    assert "工地说明：补上一天" in versions.text
    assert {f"/payslips/{earlier.id}", f"/payslips/{newer.id}"} <= set(versions.links)
    assert "这张已经作废" in Page(browser.get(f"/payslips/{earlier.id}")).text


def test_payslip_is_saved_as_a_pdf(browser: TestClient, session: Session, site: Site) -> None:
    payslip = publish(session, site)[0]
    address = f"/payslips/{payslip.id}/payslip.pdf"

    saved = browser.get(address)

    assert address in Page(browser.get(f"/payslips/{payslip.id}")).links
    assert saved.content.startswith(b"%PDF")


def test_colleagues_versions_and_pdf_do_not_exist(
    browser: TestClient, session: Session, site: Site
) -> None:
    colleagues = publish(session, site)[1]

    pages = [browser.get(f"/payslips/{colleagues.id}/{end}") for end in ("versions", "payslip.pdf")]

    assert [page.status_code for page in pages] == [404, 404]


def test_year_adds_up_and_leads_to_its_neighbours(
    browser: TestClient, session: Session, site: Site
) -> None:
    payslip = publish(session, site)[0]

    page = Page(browser.get("/year?of=2026"))

    assert "7875.00 元" in page.text
    assert "还差 7875.00 元" in page.text
    assert f"/payslips/{payslip.id}" in page.links
    assert "/year?of=2025" in page.links
    assert "这一年没有工资记录" in Page(browser.get("/year?of=2025")).text


def test_own_data_is_saved_after_a_warning(browser: TestClient) -> None:
    warned = Page(browser.get("/my-data")).text

    saved = post(browser, "/my-data")

    assert "完整的身份证号" in warned
    assert saved.headers["content-type"] == "application/zip"
