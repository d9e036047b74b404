"""Uploads that reach the server in the same moment as others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from redis import Redis
from sqlalchemy import func, select
from sqlmodel import Session

from attendance import offline, service
from attendance.partitions import ensure_partitions
from attendance.plain_uploads import NotPlainError, take_plain_scans
from attendance.rejudge import Arrival, ScanReport
from core.clock import local_date, now
from core.enums import Direction, ScanReason, ScanStatus
from core.keyring import Keyring
from db.models import CheckIn, Device, Project, WorkDay
from db.session import Database
from tests.attendance.test_gate_races import is_somebody_waiting
from tests.attendance.test_offline import report
from tests.attendance.test_plain_uploads import learn
from tests.factories.attendance import GateSite, fold_waiting, make_gate, make_gate_site
from tests.live import wait_until

Answer = TypeVar("Answer")


def take(
    session: Session,
    keyring: Keyring,
    device: Device,
    reports: list[ScanReport],
    *,
    uptime_ms: int | None = None,
) -> list[offline.ScanOutcome]:
    return offline.take_scans(
        session,
        keyring,
        device=device,
        reports=reports,
        arrival=Arrival(now(), "boot-1", uptime_ms),
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


def test_an_unread_clock_dates_one_scan_once_though_it_is_sent_twice_at_once(
    live_database: Database, keyring: Keyring
) -> None:
    site = make_quiet_site(live_database)
    undated = report("no code", now(), clock_bound_ms=None)

    def upload(session: Session) -> ScanStatus:
        device = session.get_one(Device, site.gate.device_id)
        return take(session, keyring, device, [undated], uptime_ms=900_000)[0].status

    assert meet(live_database, upload, upload) == (ScanStatus.RECORDED, ScanStatus.DUPLICATE)


def test_two_gates_that_upload_one_code_at_once_count_it_once(
    live_database: Database, keyring: Keyring
) -> None:
    site = make_quiet_site(live_database)
    at = now()
    with live_database.transaction() as session:
        code = site.live_code(session, keyring, at=at)
        gates = iter(
            [
                make_gate(session, session.get_one(Project, site.project_id)).device_id
                for _ in range(2)
            ]
        )

    def upload(session: Session) -> ScanReason | None:
        device = session.get_one(Device, next(gates))
        (outcome,) = take(session, keyring, device, [report(code, at)])
        return outcome.check_in.reason if outcome.check_in else None

    assert meet(live_database, upload, upload) == (ScanReason.OK, ScanReason.ALREADY_USED)
    with live_database.transaction() as session:
        fold_waiting(session)
        assert session.scalars(select(WorkDay)).one().grades == {"A": 1}


def test_two_plain_uploads_of_one_code_at_once_are_not_both_plain(
    live_database: Database, keyring: Keyring
) -> None:
    site = make_quiet_site(live_database)
    at = now() - timedelta(hours=1)
    with live_database.transaction() as session:
        said = report(site.live_code(session, keyring, at=at), at)
        another = make_gate(session, session.get_one(Project, site.project_id)).device_id
    gates = iter([site.gate.device_id, another])

    def upload(session: Session) -> bool:
        known = learn(session, keyring, session.get_one(Device, next(gates)))
        try:
            take_plain_scans(session, known, scans=[said], arrival=Arrival(now(), None, None))
        except NotPlainError:
            return False
        return True

    assert meet(live_database, upload, upload) == (True, False)


@pytest.mark.parametrize("is_good", [True, False])
def test_an_upload_that_meets_its_own_question_gives_the_same_check_in(
    live_database: Database, redis: Redis, keyring: Keyring, is_good: bool
) -> None:
    site = make_quiet_site(live_database)
    at = now()
    with live_database.transaction() as session:
        code = site.live_code(session, keyring, at=at) if is_good else "no code"
    said = report(code, at, nonce="scan-0001", admitted=is_good)

    def question(session: Session) -> str:
        device = session.get_one(Device, site.gate.device_id)
        return str(ask(session, redis, keyring, device, said).check_in.id)

    def upload(session: Session) -> str:
        device = session.get_one(Device, site.gate.device_id)
        (outcome,) = take(session, keyring, device, [said])
        assert outcome.status is ScanStatus.DUPLICATE
        return str(outcome.check_in and outcome.check_in.id)

    asked, uploaded = meet(live_database, question, upload)
    assert asked == uploaded


def make_quiet_site(database: Database) -> GateSite:
    """Write a site whose gate was heard just now, so that nobody waits for its row."""
    with database.transaction() as session:
        ensure_partitions(session, today=local_date(now()))
        site = make_gate_site(session)
        site.gate.device.last_seen_at = now()
        site.gate.device.clock_offset_ms = 0
        return site


def meet(
    database: Database, first: Callable[[Session], Answer], second: Callable[[Session], Answer]
) -> tuple[Answer, Answer]:
    """Let the second begin, and come to wait, before the first has ended."""

    def run_second() -> Answer:
        with database.transaction() as session:
            return second(session)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            answer = first(session)
            session.flush()
            other = pool.submit(run_second)
            wait_until(lambda: is_somebody_waiting(database))
        return answer, other.result()


def ask(
    session: Session, redis: Redis, keyring: Keyring, device: Device, scan: ScanReport
) -> service.ScanDecision:
    return service.verify_scan(
        session,
        redis,
        keyring,
        device=device,
        code=scan.code,
        direction=Direction.IN,
        nonce=scan.nonce,
        scanned_at=scan.scanned_at,
    )
