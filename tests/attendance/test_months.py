"""The worker's month, and objections to its days."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from attendance import months
from attendance.months import MonthView
from attendance.work_days import fold_days
from core.clock import day_start, local_date, now
from core.enums import Direction
from db.models import ProjectWorker
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.projects import make_project, make_project_worker, make_team

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def punch(session: Session, site: GateSite, direction: Direction, hour: int) -> None:
    make_check_in(session, site.worker, direction, day_start(DAY) + timedelta(hours=hour))
    fold_days(
        session, project_id=site.project_id, worker_ids=[site.worker_id], since=DAY, until=DAY
    )


def fold(session: Session, worker: ProjectWorker) -> None:
    fold_days(session, project_id=worker.project_id, worker_ids=[worker.id], since=DAY, until=DAY)


def stay(session: Session, worker: ProjectWorker, since: int, until: int) -> None:
    for direction, hour in ((Direction.IN, since), (Direction.OUT, until)):
        make_check_in(session, worker, direction, day_start(DAY) + timedelta(hours=hour))
    fold(session, worker)


def place_elsewhere(session: Session, site: GateSite) -> ProjectWorker:
    team = make_team(session, make_project(session))
    return make_project_worker(session, team, site.person, entered_date=site.worker.entered_date)


def month_of(session: Session, site: GateSite, month: str = MONTH) -> MonthView:
    return months.get_month(session, person_id=site.person_id, month=month)


def test_a_month_shows_days_with_hours_and_sums(session: Session, site: GateSite) -> None:
    punch(session, site, Direction.IN, 7)
    punch(session, site, Direction.OUT, 17)

    view = month_of(session, site)

    (day,) = view.days
    assert (day.work_day.work_date, day.project_name, day.say) == (DAY, site.project.name, None)
    assert (view.units, view.minutes) == (100, 600)


def test_a_missing_exit_is_said_in_words(session: Session, site: GateSite) -> None:
    punch(session, site, Direction.IN, 7)
    (day,) = month_of(session, site).days
    assert day.say is not None
    assert "缺出场" in day.say


def test_another_month_and_another_worker_see_nothing(session: Session, site: GateSite) -> None:
    punch(session, site, Direction.IN, 7)
    assert month_of(session, site, "2020-02").days == []
    assert month_of(session, make_gate_site(session)).days == []


def test_a_day_shows_its_crossings_with_the_gates_name(session: Session, site: GateSite) -> None:
    punch(session, site, Direction.IN, 7)
    left_at = day_start(DAY) + timedelta(hours=17)
    gate = site.gate.device
    at_gate = make_check_in(session, site.worker, Direction.OUT, left_at, device=gate)
    fold(session, site.worker)

    (day,) = month_of(session, site).days

    assert [seen.crossing.direction for seen in day.crossings] == [Direction.IN, Direction.OUT]
    assert day.crossings[1].crossing.id == at_gate.id
    assert [seen.gate_name for seen in day.crossings] == [None, site.gate.device.name]


def test_two_projects_on_one_day_are_both_shown(session: Session, site: GateSite) -> None:
    elsewhere = place_elsewhere(session, site)
    stay(session, site.worker, 7, 12)
    stay(session, elsewhere, 13, 18)

    view = month_of(session, site)

    assert [day.work_day.minutes for day in view.days] == [300, 300]
    assert (view.minutes, view.overlap_minutes) == (600, 0)
    assert [day.say for day in view.days] == [None, None]


def test_minutes_on_two_projects_at_once_are_flagged_on_both(
    session: Session, site: GateSite
) -> None:
    elsewhere = place_elsewhere(session, site)
    stay(session, site.worker, 7, 12)
    stay(session, elsewhere, 11, 18)

    view = month_of(session, site)

    assert [day.overlap_minutes for day in view.days] == [60, 60]
    assert view.overlap_minutes == 60
    assert all("重叠60分钟" in (day.say or "") for day in view.days)
