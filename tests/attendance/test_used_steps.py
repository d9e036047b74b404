"""A step opens once, at online gates and in what offline gates upload."""

from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select
from sqlmodel import Session

from attendance import offline, service
from attendance.rejudge import Arrival
from attendance.used_steps import KEPT, forget_steps
from core.clock import now
from core.enums import Direction, ScanReason
from core.keyring import Keyring
from db.models import UsedStep
from tests.attendance.test_offline import report
from tests.factories.attendance import GateSite, make_gate, make_gate_site

NOWHERE = Redis.from_url("unix:///nowhere.sock")


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def verify(session: Session, keyring: Keyring, site: GateSite, code: str) -> ScanReason:
    gate = make_gate(session, site.project).device
    return service.verify_scan(
        session,
        NOWHERE,
        keyring,
        device=gate,
        code=code,
        direction=Direction.IN,
        nonce="scan-0001",
        scanned_at=now(),
    ).reason


@pytest.mark.parametrize(
    ("was_admitted", "reason"), [(True, ScanReason.ALREADY_USED), (False, ScanReason.OK)]
)
def test_a_step_an_offline_gate_opened_for_is_used_while_it_is_fresh(
    session: Session, keyring: Keyring, site: GateSite, was_admitted: bool, reason: ScanReason
) -> None:
    at = now()
    code = site.live_code(session, keyring, at=at)
    offline.take_scans(
        session,
        keyring,
        device=site.gate.device,
        reports=[report(code, at, admitted=was_admitted)],
        arrival=Arrival(at, "boot-1", None),
        clock_offset_ms=None,
    )
    assert verify(session, keyring, site, code) is reason


def test_steps_are_forgotten_only_when_no_gate_would_take_them(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    code = site.live_code(session, keyring)
    assert verify(session, keyring, site, code) is ScanReason.OK

    forget_steps(session, at=now() + KEPT / 2)
    assert len(session.scalars(select(UsedStep)).all()) == 1

    forget_steps(session, at=now() + KEPT + timedelta(minutes=1))
    assert session.scalars(select(UsedStep)).all() == []
