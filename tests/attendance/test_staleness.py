"""A draft says when it is out of date: exactly when drawing it again would give other sums."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from attendance import sheets, work_days
from attendance.staleness import is_line_stale, is_stale
from core.clock import day_start, local_date, now
from core.enums import Direction, Grade
from db.models import AttendanceSheet, CheckIn, FoldDue, RefoldDue
from tests.factories.attendance import GateSite, long_ago, make_check_in, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project_worker

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"


@pytest.fixture
def site(session: Session) -> GateSite:
    """A site whose worker was there on the 15th; no fold has stored the day."""
    site = make_gate_site(session)
    work(session, site, day=15)
    return site


def work(
    session: Session, site: GateSite, *, day: int, grade: Grade = Grade.B
) -> tuple[CheckIn, CheckIn]:
    start = day_start(DAY.replace(day=day))
    entry = make_check_in(
        session, site.worker, Direction.IN, start + timedelta(hours=7), grade=grade
    )
    leaving = make_check_in(
        session, site.worker, Direction.OUT, start + timedelta(hours=17), grade=grade
    )
    return entry, leaving


def fold(session: Session, site: GateSite) -> None:
    work_days.fold_month(
        session, project_id=site.project_id, worker_ids=[site.worker_id], month=MONTH
    )


def draw_up(session: Session, site: GateSite) -> AttendanceSheet:
    return sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=MONTH, at=now()
    )


def wait(session: Session, site: GateSite, *crossings: CheckIn) -> None:
    """Mark the crossings as ones that no fold has seen."""
    for crossing in crossings:
        session.add(
            FoldDue(
                project_id=site.project_id,
                project_worker_id=site.worker_id,
                check_in_id=crossing.id,
                day=local_date(crossing.occurred_at),
            )
        )
    session.flush()


def test_a_drawing_of_days_that_are_not_stored_yet_is_up_to_date(
    session: Session, site: GateSite
) -> None:
    assert not is_stale(session, draw_up(session, site))


@pytest.mark.parametrize("grade", [Grade.B, Grade.D])
def test_a_day_that_came_later_makes_it_stale_until_it_is_drawn_again(
    session: Session, site: GateSite, grade: Grade
) -> None:
    sheet = draw_up(session, site)
    work(session, site, day=3, grade=grade)
    fold(session, site)

    assert is_stale(session, sheet)
    assert not is_stale(session, draw_up(session, site))


def test_a_crossing_that_waits_to_be_folded_makes_it_stale_only_when_it_is_new(
    session: Session, site: GateSite
) -> None:
    fold(session, site)
    wait(session, site, *work(session, site, day=3))
    sheet = draw_up(session, site)
    assert not is_stale(session, sheet)

    fold(session, site)
    wait(session, site, *work(session, site, day=4))

    assert is_stale(session, sheet)


def test_days_that_count_otherwise_now_make_it_stale(session: Session, site: GateSite) -> None:
    fold(session, site)
    sheet = draw_up(session, site)
    site.project.full_day_minutes = 1_200
    session.add(
        RefoldDue(
            project_id=site.project_id,
            project_worker_id=site.worker_id,
            since_date=DAY.replace(day=1),
        )
    )
    session.flush()

    assert is_stale(session, sheet)


def test_somebody_registered_later_makes_it_stale(session: Session, site: GateSite) -> None:
    sheet = draw_up(session, site)
    make_project_worker(session, site.team, make_worker_person(session), entered_date=long_ago())
    assert is_stale(session, sheet)


def test_a_locked_sheet_is_never_stale(session: Session, site: GateSite) -> None:
    sheet = sheets.lock_sheet(
        session,
        project_id=site.project_id,
        sheet_id=draw_up(session, site).id,
        at=now(),
        excuses=sheets.LockExcuses(skipped_reason="已在纸上签字"),
    )
    work(session, site, day=3)
    fold(session, site)

    (line,) = sheet.lines
    assert (is_stale(session, sheet), is_line_stale(session, sheet, line)) == (False, False)


def test_a_line_is_stale_when_the_days_below_it_add_up_to_another(
    session: Session, site: GateSite
) -> None:
    fold(session, site)
    sheet = draw_up(session, site)
    (line,) = sheet.lines
    assert not is_line_stale(session, sheet, line)

    work(session, site, day=3)
    fold(session, site)

    assert is_line_stale(session, sheet, line)
