"""Two imports at once, really committed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID

from sqlalchemy import text
from sqlmodel import func, select

from core.enums import Direction
from db.models import Contract, Person, ProjectWorker
from db.session import Database
from projects.findings import FindingCode
from projects.roster import RosterReport, import_roster
from tests.factories.attendance import make_check_in
from tests.factories.projects import make_project, make_team
from tests.factories.workbooks import make_roster, make_row

AT = datetime(2026, 10, 8, 2, tzinfo=UTC)
SERIALS = range(1, 401)
"""Enough to overlap, so that unordered inserts would deadlock."""


def make_projects(database: Database, number: int) -> list[UUID]:
    with database.transaction() as session:
        projects = [make_project(session) for _ in range(number)]
        for project in projects:
            make_team(session, project)
        return [project.id for project in projects]


def import_at_once(database: Database, uploads: list[tuple[UUID, bytes]]) -> list[RosterReport]:
    barrier = Barrier(len(uploads))

    def run(upload: tuple[UUID, bytes]) -> RosterReport:
        project_id, content = upload
        with database.transaction() as session:
            session.connection()
            barrier.wait()
            return import_roster(
                session, project_id=project_id, content=content, dry_run=False, at=AT
            )

    with ThreadPoolExecutor(len(uploads)) as threads:
        return list(threads.map(run, uploads))


def count_rows(database: Database) -> list[int]:
    with database.transaction() as session:
        return [
            session.exec(select(func.count()).select_from(table)).one()
            for table in (Person, ProjectWorker, Contract)
        ]


def test_the_same_people_on_two_projects_at_once_stay_one_person_each(
    live_database: Database,
) -> None:
    here, there = make_projects(live_database, 2)
    rows = [make_row(serial) for serial in SERIALS]

    reports = import_at_once(
        live_database, [(here, make_roster(*rows)), (there, make_roster(*reversed(rows)))]
    )

    assert [report.imported for report in reports] == [400, 400]
    assert count_rows(live_database) == [400, 800, 800]


def test_the_same_file_twice_at_once_imports_once(live_database: Database) -> None:
    (project_id,) = make_projects(live_database, 1)
    content = make_roster(*(make_row(serial) for serial in SERIALS))

    reports = import_at_once(live_database, [(project_id, content)] * 2)

    assert sorted((report.imported, report.updated) for report in reports) == [(0, 400), (400, 0)]
    assert count_rows(live_database) == [400, 400, 400]


def test_of_two_names_for_one_number_at_once_only_one_comes_in(live_database: Database) -> None:
    here, there = make_projects(live_database, 2)

    reports = import_at_once(
        live_database,
        [(here, make_roster(make_row(1))), (there, make_roster(make_row(1, NAME="赵六")))],
    )

    codes = [finding.code for report in reports for row in report.rows for finding in row.findings]
    assert sorted(report.imported for report in reports) == [0, 1]
    assert codes == [FindingCode.NAME_DISAGREES]
    assert count_rows(live_database) == [1, 1, 1]


def test_gates_go_on_while_a_roster_is_imported(live_database: Database) -> None:
    (project_id,) = make_projects(live_database, 1)
    content = make_roster(make_row(1))
    import_at_once(live_database, [(project_id, content)])

    with live_database.transaction() as importing, live_database.transaction() as gate:
        import_roster(importing, project_id=project_id, content=content, dry_run=False, at=AT)
        gate.execute(text("SET LOCAL lock_timeout = '1s'"))
        worker = gate.exec(select(ProjectWorker)).one()

        check_in = make_check_in(gate, worker, Direction.IN, AT)

        assert check_in in gate
