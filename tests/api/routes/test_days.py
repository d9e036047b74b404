"""Day rules, entries by hand, confirmations and objections over HTTP."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import Session

from attendance.work_days import fold_days
from core.clock import day_start, local_date, now
from core.enums import Direction, Role
from core.keyring import Keyring
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.identity import bearer, make_person, make_principal

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
RULES = {
    "from_date": str(DAY),
    "day_starts_at": "05:00:00",
    "full_day_minutes": 480,
    "half_day_minutes": 240,
    "break_minutes": 60,
    "overtime_cap_minutes": 180,
    "reason": "冬季作息",
}


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def worker(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(keyring, make_principal(site.person_id))


@pytest.fixture
def manager(session: Session, keyring: Keyring, site: GateSite) -> dict[str, str]:
    person = make_person(session, name="某经理")
    principal = make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project_id)
    return bearer(keyring, principal)


def scan_entry(session: Session, site: GateSite) -> None:
    at = day_start(DAY) + timedelta(hours=7)
    make_check_in(session, site.worker, Direction.IN, at, device=site.gate.device)
    fold_days(
        session, project_id=site.project_id, worker_ids=[site.worker_id], since=DAY, until=DAY
    )


def month_of(client: TestClient, worker: dict[str, str]) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(
        "/v1/me/attendance", params={"month": MONTH}, headers=worker
    ).json()
    return answer


def object_to(client: TestClient, worker: dict[str, str]) -> str:
    answer = client.post(
        f"/v1/me/work-days/{DAY}/objections", json={"note": "少记了加班"}, headers=worker
    )
    objection_id: str = answer.json()["id"]
    return objection_id


def jpeg() -> bytes:
    file = BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "JPEG")
    return file.getvalue()


def test_rules_are_listed_with_those_the_project_began_with(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    where = f"/v1/projects/{site.project_id}/day-rules"

    created = client.post(where, json=RULES, headers=manager)
    listed = client.get(where, headers=manager).json()

    assert (created.status_code, created.json()) == (201, RULES)
    assert [rules["from_date"] for rules in listed["items"]] == [None, str(DAY)]
    assert listed["next"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"day_starts_at": "13:00"},
        {"day_starts_at": "04:00+08:00"},
        {"half_day_minutes": 481},
        {"full_day_minutes": 0},
        {"break_minutes": -1},
        {"overtime_cap_minutes": 481},
        {"reason": " "},
        {"from_date": "0001-01-01"},
    ],
)
def test_rules_that_cannot_be_are_refused(
    client: TestClient, site: GateSite, manager: dict[str, str], change: dict[str, object]
) -> None:
    answer = client.post(
        f"/v1/projects/{site.project_id}/day-rules", json=RULES | change, headers=manager
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "api.invalid-request")


def test_the_calendar_names_gate_grade_and_hours(
    client: TestClient, session: Session, site: GateSite, worker: dict[str, str]
) -> None:
    gate_name = site.gate.device.name
    scan_entry(session, site)

    (day,) = month_of(client, worker)["days"]

    (crossing,) = day["crossings"]
    assert (crossing["gate_name"], crossing["grade"], crossing["direction"]) == (
        gate_name,
        "B",
        "in",
    )
    assert (day["overlap_minutes"], day["overtime_minutes"]) == (0, 0)


def test_a_worker_accepts_an_uncertain_day(
    client: TestClient, session: Session, site: GateSite, worker: dict[str, str]
) -> None:
    scan_entry(session, site)
    shown = {"minutes": 240, "units": "0.50"}

    answer = client.post(f"/v1/me/work-days/{DAY}/confirm", json=shown, headers=worker)
    again = client.post(f"/v1/me/work-days/{DAY}/confirm", json=shown, headers=worker)

    assert (answer.status_code, answer.json()["units"]) == (201, "0.50")
    assert month_of(client, worker)["days"][0]["state"] == "confirmed"
    assert (again.status_code, again.json()["code"]) == (409, "attendance.day-not-unsure")


def test_entries_by_hand_are_marked_in_the_calendar_with_their_reason(
    client: TestClient, site: GateSite, manager: dict[str, str], worker: dict[str, str]
) -> None:
    row = {
        "project_worker_id": str(site.worker_id),
        "in_at": f"{DAY}T07:00:00+08:00",
        "out_at": f"{DAY}T17:00:00+08:00",
    }
    body = {"reason": "闸机停电", "entries": [row]}
    where = f"/v1/projects/{site.project_id}/manual-check-ins"

    tried = client.post(where, params={"dry_run": True}, json=body, headers=manager).json()
    assert month_of(client, worker)["days"] == []
    done = client.post(where, json=body, headers=manager).json()

    assert (tried["recorded"], tried["results"][0]["check_in_ids"]) == (1, [])
    assert (done["recorded"], len(done["results"][0]["check_in_ids"])) == (1, 2)
    (day,) = month_of(client, worker)["days"]
    assert day["grades"] == {"D": 2}
    assert {(one["method"], one["note"]) for one in day["crossings"]} == {("manual", "闸机停电")}


def test_an_objection_with_a_photo_is_answered_and_both_stay(
    client: TestClient,
    session: Session,
    site: GateSite,
    manager: dict[str, str],
    worker: dict[str, str],
) -> None:
    scan_entry(session, site)
    objection_id = object_to(client, worker)
    photo = client.post(
        f"/v1/me/objections/{objection_id}/photos",
        files={"file": ("x.jpg", jpeg(), "image/jpeg")},
        headers=worker,
    )
    where = f"/v1/projects/{site.project_id}/objections"
    listed = client.get(where, params={"is_open": True}, headers=manager).json()

    accepted = client.post(
        f"{where}/{objection_id}/accept",
        json={"reason": "监控看到了", "out_at": f"{DAY}T17:00:00+08:00"},
        headers=manager,
    )

    assert photo.status_code == 201
    assert [(one["id"], one["masked_name"]) for one in listed["items"]] == [(objection_id, "王*明")]
    assert (accepted.status_code, accepted.json()["reply"]["outcome"]) == (201, "accepted")
    month = month_of(client, worker)
    assert month["objections"][0]["photo_ids"] == [photo.json()["id"]]
    assert month["objections"][0]["reply"]["reason"] == "监控看到了"
    assert month["days"][0]["minutes"] == 600
    assert client.get(where, params={"is_open": True}, headers=manager).json()["items"] == []


def test_both_sides_see_the_photo(
    client: TestClient, site: GateSite, manager: dict[str, str], worker: dict[str, str]
) -> None:
    objection_id = object_to(client, worker)
    own = f"/v1/me/objections/{objection_id}/photos"
    added = client.post(own, files={"file": ("x.jpg", jpeg(), "image/jpeg")}, headers=worker)
    photo_id = added.json()["id"]

    mine = client.get(f"{own}/{photo_id}", headers=worker)
    theirs = client.get(
        f"/v1/projects/{site.project_id}/objections/{objection_id}/photos/{photo_id}",
        headers=manager,
    )

    assert mine.content == theirs.content
    assert (mine.headers["content-type"], mine.headers["cache-control"]) == (
        "image/jpeg",
        "no-store",
    )


def test_a_rejection_gives_its_reason(
    client: TestClient, site: GateSite, manager: dict[str, str], worker: dict[str, str]
) -> None:
    objection_id = object_to(client, worker)
    where = f"/v1/projects/{site.project_id}/objections/{objection_id}/reject"

    rejected = client.post(where, json={"reason": "那天下雨停工"}, headers=manager)
    again = client.post(where, json={"reason": "还是不改"}, headers=manager)

    assert rejected.json()["reply"]["outcome"] == "rejected"
    assert month_of(client, worker)["objections"][0]["reply"]["reason"] == "那天下雨停工"
    assert (again.status_code, again.json()["code"]) == (409, "attendance.objection-answered")
