"""ATTLOG import: every line once, whoever it names and whenever it claims to be."""

import json
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from attendance import imports
from attendance.imports import ImportReport, import_attlog
from attendance.rules import CLOCK_TRUST_MS
from core.clock import SHANGHAI, local_date, now
from core.enums import CheckInMethod, Direction, Grade, ScanReason, WorkDayState
from db.base import new_id
from db.models import AuditEntry, CheckIn, Contract, WorkDay
from devices.errors import AttlogTooLongError, DeviceNotFoundError, NotAnAttlogError
from tests.factories.attendance import GateSite, fold_waiting, make_gate, make_gate_site
from tests.factories.projects import make_project

YESTERDAY = local_date(now()) - timedelta(days=1)


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def line(
    clock: str, status: int = 0, *, day: date = YESTERDAY, pin: str = "1001", verify: int = 15
) -> str:
    return f"{pin}\t{day:%Y-%m-%d} {clock}\t{status}\t{verify}\t0\t0\t0\n"


def upload(session: Session, site: GateSite, *lines: str) -> ImportReport:
    report = import_attlog(
        session,
        project_id=site.project_id,
        device_id=site.gate.device_id,
        content="".join(lines).encode(),
        at=now(),
    )
    fold_waiting(session)
    return report


def the_check_in(session: Session) -> CheckIn:
    return session.scalars(select(CheckIn)).one()


def count_check_ins(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CheckIn)) or 0


def test_a_days_punches_become_a_work_day(session: Session, site: GateSite) -> None:
    report = upload(session, site, line("06:58:10"), line("17:31:40", 1))

    assert (report.read, report.inserted, report.repeated) == (2, 2, 0)
    assert (report.first_date, report.last_date) == (YESTERDAY, YESTERDAY)
    day = session.scalars(select(WorkDay)).one()
    assert (day.work_date, day.minutes, day.units) == (YESTERDAY, 633, 100)
    assert (day.state, day.grades) == (WorkDayState.COMPLETE, {"B": 2})
    assert day.project_worker_id == site.worker_id


def test_a_punch_is_stored_as_the_terminal_said_it(session: Session, site: GateSite) -> None:
    upload(session, site, line("17:31:40", 1))

    check_in = the_check_in(session)
    assert check_in.occurred_at == datetime.combine(YESTERDAY, time(17, 31, 40), SHANGHAI)
    assert (check_in.direction, check_in.method) == (Direction.OUT, CheckInMethod.FACE)
    assert (check_in.grade, check_in.device_id) == (Grade.B, site.gate.device_id)
    assert check_in.decided_offline
    assert check_in.admitted


def test_uploading_again_inserts_nothing(session: Session, site: GateSite) -> None:
    lines = [line("06:58:10"), line("17:31:40", 1)]
    upload(session, site, *lines)

    again = upload(session, site, *reversed(lines), line("18:00:00", 1))

    assert (again.read, again.inserted, again.repeated) == (3, 1, 2)
    assert count_check_ins(session) == 3


def test_a_line_twice_in_one_file_is_stored_once(session: Session, site: GateSite) -> None:
    report = upload(session, site, line("06:58:10"), line("06:58:10"))
    assert (report.inserted, report.repeated) == (1, 1)


def test_pieces_in_any_order_fold_like_the_whole(session: Session, site: GateSite) -> None:
    before = YESTERDAY - timedelta(days=1)
    upload(session, site, line("06:10:00", 1))
    (orphan,) = session.scalars(select(WorkDay)).all()
    assert orphan.work_date == YESTERDAY

    upload(session, site, line("19:30:00", 0, day=before))

    session.expire_all()
    night = session.scalars(select(WorkDay)).one()
    assert (night.work_date, night.minutes) == (before, 640)
    assert night.state is WorkDayState.COMPLETE


def test_an_unknown_number_is_stored_and_named(session: Session, site: GateSite) -> None:
    report = upload(session, site, line("06:58:10", pin="9999"))

    assert (report.inserted, report.unknown_pins) == (1, ["9999"])
    assert report.not_counted == {ScanReason.UNKNOWN_WORKER: 1}
    check_in = the_check_in(session)
    assert (check_in.project_worker_id, check_in.valid) == (None, False)
    assert check_in.presented == "9999"


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(1970, 1, 1), ScanReason.WRONG_CLOCK),
        (date(2019, 1, 5), ScanReason.WRONG_CLOCK),
        (date(2038, 1, 19), ScanReason.FUTURE_CODE),
        (date(2099, 12, 31), ScanReason.FUTURE_CODE),
        (local_date(now()) + timedelta(days=2), ScanReason.FUTURE_CODE),
    ],
)
def test_a_terminal_with_a_wrong_clock_loses_nothing_and_proves_nothing(
    session: Session, site: GateSite, day: date, reason: ScanReason
) -> None:
    report = upload(session, site, line("06:58:10", day=day))

    assert report.not_counted == {reason: 1}
    assert (report.first_date, report.last_date) == (None, None)
    check_in = the_check_in(session)
    assert check_in.reason is reason
    assert check_in.clock_bound_ms > CLOCK_TRUST_MS
    assert session.scalar(select(func.count()).select_from(WorkDay)) == 0


def test_punches_after_leaving_are_kept_but_not_counted(session: Session, site: GateSite) -> None:
    site.worker.left_date = YESTERDAY - timedelta(days=1)
    assert upload(session, site, line("06:58:10")).not_counted == {ScanReason.LEFT_PROJECT: 1}


def test_work_without_a_contract_is_work(session: Session, site: GateSite) -> None:
    session.delete(session.scalars(select(Contract)).one())

    report = upload(session, site, line("06:58:10"), line("17:31:40", 1))

    assert report.not_counted == {}
    assert the_reasons(session) == {ScanReason.NO_CONTRACT}
    assert session.scalars(select(WorkDay)).one().units == 100


def the_reasons(session: Session) -> set[ScanReason]:
    return {check_in.reason for check_in in session.scalars(select(CheckIn))}


def test_unreadable_lines_are_reported_and_kept_with_the_report(
    session: Session, site: GateSite
) -> None:
    report = upload(
        session, site, line("06:58:10"), "1001 06:58\n", "330106199001010013\tx\t0\t1\n"
    )

    assert [(fault.number, fault.column) for fault in report.faults] == [
        (2, "columns"),
        (3, "time"),
    ]
    entry = session.scalars(
        select(AuditEntry).where(col(AuditEntry.subject_id) == site.gate.device_id)
    ).one()
    kept = json.loads(entry.detail["report"])
    assert [fault["number"] for fault in kept["faults"]] == [2, 3]
    assert "330106" not in entry.detail["report"]


def test_a_file_of_something_else_changes_nothing(session: Session, site: GateSite) -> None:
    with pytest.raises(NotAnAttlogError):
        upload(session, site, "PK\x03\x04 some workbook\n" * 5)
    assert count_check_ins(session) == 0


def test_too_many_unreadable_lines_refuse_the_file(
    session: Session, site: GateSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MAX_FAULTS", 2)
    with pytest.raises(NotAnAttlogError) as refusal:
        upload(session, site, line("06:58:10"), "x\n", "y\n", "z\n")
    assert refusal.value.facts == {"faults": 3}


def test_an_endless_file_is_refused_before_it_is_read(session: Session, site: GateSite) -> None:
    with pytest.raises(AttlogTooLongError):
        upload(session, site, "\n" * 100_001)


def test_an_empty_file_is_an_empty_report(session: Session, site: GateSite) -> None:
    report = upload(session, site)
    assert (report.read, report.inserted, report.first_date) == (0, 0, None)


def test_another_projects_terminal_does_not_exist(session: Session, site: GateSite) -> None:
    theirs = make_gate(session, make_project(session))
    for device_id in (theirs.device_id, new_id()):
        with pytest.raises(DeviceNotFoundError):
            import_attlog(
                session,
                project_id=site.project_id,
                device_id=device_id,
                content=b"",
                at=now(),
            )


def test_an_import_brings_the_partitions_it_needs(session: Session, site: GateSite) -> None:
    upload(session, site, line("06:58:10"))
    where = session.connection().exec_driver_sql("SELECT tableoid::regclass::text FROM check_in")
    assert where.scalar_one() == f"check_in_{YESTERDAY:%Y_%m}"


@pytest.mark.parametrize("seed", range(3))
def test_a_log_in_any_order_and_twice_over_folds_to_the_same_days(
    session: Session, seed: int
) -> None:
    lines = [
        line(clock, status, day=YESTERDAY - timedelta(days=back))
        for back in (2, 1, 0)
        for clock, status in (("07:00:00", 0), ("11:30:00", 1), ("13:00:00", 0), ("19:40:00", 1))
    ]
    shuffled = lines + lines[:6]
    Random(seed).shuffle(shuffled)
    whole, piecemeal = make_gate_site(session), make_gate_site(session)

    upload(session, whole, *lines)
    for start in range(0, len(shuffled), 5):
        upload(session, piecemeal, *shuffled[start : start + 5])

    assert days_of(session, piecemeal) == days_of(session, whole)
    assert len(days_of(session, whole)) == 3


def days_of(session: Session, site: GateSite) -> list[tuple[object, ...]]:
    statement = (
        select(WorkDay)
        .where(col(WorkDay.project_worker_id) == site.worker_id)
        .order_by(col(WorkDay.work_date))
    )
    return [
        (day.work_date, day.first_in_at, day.last_out_at, day.minutes, day.units, day.state)
        for day in session.scalars(statement)
    ]
