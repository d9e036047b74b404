"""Attendance sheets over HTTP: the chain, the lock, Excel out and in."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from openpyxl import load_workbook
from sqlmodel import Session

from attendance.work_days import fold_month
from core.clock import local_date, now
from core.enums import Direction, Role
from core.keyring import Keyring
from tests.attendance.test_foreign_sheets import HEADER, make_file
from tests.factories.attendance import GateSite, make_check_in, make_gate_site, make_objection
from tests.factories.identity import bearer, make_principal

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
REASONS = {"unsettled_reason": "工人已回家", "skipped_reason": "已在纸上签字"}


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    site.worker.is_team_leader = True
    make_check_in(session, site.worker, Direction.IN, now() - timedelta(days=31))
    make_objection(session, site.worker, DAY, note="加班没记")
    return site


@pytest.fixture
def leader(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(keyring, make_principal(site.person_id))


@pytest.fixture
def manager(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(
        keyring, make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    )


@pytest.fixture
def where(site: GateSite) -> str:
    return f"/v1/projects/{site.project_id}/attendance-sheets"


@pytest.fixture
def sheet(
    client: TestClient, site: GateSite, where: str, manager: dict[str, str]
) -> dict[str, Any]:
    body = {"month": MONTH, "team_id": str(site.team_id)}
    drawn: dict[str, Any] = client.post(where, json=body, headers=manager).json()
    return drawn


def test_a_drawn_sheet_is_listed_and_read(
    client: TestClient, where: str, sheet: dict[str, Any], manager: dict[str, str]
) -> None:
    listed = client.get(where, params={"month": MONTH}, headers=manager).json()
    read = client.get(f"{where}/{sheet['id']}", headers=manager).json()

    assert listed == {"items": [sheet], "next": None}
    (line,) = read["lines"]
    assert (line["masked_name"], line["original"]) == ("王*明", None)
    assert read["chain"] == {"approved": [], "missing": ["team_leader", "subcontractor"]}
    assert (read["acts"], read["suspicions"], read["is_stale"]) == ([], [], False)


def test_a_month_that_has_not_begun_is_refused(
    client: TestClient, site: GateSite, where: str, manager: dict[str, str]
) -> None:
    body = {"month": "2099-01", "team_id": str(site.team_id)}
    refused = client.post(where, json=body, headers=manager)
    assert (refused.status_code, refused.json()["code"]) == (422, "attendance.month-not-begun")


def test_the_team_leader_finds_the_sheet_and_approves_it(
    client: TestClient, where: str, sheet: dict[str, Any], leader: dict[str, str]
) -> None:
    (waiting,) = client.get("/v1/attendance-sheets", headers=leader).json()["items"]
    seen = client.get(f"{where}/{waiting['id']}", headers=leader).json()
    approved = client.post(
        f"{where}/{waiting['id']}/approve",
        json={"content_hash": seen["content_hash"]},
        headers=leader,
    )
    assert (waiting["id"], approved.json()["approved"]) == (sheet["id"], ["team_leader"])


def test_a_sheet_goes_back_with_a_reason_everybody_reads(
    client: TestClient, where: str, sheet: dict[str, Any], leader: dict[str, str]
) -> None:
    path = f"{where}/{sheet['id']}"
    sent = client.post(f"{path}/send-back", json={"reason": "少记两天"}, headers=leader)
    (act,) = client.get(path, headers=leader).json()["acts"]
    assert sent.status_code == 200
    assert (act["step"], act["act"], act["reason"]) == ("team_leader", "sent_back", "少记两天")


def test_the_lock_asks_for_reasons_and_the_reopening_too(
    client: TestClient, where: str, sheet: dict[str, Any], manager: dict[str, str]
) -> None:
    path = f"{where}/{sheet['id']}"
    refused = client.post(f"{path}/lock", headers=manager)
    locked = client.post(f"{path}/lock", json=REASONS, headers=manager)
    reopened = client.post(f"{path}/reopen", json={"reason": "漏了闸机"}, headers=manager)

    assert (refused.status_code, refused.json()["code"]) == (409, "attendance.days-unsettled")
    assert (locked.json()["state"], reopened.json()["state"]) == ("locked", "draft")


def test_a_locked_sheet_is_not_drawn_up_again(
    client: TestClient,
    site: GateSite,
    where: str,
    sheet: dict[str, Any],
    manager: dict[str, str],
) -> None:
    client.post(f"{where}/{sheet['id']}/lock", json=REASONS, headers=manager)
    body = {"month": MONTH, "team_id": str(site.team_id)}
    again = client.post(where, json=body, headers=manager)
    assert (again.status_code, again.json()["code"]) == (409, "attendance.sheet-locked")


def test_the_export_is_an_excel_file(
    client: TestClient, where: str, sheet: dict[str, Any], manager: dict[str, str]
) -> None:
    answer = client.get(f"{where}/{sheet['id']}/export.xlsx", headers=manager)
    assert answer.headers["content-disposition"].endswith(f"%20{MONTH}.xlsx")
    assert load_workbook(BytesIO(answer.content)).sheetnames == ["考勤表"]


def upload(
    client: TestClient,
    where: str,
    headers: dict[str, str],
    content: bytes,
    *,
    dry_run: bool = False,
) -> Response:
    return client.post(
        f"{where}/import",
        files={"file": ("考勤.xlsx", content)},
        data={"month": MONTH},
        params={"dry_run": dry_run},
        headers=headers,
    )


def test_a_foreign_sheet_is_tried_first_and_then_taken_in(
    client: TestClient, where: str, manager: dict[str, str]
) -> None:
    content = make_file(HEADER, [1, "王小明", None, "√", "？？"], [2, "李四", None, "√"])
    dry = upload(client, where, manager, content, dry_run=True).json()
    done = upload(client, where, manager, content).json()

    assert (dry["is_dry_run"], done["is_dry_run"]) == (True, False)
    assert dry["rows"] == done["rows"]
    assert (done["rejected"], done["days"]["imported"]) == (2, 0)
    (finding,) = done["rows"][1]["findings"]
    assert (finding["field"], finding["code"]) == ("姓名", "unknown-worker")
    assert (finding["severity"], finding["advice"][:3]) == ("error", "请核对")


def test_what_is_no_workbook_is_refused(
    client: TestClient, where: str, manager: dict[str, str]
) -> None:
    answer = upload(client, where, manager, b"no workbook")
    assert (answer.status_code, answer.json()["code"]) == (422, "projects.unreadable-workbook")


def test_our_own_export_can_be_read_back(
    client: TestClient,
    session: Session,
    site: GateSite,
    *,
    where: str,
    sheet: dict[str, Any],
    manager: dict[str, str],
) -> None:
    fold_month(session, project_id=site.project_id, worker_ids=[site.worker_id], month=MONTH)
    path = f"{where}/{sheet['id']}/export.xlsx"
    content = client.get(path, params={"reason": "交班组签字"}, headers=manager).content
    report = upload(client, where, manager, content, dry_run=True).json()
    assert (report["rejected"], report["days"]) == (0, {"imported": 0, "repeated": 0, "kept": 1})
