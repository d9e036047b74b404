"""The worker's month, and objections to its days."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from attendance import months
from attendance.errors import NotOnProjectThatDayError, ProjectNeededError
from attendance.months import MonthView
from attendance.work_days import fold_days
from core.clock import day_start, local_date, now
from core.enums import Direction
from db.models import WorkDayObjection
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.projects import make_project, make_project_worker, make_team

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
TODAY = local_date(now())


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def punch(session: Session, site: GateSite, direction: Direction, hour: int) -> None:
    make_check_in(session, site.worker, direction, day_start(DAY) + timedelta(hours=hour))
    fold_days(
        session, project_id=site.project_id, worker_ids=[site.worker_id], since=DAY, until=DAY
    )


def object_to(
    session: Session, site: GateSite, day: date, note: str = "少记了加班"
) -> WorkDayObjection:
    return months.object_to_day(
        session, person_id=site.person_id, work_date=day, note=note, at=now()
    )


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


def test_an_objection_stands_beside_the_day_and_changes_nothing(
    session: Session, site: GateSite
) -> None:
    punch(session, site, Direction.IN, 7)
    before = month_of(session, site)

    object_to(session, site, DAY)

    after = month_of(session, site)
    assert after.days == before.days
    assert [(said.work_date, said.note) for said in after.objections] == [(DAY, "少记了加班")]


def test_a_day_without_any_punch_can_be_objected_to(session: Session, site: GateSite) -> None:
    objection = object_to(session, site, DAY, "这天我来了，闸机坏了")
    assert objection.project_worker_id == site.worker_id


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), TODAY - timedelta(days=61)])
def test_days_to_come_and_days_before_entry_cannot_be_objected_to(
    session: Session, site: GateSite, day: date
) -> None:
    with pytest.raises(NotOnProjectThatDayError):
        object_to(session, site, day)


def test_on_two_projects_the_worker_says_which(session: Session, site: GateSite) -> None:
    elsewhere = make_project(session)
    team = make_team(session, elsewhere)
    make_project_worker(session, team, site.person, entered_date=site.worker.entered_date)

    with pytest.raises(ProjectNeededError) as refusal:
        object_to(session, site, DAY)
    objection = months.object_to_day(
        session,
        person_id=site.person_id,
        work_date=DAY,
        note="少记了",
        at=now(),
        project_id=elsewhere.id,
    )

    assert set(refusal.value.facts) == {"projects"}
    assert objection.project_id == elsewhere.id
