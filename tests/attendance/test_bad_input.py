"""What no clock should say: a defined day, nothing lost, and nobody's wage decided in silence."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from attendance.conflicts import list_conflicts
from attendance.imports import import_attlog
from attendance.months import get_month
from attendance.offline import take_scans
from attendance.rejudge import Arrival, ScanReport
from attendance.work_days import fold_days
from core.clock import day_start, local_date, now
from core.enums import CheckInMethod, Direction, Grade, ScanReason, WorkDayState
from core.keyring import Keyring
from db.models import CheckIn, WorkDay
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.cards import make_card

TODAY = local_date(now())
ARRIVED = day_start(TODAY) + timedelta(hours=12)
FOUR_DAYS = [TODAY - timedelta(days=back) for back in (5, 4, 3, 2)]


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def make_waiting_card(session: Session, site: GateSite, said: datetime) -> None:
    """Write the scan of a card that its gate kept while it did not know the time."""
    session.add(
        CheckIn(
            project_id=site.project_id,
            source_id=site.gate.device_id,
            device_id=site.gate.device_id,
            nonce=uuid4().hex,
            project_worker_id=site.worker_id,
            direction=Direction.IN,
            method=CheckInMethod.CARD_CODE,
            grade=Grade.E,
            occurred_at=said,
            received_at=ARRIVED,
            clock_bound_ms=max(120_001, abs(ARRIVED - said) // timedelta(milliseconds=1) % 2**31),
            admitted=True,
            valid=True,
            reason=ScanReason.OK,
            decided_offline=True,
            gate_report={"sequence": 7},
        )
    )
    session.flush()


def bring_card(session: Session, keyring: Keyring, site: GateSite, said: datetime) -> CheckIn:
    """Upload the scan of a card, looked at, by a gate that knows no time and was switched off."""
    scan = ScanReport(
        code=make_card(session, site.worker).code,
        direction=Direction.IN,
        nonce="card-scan-0001",
        scanned_at=said,
        clock_bound_ms=None,
        admitted=True,
        reason="ok",
        decided_offline=True,
        sequence=7,
        boot_id="boot-1",
        uptime_ms=None,
        looked=True,
    )
    session.flush()
    take_scans(
        session,
        keyring,
        device=site.gate.device,
        reports=[scan],
        arrival=Arrival(ARRIVED, "boot-2", None),
        clock_offset_ms=None,
    )
    return session.scalars(select(CheckIn)).one()


def fold(session: Session, site: GateSite) -> list[WorkDay]:
    fold_days(
        session,
        project_id=site.project_id,
        worker_ids=[site.worker_id],
        since=TODAY - timedelta(days=40),
        until=TODAY,
    )
    return list(
        session.scalars(
            select(WorkDay)
            .where(col(WorkDay.project_worker_id) == site.worker_id)
            .order_by(col(WorkDay.work_date))
        )
    )


def test_cards_scanned_over_days_by_a_gate_without_time_do_not_collapse_onto_the_upload(
    session: Session, site: GateSite
) -> None:
    for day in FOUR_DAYS:
        make_waiting_card(session, site, day_start(day) + timedelta(hours=7))

    days = fold(session, site)

    assert [day.work_date for day in days] == FOUR_DAYS
    assert {(day.state, day.units) for day in days} == {(WorkDayState.NEEDS_CONFIRMATION, 50)}


def test_the_worker_is_told_that_the_gates_clock_was_wrong(
    session: Session, site: GateSite
) -> None:
    make_waiting_card(session, site, day_start(FOUR_DAYS[0]) + timedelta(hours=7))
    fold(session, site)

    view = get_month(session, person_id=site.person_id, month=f"{FOUR_DAYS[0]:%Y-%m}")

    (day,) = view.days
    assert "闸机的时间不准" in (day.say or "")
    assert [seen.crossing.is_undated for seen in day.crossings] == [True]


def test_a_date_no_gate_can_have_waited_since_counts_for_the_upload_and_is_asked_about(
    session: Session, site: GateSite
) -> None:
    make_waiting_card(session, site, day_start(TODAY.replace(day=1) - timedelta(days=40)))

    (day,) = fold(session, site)

    assert (day.work_date, day.state) == (TODAY, WorkDayState.NEEDS_CONFIRMATION)


@pytest.mark.parametrize("year", [2019, 2038])
def test_a_terminals_impossible_year_is_kept_and_is_no_work(
    session: Session, site: GateSite, year: int
) -> None:
    line = f"1001\t{year}-10-12 07:00:00\t0\t15\n"

    report = import_attlog(
        session,
        project_id=site.project_id,
        device_id=site.gate.device_id,
        content=line.encode(),
        at=now(),
    )

    assert (report.read, report.inserted, sum(report.not_counted.values())) == (1, 1, 1)
    assert fold(session, site) == []


def test_a_leap_second_in_a_log_is_a_fault_and_its_neighbours_are_read(
    session: Session, site: GateSite
) -> None:
    day = FOUR_DAYS[0]
    lines = f"1001\t{day} 23:59:60\t1\t15\n1001\t{day} 07:00:00\t0\t15\n"

    report = import_attlog(
        session,
        project_id=site.project_id,
        device_id=site.gate.device_id,
        content=lines.encode(),
        at=now(),
    )

    assert [(fault.number, fault.column) for fault in report.faults] == [(1, "time")]
    assert [found.work_date for found in fold(session, site)] == [day]


def test_who_has_left_the_project_works_there_no_more(session: Session, site: GateSite) -> None:
    site.worker.left_date = FOUR_DAYS[0] - timedelta(days=1)
    session.flush()
    line = f"1001\t{FOUR_DAYS[0]} 07:00:00\t0\t15\n"

    report = import_attlog(
        session,
        project_id=site.project_id,
        device_id=site.gate.device_id,
        content=line.encode(),
        at=now(),
    )

    assert report.not_counted == {ScanReason.LEFT_PROJECT: 1}
    assert fold(session, site) == []


def test_a_day_of_25_hours_is_asked_about(session: Session, site: GateSite) -> None:
    start = day_start(FOUR_DAYS[0]) + timedelta(hours=4)
    for direction, hours in (
        (Direction.IN, 0),
        (Direction.OUT, 15),
        (Direction.IN, 16),
        (Direction.OUT, 26),
    ):
        make_check_in(session, site.worker, direction, start + timedelta(hours=hours))

    (day,) = fold(session, site)

    assert (day.minutes, day.units) == (25 * 60, 100)
    assert day.state is WorkDayState.NEEDS_CONFIRMATION


def test_an_exit_before_its_entry_is_asked_about_and_both_are_kept(
    session: Session, site: GateSite
) -> None:
    start = day_start(FOUR_DAYS[0])
    make_check_in(session, site.worker, Direction.OUT, start + timedelta(hours=7))
    make_check_in(session, site.worker, Direction.IN, start + timedelta(hours=17))

    (day,) = fold(session, site)

    assert (day.state, day.units, day.grades) == (WorkDayState.NEEDS_CONFIRMATION, 50, {"B": 2})


@pytest.mark.parametrize("year", [2019, None], ids=["2019", "can be true"])
def test_an_offline_card_without_a_trusted_clock_is_asked_about_and_never_lost(
    session: Session, keyring: Keyring, site: GateSite, *, year: int | None
) -> None:
    guess = day_start(FOUR_DAYS[0]) + timedelta(hours=7)

    check_in = bring_card(session, keyring, site, guess.replace(year=year) if year else guess)

    (day,) = fold(session, site)
    assert (check_in.valid, check_in.grade) == (True, Grade.B)
    assert (day.work_date, day.state) == (
        TODAY if year else FOUR_DAYS[0],
        WorkDayState.NEEDS_CONFIRMATION,
    )


def test_an_offline_card_dated_in_2038_is_kept_and_has_an_owner(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    check_in = bring_card(session, keyring, site, day_start(TODAY.replace(year=2038, day=1)))

    listed = list_conflicts(session, project_id=site.project_id, before=None, limit=9)
    assert (check_in.admitted, check_in.reason) == (True, ScanReason.FUTURE_CODE)
    assert [conflict.check_in.id for conflict in listed] == [check_in.id]
