"""The desk's pay sheet: drawn up, imported, published, approved, with every worker's answer."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from api.pages.desk import DeskRoute
from api.routes import PUBLIC_ROUTERS
from core.enums import PaySheetState, PayslipAnswerState
from core.keyring import Keyring
from core.pay_enums import PayEntryKind
from db.models import PaySheet, Payslip, PayslipAnswer
from payroll import answers, pay_file
from payroll.errors import AttendanceNotLockedError
from tests.browser import OWN, Page, post
from tests.factories.desk import make_builder, sign_in_at_desk
from tests.factories.pay_terms import make_entry
from tests.factories.payroll import AT, Site, confirm, draw_up, make_site, publish
from tests.payroll.test_pay_import import Cells, make_row, write

PARAMETER = re.compile(r"\{(\w+)\}")


@pytest.fixture
def sheet(session: Session, site: Site) -> PaySheet:
    drawn = draw_up(session, site)
    session.flush()
    return drawn


def upload(desk: TestClient, address: str, content: bytes, *, dry_run: bool) -> Page:
    answer = desk.post(
        f"{address}/import",
        data={"dry_run": str(dry_run).lower()},
        files={"file": ("工资.xlsx", content)},
        headers=OWN,
    )
    assert answer.status_code == 200
    return Page(answer)


def net_of(session: Session, sheet: PaySheet) -> set[int]:
    return set(session.exec(select(Payslip.net_fen).where(Payslip.pay_sheet_id == sheet.id)))


def test_sheet_is_drawn_up_from_the_months_page(
    desk: TestClient, session: Session, base: str
) -> None:
    answer = post(desk, f"{base}/pay-sheets", **Page(desk.get(base)).hidden)

    shown = Page(desk.get(answer.headers["location"]))
    assert answer.status_code == 303
    assert "王小明" in shown.text
    assert "15750.00" in shown.text
    assert session.exec(select(PaySheet.state)).one() is PaySheetState.DRAFT


def test_month_without_locked_attendance_is_refused_with_advice(
    desk: TestClient, site: Site, base: str
) -> None:
    team_id = str(site.team.id)

    answer = post(desk, f"{base}/pay-sheets", month="2026-09", team_id=team_id)

    assert answer.status_code == 409
    assert AttendanceNotLockedError.title in Page(answer).text


def test_excel_is_tried_then_imported(
    desk: TestClient, session: Session, site: Site, base: str, sheet: PaySheet
) -> None:
    address = f"{base}/pay-sheets/{sheet.id}"
    wrong: Cells = {pay_file.NET: 9000}
    content = write([make_row(session, site, 0), make_row(session, site, 1, wrong)])

    tried = upload(desk, address, content, dry_run=True).text
    before = net_of(session, sheet)
    imported = upload(desk, address, content, dry_run=False).text

    assert "试了一下，什么都没改" in tried
    assert "应发减去扣款和预支是 8075.00 元" in tried
    assert before == {787_500}
    assert "导入了 1 行，有错的 1 行没有导入" in imported
    assert net_of(session, sheet) == {787_500, 807_500}


def test_file_that_is_no_workbook_is_explained(
    desk: TestClient, base: str, sheet: PaySheet
) -> None:
    answer = desk.post(
        f"{base}/pay-sheets/{sheet.id}/import",
        data={"dry_run": "true"},
        files={"file": ("x.xlsx", b"not a workbook")},
        headers=OWN,
    )

    assert answer.status_code == 422
    assert "/desk" in Page(answer).links


def test_old_draft_offers_to_be_worked_out_again_and_nothing_else(
    desk: TestClient, session: Session, site: Site, base: str, sheet: PaySheet
) -> None:
    address = f"{base}/pay-sheets/{sheet.id}"
    make_entry(session, site.workers[0], PayEntryKind.SUPPLEMENT)

    shown = Page(desk.get(address))
    refused = post(desk, f"{address}/publish")

    assert "登记了补发（王小明）" in shown.text
    assert "个人确认" not in shown.text
    assert "重新算一遍" in shown.text
    assert refused.status_code == 409
    assert "登记了补发（王小明）" in Page(refused).text


def test_publishing_asks_the_workers_and_nobody_else_answers(
    desk: TestClient, session: Session, base: str, sheet: PaySheet
) -> None:
    address = f"{base}/pay-sheets/{sheet.id}"

    post(desk, f"{address}/publish")
    post(desk, f"{address}/approve")

    page = Page(desk.get(address)).text
    assert "等本人答复 2" in page
    assert "这次不放 2 人" in page
    assert "本人还没答复，不答复不算同意" in page
    assert "生成银行文件" in page


def test_sheet_says_who_goes_into_the_file_and_who_does_not(
    desk: TestClient, session: Session, keyring: Keyring, site: Site, base: str
) -> None:
    confirmed, disputed = publish(session, site)
    confirm(session, keyring, confirmed)
    answers.dispute_payslip(
        session, principal=site.principal(1), payslip_id=disputed.id, reason="少", fields=[], at=AT
    )
    address = f"{base}/pay-sheets/{confirmed.pay_sheet_id}"

    before = Page(desk.get(address)).text
    post(desk, f"{address}/approve")
    after = Page(desk.get(address)).text

    assert "下一个文件会放进" not in before
    assert "下一个文件会放进 1 人，共 7875.00 元" in after
    assert "本人说有问题，先答复或者改工资条" in after


def test_published_sheet_is_not_published_again(
    desk: TestClient, session: Session, site: Site, base: str
) -> None:
    sheet_id = publish(session, site)[0].pay_sheet_id

    assert post(desk, f"{base}/pay-sheets/{sheet_id}/publish").status_code == 409


def test_sheet_of_another_project_does_not_exist(desk: TestClient, session: Session) -> None:
    foreign = draw_up(session, make_site(session))
    session.flush()

    answer = desk.get(f"/desk/projects/{foreign.project_id}/pay-sheets/{foreign.id}")

    assert answer.status_code == 404


def test_general_contractors_desk_has_no_pay_sheets(
    client: TestClient, session: Session, site: Site, base: str, sheet: PaySheet
) -> None:
    sign_in_at_desk(client, session, make_builder(session, site))

    assert client.get(f"{base}/pay-sheets/{sheet.id}").status_code == 403


def test_no_form_of_the_desk_answers_for_a_worker(
    desk: TestClient, session: Session, site: Site
) -> None:
    payslip = publish(session, site)[0]
    known = {
        "project_id": site.project.id,
        "payslip_id": payslip.id,
        "sheet_id": payslip.pay_sheet_id,
        "reference": "AX" + "0" * 20,
        "content_hash": payslip.content_hash,
        "answer_state": "confirmed",
        "state": "confirmed",
        "is_recomputed": "true",
        "outcome": "told",
        "code": "123456",
        "note": "本人口头同意",
        "reason": "本人口头同意",
    }
    fields = {name: str(value) for name, value in known.items()}
    forms = [
        PARAMETER.sub(lambda found: fields.get(found[1], str(payslip.id)), route.path)
        for router in PUBLIC_ROUTERS
        for route in router.routes
        if isinstance(route, DeskRoute) and "POST" in (route.methods or ())
        if "sign" not in route.path
    ]

    for path in forms:
        post(desk, path, **fields)

    states = session.exec(select(Payslip).execution_options(populate_existing=True)).all()
    assert len(forms) > 10
    assert {payslip.answer_state for payslip in states} == {PayslipAnswerState.AWAITING}
    assert session.exec(select(PayslipAnswer)).all() == []
