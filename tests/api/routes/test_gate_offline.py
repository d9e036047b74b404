"""The gate that was alone, over HTTP: what it is told, what it uploads, what its manager sees."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.clock import local_date, now
from core.enums import DeviceProfile, Role
from core.keyring import Keyring
from db.models import CheckIn, Device, UnreadScan
from qr.service import issue_worker_code
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.factories.identity import bearer, make_principal

YESTERDAY = now() - timedelta(days=1)


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    issue_worker_code(session, person_id=site.person_id)
    return site


@pytest.fixture
def code(session: Session, keyring: Keyring, site: GateSite) -> str:
    """What the worker's phone showed yesterday."""
    return site.live_code(session, keyring, at=YESTERDAY)


@pytest.fixture
def manager(keyring: Keyring, site: GateSite) -> dict[str, str]:
    principal = make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    return bearer(keyring, principal)


def scan(shown: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": shown,
        "direction": "in",
        "nonce": uuid4().hex,
        "scanned_at": YESTERDAY.isoformat(),
        "clock_bound_ms": 120,
        "admitted": True,
        "reason": "ok",
        "decided_offline": True,
        "sequence": 4711,
        "boot_id": "3f0e",
        "uptime_ms": 81_234_567,
    } | changes


def test_sync_gives_keys_and_then_nothing_until_something_changes(
    client: TestClient, session: Session, site: GateSite
) -> None:
    first = client.get("/v1/gate/sync", headers=site.gate.headers)
    url = f"/v1/gate/sync?cursor={first.json()['cursor']}"
    headers = {**site.gate.headers, "If-None-Match": first.headers["ETag"]}
    asked_at = now()
    second = client.get(url, headers=headers)
    answered_at = now()
    site.worker.left_date = local_date(now()) - timedelta(days=1)
    session.add(site.worker)
    third = client.get(url, headers=headers)

    assert len(first.json()["day_keys"]) == 9
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["ETag"] == first.headers["ETag"]
    told_at = datetime.fromisoformat(second.headers["Server-Time"])
    assert asked_at - timedelta(milliseconds=1) <= told_at <= answered_at
    assert [block["reason"] for block in third.json()["blocks"]] == ["left_project"]


def test_a_kiosk_gets_no_keys(client: TestClient, session: Session, site: GateSite) -> None:
    session.get_one(Device, site.gate.device_id).profile = DeviceProfile.KIOSK
    answer = client.get("/v1/gate/sync", headers=site.gate.headers)
    assert (answer.status_code, answer.json()["day_keys"]) == (200, [])


def test_sync_notes_the_clock_of_the_gate(
    client: TestClient, session: Session, site: GateSite
) -> None:
    ahead = (now() + timedelta(minutes=5)).isoformat()
    client.get("/v1/gate/sync", headers={**site.gate.headers, "Gate-Time": ahead})
    device = session.get_one(Device, site.gate.device_id)
    assert 240_000 < (device.clock_offset_ms or 0) <= 300_000  # the request takes its time
    assert device.last_seen_at is not None


def test_everything_uploaded_is_answered_in_order(
    client: TestClient, session: Session, site: GateSite, code: str
) -> None:
    good, bad = scan(code), scan("no code", admitted=False)
    sideways = scan(code, direction="sideways")
    body = [good, sideways, bad, None, 7, "text", {"nonce": 7}, good]

    response = client.post("/v1/gate/scans", json=body, headers=site.gate.headers)

    assert response.status_code == 200
    results = response.json()["results"]
    assert [result["status"] for result in results] == [
        "recorded",
        "rejected",
        "recorded",
        "rejected",
        "rejected",
        "rejected",
        "rejected",
        "duplicate",
    ]
    assert [result["nonce"] for result in results[:3]] == [
        good["nonce"],
        sideways["nonce"],
        bad["nonce"],
    ]
    assert (results[0]["admitted"], results[0]["valid"], results[0]["reason"]) == (True, True, "ok")
    assert (results[2]["valid"], results[2]["reason"]) == (False, "malformed_code")
    assert results[7]["check_in_id"] == results[0]["check_in_id"]
    assert session.scalar(select(func.count()).select_from(CheckIn)) == 2
    assert session.scalar(select(func.count()).select_from(UnreadScan)) == 5


@pytest.mark.parametrize(
    "changes",
    [
        {"scanned_at": "yesterday"},
        {"scanned_at": "2026-11-22T06:00:00"},
        {"clock_bound_ms": -1},
        {"clock_bound_ms": 2**31},
        {"uptime_ms": 2**60},
        {"boot_id": "x" * 65},
        {"reason": "x" * 65},
        {"admitted": None},
        {"nonce": "~stolen-from-us"},
        {"code": 7},
    ],
)
def test_a_malformed_scan_is_kept_and_does_not_hold_up_the_others(
    client: TestClient, session: Session, site: GateSite, code: str, changes: dict[str, Any]
) -> None:
    body = [scan(code, **changes), scan(code)]
    response = client.post("/v1/gate/scans", json=body, headers=site.gate.headers)
    statuses = [result["status"] for result in response.json()["results"]]
    assert statuses == ["rejected", "recorded"]
    assert session.scalar(select(func.count()).select_from(UnreadScan)) == 1


def test_odd_characters_are_kept_too(client: TestClient, session: Session, site: GateSite) -> None:
    body = '[{"code": "\\u0000\\ud800"}, {"nonce": "\\ud800"}, NaN]'
    response = client.post(
        "/v1/gate/scans",
        content=body,
        headers={**site.gate.headers, "Content-Type": "application/json"},
    )
    assert [result["status"] for result in response.json()["results"]] == ["rejected"] * 3
    assert session.scalar(select(func.count()).select_from(UnreadScan)) == 3


@pytest.mark.parametrize(("number", "status"), [(0, 422), (1, 200), (1_000, 200), (1_001, 422)])
def test_one_to_a_thousand_scans_are_taken(
    client: TestClient, session: Session, site: GateSite, number: int, status: int
) -> None:
    body = [scan("no code") for _ in range(number)]
    response = client.post("/v1/gate/scans", json=body, headers=site.gate.headers)
    assert response.status_code == status
    if status == 422:
        assert response.json()["code"] == "api.invalid-request"
    stored = session.scalar(select(func.count()).select_from(CheckIn))
    assert stored == (number if status == 200 else 0)


def test_a_crossing_that_did_not_happen_is_annulled(
    client: TestClient, session: Session, keyring: Keyring, site: GateSite
) -> None:
    question = scan(site.live_code(session, keyring), scanned_at=now().isoformat())
    asked = client.post("/v1/gate/verify", json=question, headers=site.gate.headers).json()
    body = {"nonce": question["nonce"]}

    first = client.post("/v1/gate/annul", json=body, headers=site.gate.headers)
    again = client.post("/v1/gate/annul", json=body, headers=site.gate.headers)

    assert (first.status_code, first.json()["check_in_id"]) == (200, asked["check_in_id"])
    assert again.json() == first.json()


def test_an_unknown_nonce_cannot_be_annulled(client: TestClient, site: GateSite) -> None:
    answer = client.post("/v1/gate/annul", json={"nonce": "scan-0001"}, headers=site.gate.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "attendance.scan-not-found")


def test_the_manager_sees_what_was_not_right(
    client: TestClient,
    session: Session,
    site: GateSite,
    code: str,
    manager: dict[str, str],
) -> None:
    other = make_gate(session, site.project, name="西门闸机")
    client.post("/v1/gate/scans", json=[scan(code)], headers=site.gate.headers)
    client.post(
        "/v1/gate/scans", json=[scan(code), scan("x", admitted=False)], headers=other.headers
    )

    page = client.get(f"/v1/projects/{site.project_id}/gate-conflicts", headers=manager).json()

    (conflict,) = page["items"]
    assert (conflict["gate"], conflict["reason"]) == ("西门闸机", "already_used")
    assert conflict["worker"]["masked_name"] == "王*明"
    assert "截图" in conflict["explanation"]
    assert (conflict["counts_as_work"], conflict["decided_offline"]) == (False, True)
    assert page["next"] is None


def test_conflicts_come_in_pages(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    body = [scan(f"no code {number}") for number in range(5)]
    client.post("/v1/gate/scans", json=body, headers=site.gate.headers)
    url = f"/v1/projects/{site.project_id}/gate-conflicts?limit=2"

    pages = [client.get(url, headers=manager).json()]
    while pages[-1]["next"]:
        pages.append(client.get(f"{url}&cursor={pages[-1]['next']}", headers=manager).json())

    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert len({item["id"] for page in pages for item in page["items"]}) == 5
    assert pages[0]["items"][0]["worker"] is None


def verify_body(code: str, **changes: Any) -> dict[str, Any]:
    asked = {"code": code, "direction": "in", "nonce": uuid4().hex, "scanned_at": now().isoformat()}
    return asked | changes


def read_unread(session: Session) -> list[dict[str, str]]:
    return [json.loads(content) for content in session.scalars(select(col(UnreadScan.content)))]


@pytest.mark.parametrize(
    ("path", "body", "status", "reason"),
    [
        ("verify", verify_body("x", direction="up"), 422, "direction: enum"),
        ("verify", verify_body("x", scanned_at="2026-11-22T06:00:00"), 422, "timezone_aware"),
        ("verify", b'{"code": "x", ', 400, "json_invalid"),
        ("verify", b'{"code": "\xff\xfe"}', 400, "unreadable body"),
        ("scans", [None] * 1_001, 422, "too_long"),
        ("scans", [], 422, "too_short"),
    ],
)
def test_what_a_paired_gate_is_refused_for_is_kept(
    client: TestClient,
    session: Session,
    site: GateSite,
    *,
    path: str,
    body: object,
    status: int,
    reason: str,
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {**site.gate.headers, "Content-Type": "application/json"}
    for _ in range(2):
        answer = client.post(f"/v1/gate/{path}", content=content, headers=headers)
        assert answer.status_code == status

    (kept,) = read_unread(session)
    assert reason in kept["refused"]
    assert kept["body"].encode()[:20] == content.decode("utf-8", "replace").encode()[:20]
    assert len(kept["body"]) <= 2_000


def test_only_some_of_it_is_kept_each_hour(
    client: TestClient, session: Session, site: GateSite
) -> None:
    for number in range(62):
        asked = verify_body("x", nonce=f"scan-{number:04}", direction="up")
        client.post("/v1/gate/verify", json=asked, headers=site.gate.headers)
    assert len(read_unread(session)) == 60


def test_nothing_is_kept_of_whoever_is_no_gate(client: TestClient, session: Session) -> None:
    headers = {"Authorization": "Bearer nobody", "Content-Type": "application/json"}
    client.post("/v1/gate/verify", content=b"{", headers=headers)
    client.post("/v1/gate/verify", content=b"{", headers={"Content-Type": "application/json"})
    assert read_unread(session) == []
