"""考勤表: drawn up from the folded days, complete, and frozen by its lock."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlmodel import Session

from attendance import sheets
from attendance.errors import SheetLockedError, SheetNotFoundError
from attendance.months import object_to_day
from core.clock import day_start, local_date, now
from core.enums import Direction, SheetState
from db.models import AttendanceSheet, ProjectWorker
from projects.errors import TeamNotFoundError
from tests.factories.attendance import GateSite, long_ago, make_check_in, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def work(session: Session, worker: ProjectWorker, *, days: int = 1, leaves: bool = True) -> None:
    """Write days of ten hours without folding them; the last one has no exit if not `leaves`."""
    for offset in range(days):
        start = day_start(DAY + timedelta(days=offset))
        make_check_in(session, worker, Direction.IN, start + timedelta(hours=7))
        if leaves or offset < days - 1:
            make_check_in(session, worker, Direction.OUT, start + timedelta(hours=17))


def draw_up(session: Session, site: GateSite) -> AttendanceSheet:
    return sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=MONTH, at=now()
    )


def test_a_line_sums_the_workers_month(session: Session, site: GateSite) -> None:
    work(session, site.worker, days=3, leaves=False)

    sheet = draw_up(session, site)

    assert sheet.state is SheetState.DRAFT
    assert sheet.lines == [
        {
            "project_worker_id": str(site.worker_id),
            "units": 250,
            "minutes": 1440,
            "days": 3,
            "needs_confirmation": 1,
            "grades": {"B": 5},
        }
    ]


def test_everybody_of_the_team_has_a_line_and_nobody_else(session: Session, site: GateSite) -> None:
    idle = make_project_worker(
        session, site.team, make_worker_person(session), entered_date=long_ago()
    )
    other_team = make_team(session, site.project, name="木工二班")
    other = make_project_worker(
        session, other_team, make_worker_person(session), entered_date=long_ago()
    )
    gone = make_project_worker(
        session,
        site.team,
        make_worker_person(session),
        entered_date=long_ago(),
        left_date=DAY.replace(day=1) - timedelta(days=1),
    )
    work(session, site.worker)
    work(session, other)

    lines = {line["project_worker_id"]: line for line in draw_up(session, site).lines}

    assert set(lines) == {str(site.worker_id), str(idle.id)}
    assert str(gone.id) not in lines
    assert lines[str(idle.id)] | {"project_worker_id": ""} == {
        "project_worker_id": "",
        "units": 0,
        "minutes": 0,
        "days": 0,
        "needs_confirmation": 0,
        "grades": {},
    }


def test_a_team_without_anybody_has_an_empty_sheet(session: Session, site: GateSite) -> None:
    team = make_team(session, site.project, name="空班组")
    sheet = sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=team.id, month=MONTH, at=now()
    )
    assert sheet.lines == []


def test_a_draft_is_drawn_up_anew(session: Session, site: GateSite) -> None:
    first = draw_up(session, site).id
    work(session, site.worker)
    again = draw_up(session, site)
    assert (again.id, again.lines[0]["units"]) == (first, 100)
    assert session.scalar(select(func.count()).select_from(AttendanceSheet)) == 1


def test_a_locked_sheet_does_not_change_any_more(session: Session, site: GateSite) -> None:
    sheet = draw_up(session, site)
    sheets.lock_sheet(session, project_id=site.project_id, sheet_id=sheet.id)
    work(session, site.worker)

    with pytest.raises(SheetLockedError):
        draw_up(session, site)

    again = sheets.lock_sheet(session, project_id=site.project_id, sheet_id=sheet.id)
    assert (again.state, again.lines[0]["units"]) == (SheetState.LOCKED, 0)


def test_the_manager_reads_masked_names_and_objections(session: Session, site: GateSite) -> None:
    sheet = draw_up(session, site)
    sheets.lock_sheet(session, project_id=site.project_id, sheet_id=sheet.id)
    object_to_day(session, person_id=site.person_id, work_date=DAY, note="这天我在", at=now())

    view = sheets.view_sheet(session, project_id=site.project_id, sheet_id=sheet.id)

    (line,) = view.lines
    assert line.masked_name == "王*明"
    assert [objection.note for objection in line.objections] == ["这天我在"]


def test_another_projects_team_and_sheet_do_not_exist(session: Session, site: GateSite) -> None:
    elsewhere = make_project(session)
    sheet = draw_up(session, site)
    with pytest.raises(TeamNotFoundError):
        sheets.draw_up_sheet(
            session, project_id=elsewhere.id, team_id=site.team_id, month=MONTH, at=now()
        )
    with pytest.raises(SheetNotFoundError):
        sheets.lock_sheet(session, project_id=elsewhere.id, sheet_id=sheet.id)


def test_a_bigger_team_takes_no_more_statements(session: Session, site: GateSite) -> None:
    def count_statements() -> int:
        seen: list[str] = []
        engine = session.get_bind()

        def note(*execution: object) -> None:
            seen.append(str(execution[2]))

        event.listen(engine, "before_cursor_execute", note)
        draw_up(session, site)
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    work(session, site.worker)
    alone = count_statements()
    for _ in range(20):
        person = make_worker_person(session)
        worker = make_project_worker(session, site.team, person, entered_date=long_ago())
        work(session, worker, days=2)

    assert count_statements() == alone
