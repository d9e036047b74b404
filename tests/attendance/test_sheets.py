"""考勤表: drawn up from the folded days, complete, and frozen by its lock."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlmodel import Session, col

from attendance import sheets
from attendance.errors import SheetLockedError, SheetNotFoundError
from attendance.sheet_errors import (
    DaysUnsettledError,
    MonthBeforeProjectError,
    MonthNotBegunError,
    MonthNotOverError,
    SheetStaleError,
    StepsMissingError,
)
from attendance.sheets import LockExcuses
from core.clock import day_start, local_date, month_start, next_month, now
from core.enums import CheckInMethod, Direction, Grade, SheetState
from core.sheet_enums import SheetAct, SheetStep
from db.models import AttendanceSheet, AttendanceSheetAct, ProjectWorker
from projects.errors import TeamNotFoundError
from tests.factories.attendance import GateSite, long_ago, make_check_in, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
SIGNED = LockExcuses(unsettled_reason="已当面核对", skipped_reason="已在纸上签字")


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


def lock(
    session: Session,
    sheet: AttendanceSheet,
    *,
    excuses: LockExcuses = SIGNED,
    at: datetime | None = None,
) -> AttendanceSheet:
    return sheets.lock_sheet(
        session,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        at=at or now(),
        excuses=excuses,
    )


def list_acts(session: Session) -> list[tuple[SheetStep, SheetAct, str | None]]:
    acts = session.scalars(select(AttendanceSheetAct).order_by(col(AttendanceSheetAct.id)))
    return [(act.step, act.act, act.reason) for act in acts]


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


def test_a_month_nobody_worked_in_is_drawn_and_locked_all_the_same(
    session: Session, site: GateSite
) -> None:
    (line,) = lock(session, draw_up(session, site)).lines
    assert (line["days"], line["cells"]) == (0, [])


def test_a_month_that_has_not_begun_is_not_drawn(session: Session, site: GateSite) -> None:
    first = day_start(month_start(MONTH))

    def draw_at(at: datetime) -> AttendanceSheet:
        return sheets.draw_up_sheet(
            session, project_id=site.project_id, team_id=site.team_id, month=MONTH, at=at
        )

    with pytest.raises(MonthNotBegunError) as refused:
        draw_at(first - timedelta(seconds=1))

    assert refused.value.facts == {"month": MONTH}
    assert session.scalars(select(AttendanceSheet)).all() == []
    assert draw_at(first).state is SheetState.DRAFT


def test_a_month_before_the_project_and_everybody_on_it_is_not_drawn(
    session: Session, site: GateSite
) -> None:
    earlier = f"{month_start(MONTH) - timedelta(days=1):%Y-%m}"
    site.worker.entered_date = DAY

    def draw_earlier() -> AttendanceSheet:
        return sheets.draw_up_sheet(
            session, project_id=site.project_id, team_id=site.team_id, month=earlier, at=now()
        )

    with pytest.raises(MonthBeforeProjectError) as refused:
        draw_earlier()
    assert refused.value.facts == {"month": earlier, "first_month": MONTH}

    site.project.start_date = month_start(earlier)

    assert draw_earlier().state is SheetState.DRAFT


def test_a_draft_is_drawn_up_anew(session: Session, site: GateSite) -> None:
    first = draw_up(session, site).id
    work(session, site.worker)
    again = draw_up(session, site)
    assert (again.id, again.lines[0]["units"]) == (first, 100)
    assert session.scalar(select(func.count()).select_from(AttendanceSheet)) == 1


def test_what_gates_recorded_stands_beside_what_was_entered_later(
    session: Session, site: GateSite
) -> None:
    work(session, site.worker, days=2, leaves=False)
    evening = day_start(DAY + timedelta(days=1)) + timedelta(hours=17)
    make_check_in(
        session,
        site.worker,
        Direction.OUT,
        evening,
        grade=Grade.D,
        method=CheckInMethod.MANUAL,
    )

    (line,) = draw_up(session, site).lines

    assert (line["units"], line["needs_confirmation"], line["grades"]) == (200, 0, {"B": 3, "D": 1})
    assert line["original"] == {"units": 150, "minutes": 840, "days": 2}


def test_a_locked_sheet_does_not_change_any_more(session: Session, site: GateSite) -> None:
    sheet = draw_up(session, site)
    lock(session, sheet)
    work(session, site.worker)

    with pytest.raises(SheetLockedError):
        draw_up(session, site)

    again = lock(session, sheet)
    assert (again.state, again.lines[0]["units"]) == (SheetState.LOCKED, 0)


def test_the_lock_keeps_the_days_behind_the_sums(session: Session, site: GateSite) -> None:
    work(session, site.worker, days=2, leaves=False)
    (line,) = lock(session, draw_up(session, site)).lines
    assert line["cells"] == [[15, 100, ""], [16, 50, "?"]]


def test_a_month_that_is_not_over_is_not_locked(session: Session, site: GateSite) -> None:
    sheet = draw_up(session, site)
    last_evening = day_start(next_month(month_start(MONTH))) - timedelta(seconds=1)

    with pytest.raises(MonthNotOverError):
        lock(session, sheet, at=last_evening)

    assert lock(session, sheet, at=last_evening + timedelta(seconds=1)).state is SheetState.LOCKED


def test_a_drawing_that_is_out_of_date_is_not_locked(session: Session, site: GateSite) -> None:
    sheet = draw_up(session, site)
    work(session, site.worker)

    with pytest.raises(SheetStaleError):
        lock(session, sheet)

    assert lock(session, draw_up(session, site)).lines[0]["units"] == 100


def test_open_days_are_locked_only_with_a_reason(session: Session, site: GateSite) -> None:
    work(session, site.worker, days=3, leaves=False)
    sheet = draw_up(session, site)

    with pytest.raises(DaysUnsettledError) as refused:
        lock(session, sheet, excuses=LockExcuses(skipped_reason="已在纸上签字"))

    assert refused.value.facts == {"count": 1}
    lock(session, sheet)
    assert list_acts(session)[-1] == (SheetStep.GENERAL_CONTRACTOR, SheetAct.LOCKED, "已当面核对")


def test_steps_nobody_took_are_listed_with_the_reason(session: Session, site: GateSite) -> None:
    sheet = draw_up(session, site)

    with pytest.raises(StepsMissingError) as refused:
        lock(session, sheet, excuses=LockExcuses())

    assert refused.value.facts["steps"] == ["team_leader", "subcontractor"]
    lock(session, sheet)
    assert list_acts(session) == [
        (SheetStep.TEAM_LEADER, SheetAct.SKIPPED, "已在纸上签字"),
        (SheetStep.SUBCONTRACTOR, SheetAct.SKIPPED, "已在纸上签字"),
        (SheetStep.GENERAL_CONTRACTOR, SheetAct.LOCKED, "已当面核对"),
    ]


def test_another_projects_team_and_sheet_do_not_exist(session: Session, site: GateSite) -> None:
    elsewhere = make_project(session)
    sheet = draw_up(session, site)
    with pytest.raises(TeamNotFoundError):
        sheets.draw_up_sheet(
            session, project_id=elsewhere.id, team_id=site.team_id, month=MONTH, at=now()
        )
    with pytest.raises(SheetNotFoundError):
        sheets.lock_sheet(session, project_id=elsewhere.id, sheet_id=sheet.id, at=now())


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
