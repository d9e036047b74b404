"""Taking back days entered by hand and imported sheets, over HTTP and on the pages."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session

from attendance.errors import EntryStaysError
from core.clock import local_date, now
from core.enums import Role
from core.keyring import Keyring
from tests.attendance.test_foreign_sheets import HEADER, make_file
from tests.browser import OWN, Page, post
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.desk import sign_in_at_desk
from tests.factories.identity import bearer, make_grant, make_principal, make_worker_person

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(session: Session, keyring: Keyring, site: GateSite) -> dict[str, str]:
    person = make_worker_person(session, name="某经理")
    principal = make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project_id)
    return bearer(keyring, principal)


@pytest.fixture
def desk(client: TestClient, session: Session, site: GateSite) -> TestClient:
    """A browser whose desk the site's labour manager is signed in at."""
    person = make_worker_person(session, name="赵主管")
    make_grant(session, person, Role.LABOUR_MANAGER, project_id=site.project_id)
    assert sign_in_at_desk(client, session, person).status_code == 303
    return client


@pytest.fixture
def base(site: GateSite) -> str:
    return f"/desk/projects/{site.project_id}/attendance"


def enter(client: TestClient, site: GateSite, manager: dict[str, str]) -> list[str]:
    row = {
        "project_worker_id": str(site.worker_id),
        "in_at": f"{DAY}T07:00:00+08:00",
        "out_at": f"{DAY}T17:00:00+08:00",
    }
    done = client.post(
        f"/v1/projects/{site.project_id}/manual-check-ins",
        json={"reason": "闸机停电", "entries": [row]},
        headers=manager,
    ).json()
    check_in_ids: list[str] = done["results"][0]["check_in_ids"]
    return check_in_ids


def take_in(site: GateSite) -> dict[str, Any]:
    """Return the form that imports one day of the worker."""
    days = [1 if number == DAY.day else None for number in range(1, 32)]
    row = [1, site.person.name, site.person.id_number, *days]
    return {
        "data": {"month": MONTH, "dry_run": "false"},
        "files": {"file": ("考勤.xlsx", make_file(HEADER, row))},
    }


def take_back(desk: TestClient, address: str, check_in_ids: list[str]) -> Response:
    """Send the form of a day's page."""
    return desk.post(
        f"{address}/withdrawals",
        data={"reason": "补错了人", "check_in_ids": check_in_ids},
        headers=OWN,
        follow_redirects=False,
    )


def test_entries_are_taken_back_and_the_worker_sees_why(
    client: TestClient, keyring: Keyring, site: GateSite, manager: dict[str, str]
) -> None:
    entered = enter(client, site, manager)
    where = f"/v1/projects/{site.project_id}/manual-check-ins/withdraw"

    body = {"reason": "补错了人", "check_in_ids": entered}
    done = client.post(where, json=body, headers=manager).json()
    again = client.post(where, json=body | {"reason": "忘了撤没撤"}, headers=manager).json()

    assert (done["withdrawn"], {one["outcome"] for one in done["results"]}) == (2, {"withdrawn"})
    assert again == done
    worker = bearer(keyring, make_principal(site.person_id))
    month = client.get("/v1/me/attendance", params={"month": MONTH}, headers=worker).json()
    assert month["days"] == []
    assert [(one["direction"], one["note"], one["reason"]) for one in month["withdrawn"]] == [
        ("in", "闸机停电", "补错了人"),
        ("out", "闸机停电", "补错了人"),
    ]


@pytest.mark.parametrize("reason", ["", "  ", "\u200b\u3164"])
def test_a_reason_says_something(
    client: TestClient, site: GateSite, manager: dict[str, str], reason: str
) -> None:
    answer = client.post(
        f"/v1/projects/{site.project_id}/manual-check-ins/withdraw",
        json={"reason": reason, "check_in_ids": [str(uuid4())]},
        headers=manager,
    )
    assert answer.status_code == 422


def test_what_is_not_taken_back_says_what_to_do(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    answer = client.post(
        f"/v1/projects/{site.project_id}/manual-check-ins/withdraw",
        json={"reason": "补错了人", "check_in_ids": [str(uuid4())]},
        headers=manager,
    ).json()
    (result,) = answer["results"]
    assert (answer["withdrawn"], result["outcome"]) == (0, "not_entered")
    assert "提出异议" in result["say"]


def test_a_whole_import_is_listed_and_taken_back(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    where = f"/v1/projects/{site.project_id}"
    form = take_in(site)
    report = client.post(f"{where}/attendance-sheets/import", headers=manager, **form).json()
    imported = f"{where}/sheet-imports"

    (listed,) = client.get(imported, params={"month": MONTH}, headers=manager).json()["items"]
    body = {"reason": "传错了文件"}
    done = client.post(f"{imported}/{listed['id']}/withdraw", json=body, headers=manager).json()
    again = client.post(f"{imported}/{listed['id']}/withdraw", json=body, headers=manager).json()
    unknown = client.post(f"{imported}/{uuid4()}/withdraw", json=body, headers=manager)

    assert (listed["id"], listed["days"]) == (report["import_id"], 1)
    assert (listed["imported_by"], listed["withdrawn_days"]) == ("某*理", 0)
    assert (done["sheet_import"]["withdrawn_days"], done["kept"]) == (1, [])
    assert [one["reason"] for one in done["sheet_import"]["withdrawals"]] == ["传错了文件"]
    assert again == done
    assert (unknown.status_code, unknown.json()["code"]) == (
        404,
        "attendance.sheet-import-not-found",
    )


def test_the_desk_takes_a_file_back_and_says_what_stays(
    desk: TestClient, site: GateSite, base: str
) -> None:
    desk.post(f"{base}/import", headers=OWN, **take_in(site))
    address = post(desk, base, month=MONTH, team_id=str(site.team_id)).headers["location"]
    listed = desk.get(f"{base}?month={MONTH}")
    [form] = [part for part in listed.text.split('"') if part.endswith("/withdraw")]
    post(desk, f"{address}/lock", skipped_reason="已在纸上签字")

    kept = Page(post(desk, form, reason="传错了文件")).text
    post(desk, f"{address}/reopen", reason="传错了文件")
    done = Page(post(desk, form, reason="传错了文件")).text

    assert Page(listed).inline_code == []
    assert "1 天没有撤回：那个月的考勤表已经锁定，请先写明原因重新打开考勤表" in kept
    assert "撤回了 1 天" in done
    after = Page(desk.get(f"{base}?month={MONTH}")).text
    assert "已撤回 1 天" in after
    assert "导错了，全部撤回" not in after


def test_the_desk_takes_single_crossings_back_and_still_shows_them(
    desk: TestClient, site: GateSite, base: str, manager: dict[str, str]
) -> None:
    enter(desk, site, manager)
    sheet = post(desk, base, month=MONTH, team_id=str(site.team_id)).headers["location"]
    address = f"{sheet}/workers/{site.worker_id}"
    offered = Page(desk.get(address)).typed["check_in_ids"]

    answer = take_back(desk, address, offered)

    shown = Page(desk.get(address))
    assert answer.headers["location"] == address
    assert len(offered) == 2
    assert "撤回：补错了人；原来写的是：闸机停电" in shown.text
    assert "check_in_ids" not in shown.typed


def test_the_desk_says_why_a_crossing_stays(
    desk: TestClient, site: GateSite, base: str, manager: dict[str, str]
) -> None:
    entered = enter(desk, site, manager)
    sheet = post(desk, base, month=MONTH, team_id=str(site.team_id)).headers["location"]
    post(desk, f"{sheet}/lock", skipped_reason="已在纸上签字")
    answer = take_back(desk, f"{sheet}/workers/{site.worker_id}", entered)
    assert answer.status_code == 409
    assert EntryStaysError.title in Page(answer).text
    assert "重新打开考勤表" in Page(answer).text
