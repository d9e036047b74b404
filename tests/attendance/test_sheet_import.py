"""A foreign month as grade E: dry run, row errors, nothing overwritten, nothing twice."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from attendance import sheets
from attendance.sheet_findings import SheetFindingCode
from attendance.sheet_import import DayCounts, ForeignReport, import_sheet
from attendance.sheets import LockExcuses
from core.clock import day_start, local_date, month_start, next_month, now
from core.enums import CheckInMethod, Direction, Grade
from db.models import AuditEntry, CheckIn, WorkDay
from db.session import blind_index
from tests.attendance.test_foreign_sheets import HEADER, make_file
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project_worker

FIRST = month_start(f"{local_date(now()) - timedelta(days=31):%Y-%m}")
MONTH = f"{FIRST:%Y-%m}"
ENTERED = FIRST + timedelta(days=2)
NUMBER = "33010619900101123X"


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    site.person.id_number = NUMBER
    site.person.id_number_index = blind_index(session, "person.id_number", NUMBER)
    site.worker.entered_date = ENTERED
    session.flush()
    return site


def take(
    session: Session, site: GateSite, *rows: list[Any], dry_run: bool = False
) -> ForeignReport:
    return import_sheet(
        session,
        project_id=site.project_id,
        month=MONTH,
        content=make_file(HEADER, *rows),
        dry_run=dry_run,
        at=now(),
    )


def codes(report: ForeignReport) -> list[list[tuple[str, SheetFindingCode]]]:
    return [[(found.column, found.code) for found in row.findings] for row in report.rows]


def list_days(session: Session) -> list[tuple[int, int, dict[str, int]]]:
    days = session.scalars(select(WorkDay).order_by(col(WorkDay.work_date)))
    return [(day.work_date.day, day.units, day.grades) for day in days]


def month_of(**days: object) -> list[Any]:
    """Return the cells of a month; `d3` is the third."""
    return [days.get(f"d{number}") for number in range(1, 32)]


def test_days_are_stored_as_grade_e_and_say_where_they_come_from(
    session: Session, site: GateSite
) -> None:
    report = take(session, site, [1, "王小明", NUMBER, *month_of(d3="√", d4=0.5, d5="休")])

    assert report.days == DayCounts(imported=2)
    assert list_days(session) == [(3, 100, {"E": 2}), (4, 50, {"E": 2})]
    stored = session.scalars(select(CheckIn)).all()
    assert {(row.grade, row.method) for row in stored} == {(Grade.E, CheckInMethod.IMPORTED)}
    assert {row.note for row in stored} == {"外来考勤表第 2 行，只记工日，时刻不是实际打卡时刻"}
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.detail["imported_days"]) == ("attendance.import-sheet", "2")


def test_a_dry_run_says_the_same_and_writes_nothing(session: Session, site: GateSite) -> None:
    report = take(session, site, [1, "王小明", NUMBER, *month_of(d3="√")], dry_run=True)
    assert (report.is_dry_run, report.days) == (True, DayCounts(imported=1))
    assert session.scalars(select(CheckIn)).all() == []


def test_importing_again_inserts_nothing(session: Session, site: GateSite) -> None:
    row = [1, "王小明", NUMBER, *month_of(d3="√", d4=1.5)]
    take(session, site, row)
    assert take(session, site, row).days == DayCounts(repeated=2)
    assert len(session.scalars(select(CheckIn)).all()) == 4


def test_a_day_on_record_is_left_alone_and_said(session: Session, site: GateSite) -> None:
    start = day_start(ENTERED)
    make_check_in(session, site.worker, Direction.IN, start + timedelta(hours=7))

    report = take(session, site, [1, "王小明", NUMBER, *month_of(d3="√", d4="√")])

    assert codes(report) == [[("3", SheetFindingCode.DAY_ON_RECORD)]]
    assert report.days == DayCounts(imported=1, kept=1)
    assert list_days(session) == [(3, 50, {"B": 1}), (4, 100, {"E": 2})]


def test_a_name_alone_is_enough_while_it_is_the_only_one(session: Session, site: GateSite) -> None:
    assert take(session, site, [1, "王小明", None, *month_of(d3="√")]).days.imported == 1
    namesake = make_worker_person(session, name="王小明")
    make_project_worker(session, site.team, namesake, entered_date=ENTERED)
    report = take(session, site, [1, "王小明", None, *month_of(d4="√")])
    assert codes(report) == [[("证件编号", SheetFindingCode.AMBIGUOUS_NAME)]]


@pytest.mark.parametrize(
    ("name", "number", "found"),
    [
        ("李四", None, ("姓名", SheetFindingCode.UNKNOWN_WORKER)),
        ("王小明", "330106199001019999", ("证件编号", SheetFindingCode.UNKNOWN_WORKER)),
        ("李四", NUMBER, ("姓名", SheetFindingCode.NAME_DISAGREES)),
    ],
)
def test_a_row_that_means_nobody_is_rejected(
    session: Session,
    site: GateSite,
    name: str,
    number: str | None,
    found: tuple[str, SheetFindingCode],
) -> None:
    report = take(session, site, [1, name, number, *month_of(d3="√")])
    assert codes(report) == [[found]]
    assert (report.rejected, report.days) == (1, DayCounts())


def test_the_same_worker_twice_is_reported(session: Session, site: GateSite) -> None:
    row = [1, "王小明", NUMBER, *month_of(d3="√")]
    report = take(session, site, row, row)
    assert codes(report) == [[], [("姓名", SheetFindingCode.REPEATED_ROW)]]
    assert report.days.imported == 1


def test_a_day_before_the_stay_rejects_the_row(session: Session, site: GateSite) -> None:
    report = take(session, site, [1, "王小明", NUMBER, *month_of(d2="√", d3="√")])
    assert codes(report) == [[("2", SheetFindingCode.NOT_ON_SITE)]]
    assert report.days.imported == 0


def test_a_thirty_first_in_a_month_of_thirty_days_is_reported(
    session: Session, site: GateSite
) -> None:
    month = MONTH if next_month(FIRST) - FIRST < timedelta(days=31) else "2026-09"
    report = import_sheet(
        session,
        project_id=site.project_id,
        month=month,
        content=make_file(HEADER, [1, "王小明", NUMBER, *month_of(d31="√")]),
        dry_run=False,
        at=now(),
    )
    assert codes(report) == [[("31", SheetFindingCode.DAY_NOT_IN_MONTH)]]


def test_a_day_to_come_is_reported(session: Session, site: GateSite) -> None:
    report = import_sheet(
        session,
        project_id=site.project_id,
        month=f"{next_month(local_date(now()).replace(day=1)):%Y-%m}",
        content=make_file(HEADER, [1, "王小明", NUMBER, *month_of(d3="√")]),
        dry_run=False,
        at=now(),
    )
    assert codes(report) == [[("3", SheetFindingCode.DAY_TO_COME)]]


def test_a_locked_month_takes_nothing_in(session: Session, site: GateSite) -> None:
    sheet = sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=MONTH, at=now()
    )
    sheets.lock_sheet(
        session,
        project_id=site.project_id,
        sheet_id=sheet.id,
        at=now(),
        excuses=LockExcuses(skipped_reason="已在纸上签字"),
    )
    report = take(session, site, [1, "王小明", NUMBER, *month_of(d3="√")])
    assert codes(report) == [[("姓名", SheetFindingCode.SHEET_LOCKED)]]
