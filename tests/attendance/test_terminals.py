"""The shared intake of terminals' punches."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from attendance.conflicts import list_conflicts
from attendance.terminals import PunchOutcome, answer_punch, take_punches
from core.clock import now
from core.enums import CheckInMethod, Direction, Grade, ScanReason
from core.keyring import Keyring
from db.models import CheckIn, Contract, WorkDay
from devices.punches import Punch
from tests.factories.attendance import GateSite, fold_waiting, make_gate_site

HOUR = timedelta(hours=1)


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def punch(key: str, at: datetime, **facts: Any) -> Punch:
    usual = Punch(key, "1001", Direction.IN, CheckInMethod.FACE, at, is_resent=True)
    return replace(usual, **facts)


def take(
    session: Session, keyring: Keyring, site: GateSite, *punches: Punch
) -> Sequence[PunchOutcome]:
    return take_punches(session, keyring, device=site.gate.device, punches=punches, at=now())


def stored(session: Session) -> Sequence[CheckIn]:
    session.expire_all()
    return session.scalars(select(CheckIn).order_by(col(CheckIn.nonce))).all()


def test_every_punch_has_an_outcome_in_the_same_order(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    at = now() - 3 * HOUR
    code = site.live_code(session, keyring, at=at)
    outcomes = take(
        session,
        keyring,
        site,
        punch("a", at, pin="9999"),
        punch("b", at, pin=None, code=code),
        punch("c", at + HOUR, direction=Direction.OUT),
        punch("d", at, is_refused=True),
    )

    assert [outcome.punch.key for outcome in outcomes] == ["a", "b", "c", "d"]
    assert [outcome.reason for outcome in outcomes] == [
        ScanReason.UNKNOWN_WORKER,
        ScanReason.OK,
        ScanReason.OK,
        ScanReason.OK,
    ]
    assert [outcome.valid for outcome in outcomes] == [False, True, True, False]
    assert all(outcome.is_new for outcome in outcomes)


def test_an_offline_scan_of_a_live_code_is_judged_as_the_code(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    at = now() - 3 * HOUR
    code = site.live_code(session, keyring, at=at)

    take(session, keyring, site, punch("b", at, pin=None, code=code))

    (check_in,) = stored(session)
    assert (check_in.method, check_in.grade) == (CheckInMethod.LIVE_CODE, Grade.A)
    assert check_in.project_worker_id == site.worker_id


def test_the_devices_direction_wins_over_the_terminals(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    site.gate.device.direction = Direction.OUT
    at = now() - 3 * HOUR
    code = site.live_code(session, keyring, at=at)

    take(session, keyring, site, punch("a", at), punch("b", at, pin=None, code=code))

    assert {check_in.direction for check_in in stored(session)} == {Direction.OUT}


def test_the_same_punches_again_are_known(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    at = now() - 3 * HOUR
    code = site.live_code(session, keyring, at=at)
    punches = [punch("a", at), punch("b", at, pin=None, code=code), punch("a", at)]
    first = take(session, keyring, site, *punches)

    again = take(session, keyring, site, *punches)

    assert [outcome.is_new for outcome in first] == [True, True, False]
    assert not any(outcome.is_new for outcome in again)
    assert len(stored(session)) == 2


def test_a_refused_punch_is_stored_with_the_terminals_words(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    take(session, keyring, site, punch("a", now() - HOUR, is_refused=True, note="24 反潜"))

    (check_in,) = stored(session)
    assert (check_in.admitted, check_in.valid, check_in.note) == (False, False, "24 反潜")
    fold_waiting(session)
    assert session.scalars(select(WorkDay)).all() == []


def test_a_live_punch_of_a_clock_hours_off_counts_when_it_arrived(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    take(session, keyring, site, punch("a", now() - 5 * HOUR, is_resent=False))

    fold_waiting(session)
    day = session.scalars(select(WorkDay)).one()
    assert day.first_in_at is not None
    assert now() - day.first_in_at < HOUR
    assert abs((site.gate.device.clock_offset_ms or 0) + 5 * 3_600_000) < 60_000


@pytest.mark.parametrize("year", [2019, 2038])
def test_what_a_clock_years_off_recorded_is_kept_and_has_an_owner(
    session: Session, keyring: Keyring, site: GateSite, year: int
) -> None:
    take(session, keyring, site, punch("a", now().replace(year=year, day=1)))

    (conflict,) = list_conflicts(session, project_id=site.project_id, before=None, limit=9)
    assert (conflict.check_in.admitted, conflict.check_in.valid) == (True, False)
    assert "时间" in conflict.explanation


def test_an_identity_number_as_pin_is_not_shown(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    take(session, keyring, site, punch("a", now() - HOUR, pin="330106199001010010"))
    assert [check_in.presented for check_in in stored(session)] == ["***"]


def test_no_punches_are_no_trouble(session: Session, keyring: Keyring, site: GateSite) -> None:
    assert take(session, keyring, site) == []


def test_a_question_opens_only_for_who_may_enter(session: Session, site: GateSite) -> None:
    session.delete(session.scalars(select(Contract)).one())

    outcome = answer_punch(
        session, device=site.gate.device, punch=punch("q", now(), is_resent=False), at=now()
    )

    assert (outcome.reason, outcome.admitted) == (ScanReason.NO_CONTRACT, False)
    (check_in,) = stored(session)
    assert (check_in.admitted, check_in.valid, check_in.decided_offline) == (False, False, False)


@pytest.mark.parametrize("year", [2019, 2038])
def test_a_terminal_that_shows_another_year_still_lets_in_who_asks(
    session: Session, site: GateSite, year: int
) -> None:
    asked = punch("q", now().replace(year=year, day=1), is_resent=False)

    outcome = answer_punch(session, device=site.gate.device, punch=asked, at=now())

    fold_waiting(session)
    day = session.scalars(select(WorkDay)).one()
    assert (outcome.admitted, outcome.valid) == (True, True)
    assert day.first_in_at is not None
    assert now() - day.first_in_at < HOUR
