"""What people take away: arrears, a year, a printed payslip, the ledger, all their data."""

import zipfile
from io import BytesIO

from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlmodel import Session

from core.enums import Role
from core.keyring import Keyring
from db.models import Payslip
from payroll.payslip_pdf import DIGEST_LENGTH
from tests.factories.identity import bearer, make_person, make_principal
from tests.factories.payroll import MONTH, Site


def test_worker_sees_the_year(client: TestClient, worker: dict[str, str], payslip: Payslip) -> None:
    year = client.get(f"/v1/me/years/{MONTH[:4]}", headers=worker).json()

    assert (year["due"], year["paid"], year["open"]) == ("7875.00", "0.00", "7875.00")
    assert year["months"][0]["payslip_id"] == str(payslip.id)


def test_worker_sees_what_is_owed(
    client: TestClient, worker: dict[str, str], payslip: Payslip
) -> None:
    owed = client.get("/v1/me/arrears", headers=worker).json()

    assert owed["total"] in {"0.00", "7875.00"}  # by the day the test runs
    assert all(line["month"] == MONTH for line in owed["items"])


def test_manager_and_inspector_see_employers(
    client: TestClient, session: Session, keyring: Keyring, site: Site, manager: dict[str, str]
) -> None:
    inspector = make_principal(
        make_person(session).id, Role.INSPECTOR, county_code=site.project.county_code
    )

    project = client.get(f"/v1/projects/{site.project.id}/arrears", headers=manager)
    county = client.get("/v1/arrears", headers=bearer(keyring, inspector))

    assert (project.status_code, county.status_code) == (200, 200)
    assert project.json()["employers"] == county.json()["items"] == []


def test_printed_payslip_is_a_pdf_nobody_keeps(
    client: TestClient, worker: dict[str, str], payslip: Payslip
) -> None:
    response = client.get(f"/v1/me/payslips/{payslip.id}/payslip.pdf", headers=worker)

    assert response.content.startswith(b"%PDF")
    assert response.headers["cache-control"] == "no-store"


def test_code_on_the_print_opens_a_page_without_name_or_amount(
    client: TestClient, payslip: Payslip
) -> None:
    response = client.get(f"/p/{payslip.id}/{payslip.content_hash[:DIGEST_LENGTH]}")

    assert response.status_code == 200
    assert "一个字都没有改过" in response.text
    assert payslip.content["worker_name"] not in response.text
    assert "7875" not in response.text


def test_altered_print_opens_a_refusal(client: TestClient, payslip: Payslip) -> None:
    response = client.get(f"/p/{payslip.id}/{'0' * DIGEST_LENGTH}")

    assert response.status_code == 404
    assert "对不上" in response.text


def test_manager_exports_the_ledger(
    client: TestClient, site: Site, manager: dict[str, str], payslip: Payslip
) -> None:
    response = client.post(
        f"/v1/projects/{site.project.id}/ledger",
        json={"first_month": MONTH, "last_month": MONTH, "part": "open"},
        headers=manager,
    )

    assert response.status_code == 200
    assert load_workbook(BytesIO(response.content)).sheetnames == ["工资支付台账"]


def test_worker_takes_all_data_home(
    client: TestClient, worker: dict[str, str], payslip: Payslip
) -> None:
    response = client.post("/v1/me/export", headers=worker)

    names = zipfile.ZipFile(BytesIO(response.content)).namelist()
    assert names == ["我的数据.json", "我的数据.html"]
