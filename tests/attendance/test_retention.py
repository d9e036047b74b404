"""A month of check-ins is let go of when 条例 §28's two conditions hold, and not before."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from attendance.partitions import ensure_months, partition_name
from attendance.queries import list_partitions
from attendance.retention import detach_expired_months
from core.clock import day_start
from core.enums import Direction, PaySheetState, SheetState, WorkDayState
from db.models import AttendanceSheet, AuditEntry, PaySheet, Project, WorkDay
from tests.factories.attendance import GateSite, make_check_in, make_gate_site

MONTH = date(2031, 10, 1)
COMPLETED = date(2031, 12, 31)
THREE_YEARS_LATER = date(2035, 1, 1)
Change = Callable[[Session, GateSite, PaySheet], object]


@pytest.fixture
def site(session: Session) -> GateSite:
    detach_expired_months(session, today=THREE_YEARS_LATER)  # the empty months of other tests
    ensure_months(session, [MONTH])
    site = make_gate_site(session)
    make_check_in(session, site.worker, Direction.IN, day_start(MONTH))
    site.project.complete_date = COMPLETED
    session.add(
        WorkDay(
            project_id=site.project_id,
            project_worker_id=site.worker_id,
            work_date=MONTH,
            minutes=480,
            units=100,
            state=WorkDayState.COMPLETE,
            rule_version=1,
        )
    )
    return site


@pytest.fixture
def sheet(session: Session, site: GateSite) -> PaySheet:
    drawn = AttendanceSheet(
        project_id=site.project_id,
        team_id=site.team_id,
        month=f"{MONTH:%Y-%m}",
        state=SheetState.LOCKED,
        lines=[],
    )
    session.add(drawn)
    session.flush()
    sheet = PaySheet(
        project_id=site.project_id,
        team_id=site.team_id,
        attendance_sheet_id=drawn.id,
        month=drawn.month,
        state=PaySheetState.SETTLED,
    )
    session.add(sheet)
    session.flush()
    return sheet


@pytest.mark.usefixtures("sheet")
def test_a_month_is_detached_three_years_after_the_end_and_recorded(session: Session) -> None:
    table = partition_name(MONTH)

    assert detach_expired_months(session, today=date(2034, 12, 31)) == []
    assert detach_expired_months(session, today=THREE_YEARS_LATER) == [table]

    assert table not in list_partitions(session)
    assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1
    detached = col(AuditEntry.action) == "attendance.detach-month"
    recorded = session.scalars(select(col(AuditEntry.detail)).where(detached)).all()
    assert recorded.count({"table": table}) == 1
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(f"DELETE FROM {table}"))


def goes_on(_: Session, site: GateSite, __: PaySheet) -> None:
    site.project.complete_date = None


def is_unpaid(_: Session, __: GateSite, sheet: PaySheet) -> None:
    sheet.state = PaySheetState.INSTRUCTED


def has_no_sheet(session: Session, _: GateSite, sheet: PaySheet) -> None:
    session.delete(sheet)


def is_shared(session: Session, _: GateSite, __: PaySheet) -> None:
    other = make_gate_site(session)
    make_check_in(session, other.worker, Direction.IN, day_start(MONTH))
    assert session.get_one(Project, other.project_id).complete_date is None


@pytest.mark.parametrize("change", [goes_on, is_unpaid, has_no_sheet, is_shared])
def test_a_month_that_somebody_needs_stays(
    session: Session, site: GateSite, sheet: PaySheet, change: Change
) -> None:
    change(session, site, sheet)
    session.flush()

    assert detach_expired_months(session, today=THREE_YEARS_LATER) == []
