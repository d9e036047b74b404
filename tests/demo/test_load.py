"""Loading the demo into an empty installation, through the product's own imports."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlmodel import Session, func, select

from core.enums import Grade, PaySheetState, Role, SheetState, WorkDayState
from core.settings import Settings
from db.models import (
    AttendanceSheet,
    CheckIn,
    Notification,
    PaySheet,
    Payslip,
    Person,
    Project,
    ProjectWorker,
    RoleGrant,
    WorkDay,
)
from db.session import Database
from demo import people
from demo.generate import ROSTER
from demo.load import DemoError, load_demo
from demo.welcome import describe, has_demo, is_empty
from projects.findings import Finding
from projects.roster import import_roster
from tests.factories.attendance import fold_waiting
from tests.factories.identity import make_person
from tests.factories.projects import make_project

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
PUNCHES = 3_571


def test_the_demo_loads_once_and_completely(
    live_database: Database, live_settings: Settings
) -> None:
    assert is_empty(live_settings.database_url)

    load_demo(live_database, AT)

    assert not is_empty(live_settings.database_url)
    assert has_demo(live_settings.database_url)
    with live_database.transaction() as session:
        assert _count(session, ProjectWorker) == people.WORKER_COUNT
        assert _count(session, Person) == people.WORKER_COUNT + 5
        assert _count(session, CheckIn) == PUNCHES
        assert _published(session) == (PaySheetState.PUBLISHED, 20)
        assert _findings_of_another_import(session) == []
        _check_days(session)
        _check_staff(session)


def test_a_roster_that_no_longer_passes_loads_nothing(
    live_database: Database, live_settings: Settings
) -> None:
    first = people.WORKERS[0]
    with live_database.transaction() as session:
        make_person(session, name="另有其人", id_number=first.id_number)

    with pytest.raises(DemoError):
        load_demo(live_database, AT)

    assert is_empty(live_settings.database_url)


def test_somebody_elses_installation_is_not_taken_for_the_demo(
    live_database: Database, live_settings: Settings
) -> None:
    with live_database.transaction() as session:
        make_project(session)

    assert not is_empty(live_settings.database_url)
    assert not has_demo(live_settings.database_url)


def test_the_description_names_a_phone_for_each_role() -> None:
    description = describe()

    assert people.FIRST_TO_SIGN_IN.phone is not None
    for phone in (
        people.FIRST_TO_SIGN_IN.phone,
        people.MANAGER_PHONE,
        people.INSPECTOR_PHONE,
        people.ADMIN_PHONE,
    ):
        assert phone in description


def _count(session: Session, table: type[object]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def _findings_of_another_import(session: Session) -> list[Finding]:
    report = import_roster(
        session,
        project_id=session.exec(select(Project.id)).one(),
        content=ROSTER.read_bytes(),
        dry_run=True,
        at=AT,
    )
    return [finding for row in report.rows for finding in row.findings]


def _published(session: Session) -> tuple[PaySheetState, int]:
    assert session.exec(select(AttendanceSheet)).one().state is SheetState.LOCKED
    assert _count(session, Notification) == 20 + 1, (
        "a payslip each, and the leader's sheet to look over"
    )
    return session.exec(select(PaySheet)).one().state, _count(session, Payslip)


def _check_days(session: Session) -> None:
    fold_waiting(session)
    days = session.exec(select(WorkDay)).all()
    states = Counter(day.state for day in days)
    grades = {check_in.grade for check_in in session.exec(select(CheckIn))}
    assert grades <= {Grade.B, Grade.E}
    assert 3 <= states[WorkDayState.NEEDS_CONFIRMATION] <= 15
    assert states[WorkDayState.COMPLETE] > 1_200
    assert {50, 100} <= {day.units for day in days}


def _check_staff(session: Session) -> None:
    grants = {grant.role: grant for grant in session.exec(select(RoleGrant))}
    project = session.exec(select(Project)).one()
    assert grants[Role.LABOUR_MANAGER].project_id == project.id
    assert grants[Role.EMPLOYER_ADMIN].employer_id is not None
    assert grants[Role.INSPECTOR].county_code == "330106"
    assert grants[Role.ADMIN].project_id is None
