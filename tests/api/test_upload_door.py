"""A gate's backlog is answered by the short way in as the route would answer it."""

import json
from collections.abc import Generator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from api.schemas.gate import MOST_SCANS, ScanResultOut, UploadOut
from api.upload_door import SHORTEST_BACKLOG
from attendance.partitions import ensure_partitions_for
from core.clock import local_date, now
from core.keyring import Keyring
from db.models import CheckIn, Project, UnreadScan
from db.session import Database
from devices.queries import find_health
from tests.factories.attendance import Gate, GateSite, make_gate, make_gate_site
from tests.live import Api, wait_until

PATH = "/v1/gate/scans"
SCANS = 60


@pytest.fixture
def site(shared_database: Database) -> GateSite:
    with shared_database.transaction() as session:
        return make_gate_site(session)


@pytest.fixture
def session(shared_database: Database) -> Generator[Session]:
    with Session(shared_database.engine) as session:
        yield session


def scan(code: object = "no code", **changes: object) -> dict[str, Any]:
    said = {
        "code": code,
        "direction": "in",
        "nonce": uuid4().hex,
        "scanned_at": now().isoformat(),
        "clock_bound_ms": 100,
        "admitted": False,
        "reason": "malformed_code",
    }
    return said | changes


def upload(api: Api, gate: Gate, body: object, **headers: str) -> httpx.Response:
    content = json.dumps(body).encode()
    assert len(content) >= SHORTEST_BACKLOG
    headers = gate.headers | {"Content-Type": "application/json"} | headers
    return api.client.post(PATH, content=content, headers=headers)


def upload_by_route(api: Api, gate: Gate, body: object) -> httpx.Response:
    """Send it in pieces, without a length: that is left to the application."""
    headers = gate.headers | {"Content-Type": "application/json"}
    return api.client.post(PATH, content=iter([json.dumps(body).encode()]), headers=headers)


def count_of(session: Session, model: type[CheckIn] | type[UnreadScan], site: GateSite) -> int:
    statement = select(func.count()).where(col(model.project_id) == site.project_id)
    return session.scalar(statement) or 0


def test_the_door_and_the_route_answer_alike(
    shared_api: Api, session: Session, keyring: Keyring, site: GateSite
) -> None:
    code = site.live_code(session, keyring)
    session.commit()
    body: list[Any] = [scan() for _ in range(SCANS)]
    body += [scan(code, admitted=True), {"nonce": 7}, None, scan(scanned_at="yesterday")]
    through_door = upload(shared_api, site.gate, body)
    through_route = upload_by_route(shared_api, site.gate, body)

    assert through_door.status_code == through_route.status_code == 200
    first, again = through_door.json()["results"], through_route.json()["results"]
    assert [each["check_in_id"] for each in first] == [each["check_in_id"] for each in again]
    assert first[SCANS] | {"status": "duplicate"} == again[SCANS]
    assert first[SCANS]["valid"]
    assert first[-3:] == again[-3:]
    assert list(through_door.json()) == list(UploadOut.model_fields)
    assert list(first[0]) == list(ScanResultOut.model_fields)
    assert (count_of(session, CheckIn, site), count_of(session, UnreadScan, site)) == (SCANS + 1, 3)


def test_what_a_part_of_a_microsecond_says_is_read_alike(
    shared_api: Api, session: Session, site: GateSite
) -> None:
    body = [scan(scanned_at="2026-11-20T07:00:00.1234567+08:00") for _ in range(SCANS)]
    upload(shared_api, site.gate, body)
    again = upload_by_route(shared_api, site.gate, body).json()["results"]
    assert {each["status"] for each in again} == {"duplicate"}
    assert count_of(session, CheckIn, site) == SCANS


def test_half_a_character_pair_is_kept(shared_api: Api, session: Session, site: GateSite) -> None:
    body = [scan("\ud800") for _ in range(SCANS)]
    results = upload(shared_api, site.gate, body).json()["results"]
    assert {each["status"] for each in results} == {"recorded"}
    assert count_of(session, CheckIn, site) == SCANS


@pytest.mark.parametrize(
    "body", [[scan() for _ in range(MOST_SCANS + 1)], {"scans": [scan()] * SCANS}, "x" * 9_000]
)
def test_what_is_no_upload_is_refused_as_everywhere(
    shared_api: Api, session: Session, site: GateSite, body: object
) -> None:
    response = upload(shared_api, site.gate, body)
    assert (response.status_code, response.json()["code"]) == (422, "api.invalid-request")
    assert count_of(session, CheckIn, site) == 0


def test_only_a_paired_gate_may_upload(shared_api: Api, site: GateSite) -> None:
    body = [scan() for _ in range(SCANS)]
    response = upload(shared_api, site.gate, body, Authorization="Bearer nobody")
    assert response.status_code == 401
    assert response.headers["x-request-id"]


def test_two_gates_may_upload_the_same_nonces(
    shared_api: Api, session: Session, site: GateSite
) -> None:
    body = [scan() for _ in range(SCANS)]
    another = make_gate(session, session.get_one(Project, site.project_id))
    session.commit()
    upload(shared_api, site.gate, body)
    upload(shared_api, another, body)
    assert count_of(session, CheckIn, site) == 2 * SCANS


def test_a_plain_backlog_is_stored_and_its_gate_heard_of(
    shared_api: Api, session: Session, keyring: Keyring, site: GateSite
) -> None:
    body = make_plain(session, keyring, site)

    response = upload(shared_api, site.gate, body, **{"Gate-Power": "battery 80"})

    assert {each["status"] for each in response.json()["results"]} == {"recorded"}
    assert {each["valid"] for each in response.json()["results"]} == {True}
    wait_until(lambda: read_battery(session, site) == 80)
    again = upload_by_route(shared_api, site.gate, body).json()["results"]
    assert [each["check_in_id"] for each in again] == [
        each["check_in_id"] for each in response.json()["results"]
    ]
    assert list(response.json()) == list(UploadOut.model_fields)


def make_plain(session: Session, keyring: Keyring, site: GateSite) -> list[dict[str, Any]]:
    """Return scans of an hour ago, of which nothing has to be asked about."""
    ensure_partitions_for(session, {local_date(now())}, today=local_date(now()))
    instants = [now() - timedelta(hours=1, minutes=number) for number in range(SCANS)]
    body = [
        scan(site.live_code(session, keyring, at=at), scanned_at=at.isoformat(), admitted=True)
        for at in instants
    ]
    session.commit()
    return body


def read_battery(session: Session, site: GateSite) -> int | None:
    session.rollback()
    health = find_health(session, site.gate.device_id)
    return health.battery_percent if health else None
