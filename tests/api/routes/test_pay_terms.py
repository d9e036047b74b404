from datetime import date
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook
from sqlmodel import Session

from payroll import pay_file
from tests.factories.pay_terms import make_line, make_work_days
from tests.factories.payroll import (
    MONTH,
    Site,
    current_payslips,
    draw_up,
    make_site,
    publish,
)

LONG_DAY = [(date(2026, 10, 8), 540, 60)]


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session, worker_count=1)


def post(client: TestClient, headers: dict[str, str], site: Site, what: str, **body: object) -> Any:
    path = f"/v1/projects/{site.project.id}/workers/{site.workers[0].id}/{what}"
    return client.post(path, json=body, headers=headers)


def draw(client: TestClient, headers: dict[str, str], site: Site) -> dict[str, Any]:
    path = f"/v1/projects/{site.project.id}/pay-sheets"
    body = {"month": MONTH, "team_id": str(site.team.id)}
    made = client.post(path, json=body, headers=headers)
    assert made.status_code == 201, made.text
    sheet: dict[str, Any] = client.get(f"{path}/{made.json()['id']}", headers=headers).json()
    return sheet


def test_terms_set_today_pay_overtime_and_allowances(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    make_work_days(session, site.workers[0], LONG_DAY)
    site.attendance.lines = [make_line(site.workers[0].id, LONG_DAY)]
    allowance = {"name": "高温津贴", "per": "day", "amount": "15.00"}

    made = post(
        client,
        manager,
        site,
        "pay-terms",
        from_date="2026-10-01",
        pays_overtime=True,
        allowances=[allowance],
    )

    assert (made.status_code, made.json()["allowances"]) == (201, [allowance])
    # 350 for the day, 65.63 for an hour at 150 %, 15 for having come.
    assert draw(client, manager, site)["net"] == "430.63"


def test_worker_agrees_to_a_deduction_before_it_is_taken(
    client: TestClient, site: Site, manager: dict[str, str], worker: dict[str, str]
) -> None:
    entered = post(
        client,
        manager,
        site,
        "deductions",
        month=MONTH,
        kind="agreed",
        name="宿舍电费",
        amount="60.00",
        note="九月宿舍电费",
    ).json()
    assert draw(client, manager, site)["net"] == "7875.00"

    listed = client.get(f"/v1/me/pay-entries?month={MONTH}", headers=worker).json()["items"]
    agreed = client.post(f"/v1/me/pay-entries/{listed[0]['entry_id']}/agree", headers=worker)

    assert (listed[0]["entry_id"], agreed.status_code) == (entered["entry_id"], 200)
    assert agreed.json()["agreed_at"] is not None
    assert draw(client, manager, site)["lines"][0]["deductions"] == "60.00"


def test_advance_is_listed_with_what_is_left_of_it(
    client: TestClient, site: Site, manager: dict[str, str], worker: dict[str, str]
) -> None:
    made = post(
        client, manager, site, "advances", paid_date="2026-10-20", amount="8000.00", note="现金"
    )
    assert made.status_code == 201
    draw(client, manager, site)

    [listed] = client.get("/v1/me/advances", headers=worker).json()["items"]

    assert (listed["taken"], listed["remaining"]) == ("7875.00", "125.00")


def test_piece_work_is_entered_and_withdrawn(
    client: TestClient, site: Site, manager: dict[str, str]
) -> None:
    entered = post(
        client,
        manager,
        site,
        "piece-work",
        month=MONTH,
        name="砌筑",
        quantity="36.50",
        unit="立方米",
        unit_price="180.00",
        note="二层东侧",
    ).json()
    assert (entered["quantity"], entered["amount"]) == ("36.50", "6570.00")

    path = f"/v1/projects/{site.project.id}/pay-entries/{entered['entry_id']}/withdraw"
    withdrawn = client.post(path, json={"reason": "量错了"}, headers=manager)

    assert withdrawn.json()["withdrawal"] == "量错了"
    assert draw(client, manager, site)["net"] == "7875.00"


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("advances", {"paid_date": "2026-10-20", "amount": "0", "note": "现金"}),
        ("advances", {"paid_date": "2026-10-20", "amount": "0.005", "note": "现金"}),
        ("supplements", {"month": "2026-13", "for_month": "2026-09", "amount": "1", "note": "x"}),
        ("deductions", {"month": MONTH, "kind": "fine", "name": "x", "amount": "1", "note": "x"}),
        ("pay-terms", {"from_date": "2026-10-32", "pays_overtime": True}),
    ],
)
def test_what_is_no_amount_month_or_kind_is_refused(
    client: TestClient, site: Site, manager: dict[str, str], what: str, body: dict[str, object]
) -> None:
    assert post(client, manager, site, what, **body).status_code == 422


def test_bound_is_named_when_the_sheet_is_refused(
    client: TestClient, site: Site, manager: dict[str, str], worker: dict[str, str]
) -> None:
    entered = post(
        client,
        manager,
        site,
        "deductions",
        month=MONTH,
        kind="damage",
        name="赔偿",
        amount="1575.01",
        note="摔坏仪器",
    ).json()
    client.post(f"/v1/me/pay-entries/{entered['entry_id']}/agree", headers=worker)

    refused = client.post(
        f"/v1/projects/{site.project.id}/pay-sheets",
        json={"month": MONTH, "team_id": str(site.team.id)},
        headers=manager,
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "payroll.deduction-too-large")
    assert "当月工资的 20%" in refused.json()["detail"]


def test_worker_sees_every_version_and_why_it_changed(
    client: TestClient,
    session: Session,
    site: Site,
    manager: dict[str, str],
    worker: dict[str, str],
) -> None:
    [payslip] = publish(session, site)
    path = f"/v1/projects/{site.project.id}/payslips/{payslip.id}/adjust"
    item = {"name": "计日工资", "quantity": "23.5", "unit": "工日", "unit_price": "350.00"}
    client.post(path, json={"items": [item], "note": "补上漏记的一天"}, headers=manager)

    versions = client.get(f"/v1/me/payslips/{payslip.id}/versions", headers=worker).json()["items"]

    assert [(each["version"], each["note"]) for each in versions] == [
        (2, "补上漏记的一天"),
        (1, None),
    ]


def test_draft_line_lists_its_check_ins_for_the_manager_and_not_yet_for_the_worker(
    client: TestClient,
    session: Session,
    site: Site,
    manager: dict[str, str],
    worker: dict[str, str],
) -> None:
    make_work_days(session, site.workers[0], LONG_DAY)
    site.attendance.lines = [make_line(site.workers[0].id, LONG_DAY)]
    payslip = current_payslips(session, draw_up(session, site).id)[0]
    line = f"payslips/{payslip.id}/lines/1/check-ins"

    shown = client.get(f"/v1/projects/{site.project.id}/{line}", headers=manager).json()
    hidden = client.get(f"/v1/me/{line}", headers=worker)

    assert [day["date"] for day in shown["days"]] == ["2026-10-08"]
    assert hidden.status_code == 404


def test_pay_sheet_in_excel_is_checked_then_imported(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    sheet_id = draw(client, manager, site)["id"]
    book = Workbook()
    assert book.active is not None
    book.active.title = pay_file.SHEET
    book.active.append([pay_file.NAME, pay_file.ID_NUMBER, pay_file.GROSS, pay_file.NET])
    book.active.append(["王小明", "无此证件", 8000, 8000])
    buffer = BytesIO()
    book.save(buffer)
    path = f"/v1/projects/{site.project.id}/pay-sheets/{sheet_id}/import?dry_run=true"

    report = client.post(path, files={"file": ("x.xlsx", buffer.getvalue())}, headers=manager)

    assert report.status_code == 200
    assert (report.json()["is_dry_run"], report.json()["rejected"]) == (True, 1)
    assert report.json()["rows"][0]["findings"][0]["code"] == "unknown-worker"
    assert report.json()["without_row"] == ["王*明"]


def test_a_misspelt_field_of_an_advance_is_refused(
    client: TestClient, manager: dict[str, str], site: Site
) -> None:
    address = f"/v1/projects/{site.project.id}/workers/{site.workers[0].id}/advances"
    body = {"amount": "100.00", "paid_date": "2026-10-02", "note": "预支", "remark": "x"}

    response = client.post(address, json=body, headers=manager)

    assert response.status_code == 422
    assert ["body", "remark"] in [error["location"] for error in response.json()["errors"]]
