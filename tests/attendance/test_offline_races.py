"""Uploads that reach the server in the same moment as others."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from redis import Redis
from sqlalchemy import func, select
from sqlmodel import Session

from attendance import offline, service
from attendance.rejudge import Arrival, ScanReport
from core.clock import now
from core.enums import Direction, ScanReason, ScanStatus
from core.keyring import Keyring
from db.models import CheckIn, Device, WorkDay
from db.session import Database
from tests.attendance.test_gate_races import is_somebody_waiting
from tests.attendance.test_offline import report
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.live import wait_until


def take(
    session: Session, keyring: Keyring, device: Device, reports: list[ScanReport]
) -> list[offline.ScanOutcome]:
    return offline.take_scans(
        session,
        keyring,
        device=device,
        reports=reports,
        arrival=Arrival(now(), None, None),
        clock_offset_ms=None,
    )


def make_batch(session: Session, keyring: Keyring, site: GateSite) -> list[ScanReport]:
    yesterday = now() - timedelta(days=1)
    instants = [yesterday + timedelta(minutes=step) for step in range(20)]
    return [report(site.live_code(session, keyring, at=at), at) for at in instants]


def test_one_upload_sent_twice_at_once_is_stored_once(
    live_database: Database, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        batch = make_batch(session, keyring, site)

    def upload(_: int) -> list[tuple[ScanStatus, str]]:
        with live_database.transaction() as session:
            device = session.get_one(Device, site.gate.device_id)
            outcomes = take(session, keyring, device, batch)
            return [(each.status, str(each.check_in and each.check_in.id)) for each in outcomes]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(upload, range(4)))

    assert len({tuple(name for _, name in answer) for answer in answers}) == 1
    firsts = [answer for answer in answers if answer[0][0] is ScanStatus.RECORDED]
    assert len(firsts) == 1
    with live_database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(CheckIn)) == len(batch)


def test_two_gates_that_upload_one_code_at_once_count_it_once(
    live_database: Database, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        gates = [make_gate(session, site.project).device_id for _ in range(4)]
        at = now() - timedelta(days=1)
        code = site.live_code(session, keyring, at=at)

    def upload(number: int) -> ScanReason:
        with live_database.transaction() as session:
            device = session.get_one(Device, gates[number])
            (outcome,) = take(session, keyring, device, [report(code, at)])
            assert outcome.check_in is not None
            return outcome.check_in.reason

    with ThreadPoolExecutor(4) as pool:
        reasons = sorted(pool.map(upload, range(4)))

    assert reasons == ["already_used"] * 3 + ["ok"]
    with live_database.transaction() as session:
        assert session.scalars(select(WorkDay)).one().grades == {"A": 1}


def test_an_upload_that_meets_its_own_question_gives_the_same_check_in(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        code = site.live_code(session, keyring)
    at = now()

    def upload() -> tuple[ScanStatus, str]:
        with live_database.transaction() as session:
            device = session.get_one(Device, site.gate.device_id)
            (outcome,) = take(session, keyring, device, [report(code, at, nonce="scan-0001")])
            return outcome.status, str(outcome.check_in and outcome.check_in.id)

    with ThreadPoolExecutor(1) as pool:
        with live_database.transaction() as session:
            asked = ask(
                session, redis, keyring, session.get_one(Device, site.gate.device_id), code, at
            )
            uploaded = pool.submit(upload)
            wait_until(lambda: is_somebody_waiting(live_database))
        assert uploaded.result() == (ScanStatus.DUPLICATE, str(asked.check_in.id))


def ask(
    session: Session, redis: Redis, keyring: Keyring, device: Device, code: str, at: datetime
) -> service.ScanDecision:
    decision = service.verify_scan(
        session,
        redis,
        keyring,
        device=device,
        code=code,
        direction=Direction.IN,
        nonce="scan-0001",
        scanned_at=at,
    )
    session.flush()
    return decision
