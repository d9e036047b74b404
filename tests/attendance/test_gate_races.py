"""Scans that reach the server in the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from redis import Redis
from sqlalchemy import func, select
from sqlmodel import Session

from attendance import service
from attendance.due_folds import fold_all_due
from attendance.service import ScanDecision
from core.clock import now
from core.enums import Direction, ScanReason
from core.keyring import Keyring
from db.models import CheckIn, Device, UsedStep, WorkDay
from db.session import Database
from tests.factories.attendance import make_gate, make_gate_site
from tests.live import wait_until

NOWHERE = Redis.from_url("unix:///nowhere.sock")


def test_the_same_code_at_two_gates_at_once_opens_exactly_one(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    admitted = race(live_database, keyring, redis)
    assert admitted == 1


def test_without_valkey_the_database_lets_exactly_one_through(
    live_database: Database, keyring: Keyring
) -> None:
    admitted = race(live_database, keyring, NOWHERE)
    assert admitted == 1


def race(database: Database, keyring: Keyring, valkey: Redis) -> int:
    """Show one code to eight gates at once; return how many opened."""
    with database.transaction() as session:
        site = make_gate_site(session)
        gates = [make_gate(session, site.project).device_id for _ in range(8)]
        code = site.live_code(session, keyring)

    def scan(number: int) -> bool:
        with database.transaction() as session:
            return service.verify_scan(
                session,
                valkey,
                keyring,
                device=session.get_one(Device, gates[number]),
                code=code,
                direction=Direction.IN,
                nonce="scan-0001",
                scanned_at=now(),
            ).admitted

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(scan, range(8)))
    fold_all_due(database)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(CheckIn)) == 8
        assert session.scalars(select(WorkDay)).one().grades == {"A": 1}
    return sum(answers)


def test_one_report_sent_twice_at_once_is_stored_once_and_answered_alike(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        code = site.live_code(session, keyring)
    scanned_at = now()

    def scan(_: int) -> tuple[bool, str]:
        with live_database.transaction() as session:
            decision = service.verify_scan(
                session,
                redis,
                keyring,
                device=session.get_one(Device, site.gate.device_id),
                code=code,
                direction=Direction.IN,
                nonce="scan-0001",
                scanned_at=scanned_at,
            )
            return decision.admitted, str(decision.check_in.id)

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(scan, range(8)))
    assert len(answers) == 1
    assert answers.pop()[0] is True


def test_crossings_of_one_worker_at_once_are_all_in_the_day(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        at = now()
        codes = [
            site.live_code(session, keyring, at=at + timedelta(seconds=15 * step))
            for step in (-1, 0, 1)
        ]

    def scan(code: str) -> bool:
        with live_database.transaction() as session:
            return service.verify_scan(
                session,
                redis,
                keyring,
                device=session.get_one(Device, site.gate.device_id),
                code=code,
                direction=Direction.IN,
                nonce=uuid4().hex,
                scanned_at=now(),
            ).admitted

    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(scan, codes))
    fold_all_due(live_database)
    with live_database.transaction() as session:
        assert session.scalars(select(WorkDay)).one().grades == {"A": 3}


def test_a_nonce_used_twice_at_once_for_different_codes_keeps_the_first_answer(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        good = site.live_code(session, keyring)
    scanned_at = now()

    def verify(session: Session, code: str) -> ScanDecision:
        return service.verify_scan(
            session,
            redis,
            keyring,
            device=session.get_one(Device, site.gate.device_id),
            code=code,
            direction=Direction.IN,
            nonce="scan-0001",
            scanned_at=scanned_at,
        )

    def verify_second() -> ScanReason:
        with live_database.transaction() as session:
            return verify(session, good).reason

    with ThreadPoolExecutor(1) as pool:
        with live_database.transaction() as session:
            verify(session, "no code")
            session.flush()
            second = pool.submit(verify_second)
            wait_until(lambda: is_somebody_waiting(live_database))
        assert second.result() is ScanReason.MALFORMED_CODE

    with live_database.transaction() as session:
        assert session.scalars(select(UsedStep)).all() == []  # the good code may still open
    fold_all_due(live_database)
    with live_database.transaction() as session:
        assert session.scalars(select(WorkDay)).all() == []
        assert len(session.scalars(select(CheckIn)).all()) == 1


def is_somebody_waiting(database: Database) -> bool:
    statement = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with database.transaction() as session:
        return bool(session.connection().exec_driver_sql(statement).scalar_one())
