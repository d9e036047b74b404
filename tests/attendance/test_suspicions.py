"""Findings are of one drawing of the sheet: kept with it, forgotten by the next, frozen locked."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from attendance import suspicions
from attendance.regularity import Suspicion, SuspicionKind
from attendance.sheets import LockExcuses, draw_up_sheet, lock_sheet
from core.clock import day_start, local_date, now
from core.enums import Direction
from db.models import AttendanceSheet, ProjectWorker
from tests.factories.attendance import GateSite, long_ago, make_check_in, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project_worker

DAY = (local_date(now()) - timedelta(days=31)).replace(day=10)
CROWD = 4
HOURS = timedelta(hours=1)
SIGNED = LockExcuses(unsettled_reason="已当面核对", skipped_reason="已在纸上签字")


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def hire(session: Session, site: GateSite, *, workers: int) -> list[ProjectWorker]:
    return [
        make_project_worker(
            session, site.team, make_worker_person(session), entered_date=long_ago()
        )
        for _ in range(workers)
    ]


def enter_together(
    session: Session, team: list[ProjectWorker], *, mornings: int, late: timedelta | None = None
) -> None:
    """Let all in within one second on several days; the gate's word comes so much later."""
    for number in range(mornings):
        morning = day_start(DAY + timedelta(days=number)) + 7 * HOURS
        received_at = now() + late if late else morning
        for worker in team:
            make_check_in(session, worker, Direction.IN, morning, received_at=received_at)


def work_alike(session: Session, worker: ProjectWorker, *, days: int, of: int) -> None:
    """Write days, so many of them nine hours to the second, the others each of its own length."""
    for number in range(of):
        morning = day_start(DAY + timedelta(days=number)) + 7 * HOURS
        own = timedelta(seconds=0 if number < days else 61 * number)
        make_check_in(session, worker, Direction.IN, morning)
        make_check_in(session, worker, Direction.OUT, morning + 9 * HOURS + own)


def draw_up(session: Session, site: GateSite) -> AttendanceSheet:
    return draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=f"{DAY:%Y-%m}", at=now()
    )


def look(session: Session, sheet: AttendanceSheet) -> list[tuple[SuspicionKind, float]]:
    session.refresh(sheet)
    return show(suspicions.list_suspicions(session, sheet))


def show(found: list[Suspicion]) -> list[tuple[SuspicionKind, float]]:
    return [(suspicion.kind, suspicion.statistic) for suspicion in found]


@pytest.mark.parametrize("at_once", [4, 500])
def test_what_every_group_of_a_team_shows_is_said_once(
    session: Session, site: GateSite, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    enter_together(session, hire(session, site, workers=8), mornings=4)
    monkeypatch.setattr(suspicions, "WORKERS_AT_ONCE", at_once)

    kinds = [kind for kind, _ in look(session, draw_up(session, site))]

    assert SuspicionKind.CROWDED_SECONDS in kinds
    assert len(kinds) == len(set(kinds))


def test_of_several_groups_the_worst_is_shown_and_everybody_named(
    session: Session, site: GateSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    milder, worse = hire(session, site, workers=2)
    work_alike(session, milder, days=5, of=10)
    work_alike(session, worse, days=10, of=10)
    monkeypatch.setattr(suspicions, "WORKERS_AT_ONCE", 1)

    found = suspicions.find_suspicions(session, draw_up(session, site))

    (stays,) = [each for each in found if each.kind is SuspicionKind.EQUAL_STAYS]
    assert stays.statistic == 1
    assert set(stays.worker_ids) == {milder.id, worse.id}


def test_what_was_found_is_kept_with_the_drawing_as_it_was(
    session: Session, site: GateSite
) -> None:
    (worker,) = hire(session, site, workers=1)
    work_alike(session, worker, days=5, of=10)
    sheet = draw_up(session, site)
    found = suspicions.list_suspicions(session, sheet)
    make_check_in(session, worker, Direction.OUT, day_start(DAY) + 18 * HOURS)
    session.refresh(sheet)

    assert suspicions.list_suspicions(session, sheet) == found
    assert found


def test_the_next_drawing_is_judged_anew(session: Session, site: GateSite) -> None:
    team = hire(session, site, workers=CROWD)
    assert look(session, draw_up(session, site)) == []
    enter_together(session, team, mornings=3)

    assert look(session, draw_up(session, site)) == [(SuspicionKind.CROWDED_SECONDS, 3)]


def test_what_came_in_after_the_drawing_is_not_judged(session: Session, site: GateSite) -> None:
    team = hire(session, site, workers=CROWD)
    sheet = draw_up(session, site)
    enter_together(session, team, mornings=3, late=HOURS)

    assert look(session, sheet) == []


def test_a_finding_is_not_kept_with_a_drawing_made_meanwhile(
    session: Session, site: GateSite
) -> None:
    sheet = draw_up(session, site)
    session.execute(
        update(AttendanceSheet).values(drawn_at=now()),
        execution_options={"synchronize_session": False},
    )

    suspicions.list_suspicions(session, sheet)

    assert session.scalars(select(col(AttendanceSheet.suspicions))).one() is None


def test_a_locked_sheet_keeps_what_was_found_when_it_was_locked(
    session: Session, site: GateSite
) -> None:
    team = hire(session, site, workers=CROWD)
    enter_together(session, team, mornings=3)
    sheet = lock_sheet(
        session,
        project_id=site.project_id,
        sheet_id=draw_up(session, site).id,
        at=now(),
        excuses=SIGNED,
    )
    enter_together(session, team, mornings=5)

    assert look(session, sheet) == [(SuspicionKind.CROWDED_SECONDS, 3)]


def test_a_clock_that_is_not_believed_says_nothing_about_regularity(
    session: Session, site: GateSite
) -> None:
    for worker in hire(session, site, workers=CROWD):
        for number in range(3):
            uploaded_at = day_start(DAY + timedelta(days=number)) + 12 * HOURS
            make_check_in(session, worker, Direction.IN, uploaded_at, clock_bound_ms=3_600_000)

    assert look(session, draw_up(session, site)) == []


def test_a_night_after_the_last_day_belongs_to_the_month(session: Session, site: GateSite) -> None:
    last = (DAY.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    team = hire(session, site, workers=CROWD)
    for hour in (1, 2, 3, 5):
        for worker in team:
            make_check_in(
                session, worker, Direction.IN, day_start(last) + timedelta(hours=24 + hour)
            )

    assert look(session, draw_up(session, site)) == [(SuspicionKind.CROWDED_SECONDS, 3)]
