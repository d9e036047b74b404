"""The server let somebody in, and the gate denies that it opened: a lost answer, a power cut."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from redis import Redis
from sqlalchemy import select
from sqlmodel import Session, col

from attendance import offline, service
from attendance.annulments import annul_scan
from attendance.conflicts import list_conflicts
from attendance.due_folds import fold_due_of
from attendance.offline import ScanOutcome
from attendance.rejudge import Arrival, ScanReport
from core.clock import now
from core.enums import ConflictKind, Direction, ScanStatus
from core.keyring import Keyring
from db.models import CheckIn, WorkDay
from tests.factories.attendance import GateSite, make_gate_site

NONCE = "scan-0001"
SCANNED = now()
Upload = Callable[..., ScanOutcome]


@pytest.fixture(autouse=True)
def _scan_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code is fresh when its test begins, however long the tests before it took."""
    monkeypatch.setattr(sys.modules[__name__], "SCANNED", now())


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def upload(session: Session, keyring: Keyring, site: GateSite) -> Upload:
    """Report a scan of the worker, some minutes after it."""

    def take(*, admitted: bool, minutes: float = 1, scanned_at: datetime = SCANNED) -> ScanOutcome:
        report = ScanReport(
            code=site.live_code(session, keyring, at=scanned_at),
            direction=Direction.IN,
            nonce=NONCE,
            scanned_at=scanned_at,
            clock_bound_ms=120,
            admitted=admitted,
            reason="ok" if admitted else "interrupted",
            decided_offline=True,
            sequence=7,
            boot_id="boot-1",
            uptime_ms=5_000,
        )
        arrival = Arrival(SCANNED + timedelta(minutes=minutes), "boot-2", 0)
        (outcome,) = offline.take_scans(
            session,
            keyring,
            device=site.gate.device,
            reports=[report],
            arrival=arrival,
            clock_offset_ms=0,
        )
        return outcome

    return take


@pytest.fixture
def let_in(session: Session, redis: Redis, keyring: Keyring, site: GateSite) -> CheckIn:
    """What the server has answered and the gate has not heard."""
    return service.verify_scan(
        session,
        redis,
        keyring,
        device=site.gate.device,
        code=site.live_code(session, keyring, at=SCANNED),
        direction=Direction.IN,
        nonce=NONCE,
        scanned_at=SCANNED,
    ).check_in


def read_grades(session: Session, site: GateSite) -> list[dict[str, int]]:
    fold_due_of(session, person_id=site.person_id)
    return list(session.scalars(select(col(WorkDay.grades))))


def test_who_was_not_let_through_after_all_was_not_there(
    session: Session, site: GateSite, let_in: CheckIn, upload: Upload
) -> None:
    denial = upload(admitted=False)

    assert (let_in.admitted, denial.status) == (True, ScanStatus.CONFLICT)
    assert read_grades(session, site) == []


def test_telling_it_twice_changes_nothing(
    session: Session, site: GateSite, let_in: CheckIn, upload: Upload
) -> None:
    first, second = upload(admitted=False), upload(admitted=False, minutes=60)

    assert first.check_in
    assert second.check_in
    assert second.check_in.id == first.check_in.id
    assert read_grades(session, site) == []


def test_no_gate_takes_a_day_away_later(
    session: Session, site: GateSite, let_in: CheckIn, upload: Upload
) -> None:
    denial = upload(admitted=False, minutes=16)

    assert read_grades(session, site) == [{"A": 1}]
    kept = session.scalars(select(col(CheckIn.admitted)).order_by(col(CheckIn.id))).all()
    assert (denial.status, kept) == (ScanStatus.CONFLICT, [True, False])


def test_a_denial_that_comes_too_late_is_the_labour_managers_to_look_at(
    session: Session, site: GateSite, let_in: CheckIn, upload: Upload
) -> None:
    upload(admitted=False, minutes=16)
    upload(admitted=False, minutes=17)

    (view,) = list_conflicts(session, project_id=site.project_id, before=None, limit=9)

    assert (view.id, view.conflict.kind) == (let_in.id, ConflictKind.DENIED_LATER)
    assert "没有开门" in view.explanation


def test_a_denial_in_time_leaves_nothing_to_look_at(
    session: Session, site: GateSite, let_in: CheckIn, upload: Upload
) -> None:
    upload(admitted=False)

    assert list_conflicts(session, project_id=site.project_id, before=None, limit=9) == []


def test_an_opening_that_both_tell_of_stands(
    session: Session, site: GateSite, let_in: CheckIn, upload: Upload
) -> None:
    assert upload(admitted=True).status is ScanStatus.DUPLICATE
    assert read_grades(session, site) == [{"A": 1}]


def test_an_offline_scan_is_annulled_on_the_day_it_counts_for(
    session: Session, site: GateSite, upload: Upload
) -> None:
    upload(admitted=True, scanned_at=SCANNED - timedelta(days=5))
    assert read_grades(session, site) == [{"A": 1}]

    annul_scan(session, device=site.gate.device, nonce=NONCE, at=SCANNED + timedelta(minutes=3))

    assert read_grades(session, site) == []
