"""The turnstile did not turn: the scan stays on record and counts for nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from redis import Redis
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from attendance import service
from attendance.annulments import annul_scan
from attendance.conflicts import list_conflicts
from attendance.due_folds import fold_due_of
from attendance.errors import AnnulmentTooLateError, ScanNotFoundError
from core.clock import now
from core.enums import AnnulmentReason, ConflictKind, Direction
from core.keyring import Keyring
from db.models import CheckIn, CheckInAnnulment, Device, WorkDay
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.factories.cards import make_card

NONCE = "scan-0001"
Scan = Callable[..., CheckIn]


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def scan(session: Session, redis: Redis, keyring: Keyring, site: GateSite) -> Scan:
    def verify(*, nonce: str = NONCE, at: datetime | None = None, code: str = "") -> CheckIn:
        return service.verify_scan(
            session,
            redis,
            keyring,
            device=site.gate.device,
            code=code or site.live_code(session, keyring, at=at or now()),
            direction=Direction.IN,
            nonce=nonce,
            scanned_at=now(),
        ).check_in

    return verify


def annul(
    session: Session,
    device: Device,
    *,
    nonce: str = NONCE,
    minutes: int = 0,
    reason: AnnulmentReason = AnnulmentReason.NOT_OPENED,
) -> CheckInAnnulment:
    at = now() + timedelta(minutes=minutes)
    return annul_scan(session, device=device, nonce=nonce, reason=reason, at=at)


def read_days(session: Session, site: GateSite) -> list[WorkDay]:
    fold_due_of(session, person_id=site.person_id)
    return list(session.exec(select(WorkDay)))


def test_the_day_is_folded_without_it(session: Session, site: GateSite, scan: Scan) -> None:
    check_in = scan()
    assert [day.grades for day in read_days(session, site)] == [{"A": 1}]

    annulment = annul(session, site.gate.device)

    assert (annulment.check_in_id, annulment.device_id) == (check_in.id, site.gate.device_id)
    assert read_days(session, site) == []
    assert session.exec(select(CheckIn)).one().valid


def test_other_crossings_of_the_day_stay(session: Session, site: GateSite, scan: Scan) -> None:
    scan()
    scan(nonce="scan-0002", at=now() + timedelta(seconds=15))
    annul(session, site.gate.device)
    assert session.exec(select(WorkDay)).one().grades == {"A": 1}


def test_repeating_gives_the_first_answer_however_late(
    session: Session, site: GateSite, scan: Scan
) -> None:
    scan()
    first = annul(session, site.gate.device, minutes=14)
    assert annul(session, site.gate.device, minutes=60).id == first.id


def test_after_a_quarter_of_an_hour_it_is_too_late(
    session: Session, site: GateSite, scan: Scan
) -> None:
    scan()
    with pytest.raises(AnnulmentTooLateError):
        annul(session, site.gate.device, minutes=16)
    assert [day.grades for day in read_days(session, site)] == [{"A": 1}]


def test_another_gate_cannot_annul_it(session: Session, site: GateSite, scan: Scan) -> None:
    scan()
    with pytest.raises(ScanNotFoundError):
        annul(session, make_gate(session, site.project).device)


def test_a_refused_scan_may_be_annulled_and_nothing_changes(
    session: Session, site: GateSite, scan: Scan
) -> None:
    check_in = scan(code="no code")
    assert annul(session, site.gate.device).check_in_id == check_in.id


def test_a_stranger_with_the_card_is_the_labour_managers_to_look_at(
    session: Session, site: GateSite, scan: Scan
) -> None:
    check_in = scan(code=make_card(session, site.worker).code)

    for _ in range(2):
        annul(session, site.gate.device, reason=AnnulmentReason.NOT_THE_HOLDER)

    (view,) = list_conflicts(session, project_id=site.project_id, before=None, limit=9)
    assert (view.id, view.conflict.kind) == (check_in.id, ConflictKind.NOT_THE_HOLDER)
    assert view.worker is not None
    assert (view.counts_as_work, read_days(session, site)) == (False, [])


def test_a_turnstile_that_did_not_turn_is_nobodys_to_look_at(
    session: Session, site: GateSite, scan: Scan
) -> None:
    scan()
    annul(session, site.gate.device)
    assert list_conflicts(session, project_id=site.project_id, before=None, limit=9) == []


@pytest.mark.parametrize("table", ["check_in_annulment", "unread_scan"])
def test_history_is_append_only(session: Session, site: GateSite, scan: Scan, table: str) -> None:
    scan()
    annul(session, site.gate.device)
    with pytest.raises(DBAPIError, match="append-only"):
        session.connection().execute(sa.text(f"TRUNCATE {table} CASCADE"))
