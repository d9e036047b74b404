"""Look-ups other packages build on."""

from datetime import date

import pytest
from sqlmodel import Session

from db.base import new_id
from db.models import ProjectWorker
from projects import queries
from projects.errors import TeamNotFoundError
from tests.factories.identity import make_worker_person
from tests.factories.projects import (
    make_project,
    make_project_worker,
    make_team,
)

DAY = date(2026, 10, 8)


def make_worker(session: Session, *, left_date: date | None = None) -> ProjectWorker:
    team = make_team(session, make_project(session))
    return make_project_worker(session, team, make_worker_person(session), left_date=left_date)


@pytest.mark.parametrize(
    ("left_date", "is_current"), [(None, True), (DAY, True), (date(2026, 10, 7), False)]
)
def test_a_project_is_current_until_the_last_day_on_it(
    session: Session, left_date: date | None, is_current: bool
) -> None:
    worker = make_worker(session, left_date=left_date)

    found = queries.list_current_projects(session, worker.person_id, DAY)

    assert (found == [worker]) is is_current


def test_nobody_is_on_a_project_before_entering(session: Session) -> None:
    worker = make_worker(session)

    assert queries.list_current_projects(session, worker.person_id, date(2026, 8, 31)) == []


def test_a_team_belongs_to_its_project(session: Session) -> None:
    team, other = make_team(session, make_project(session)), make_project(session)

    assert queries.get_team(session, project_id=team.project_id, team_id=team.id) == team
    for project_id, team_id in ((other.id, team.id), (team.project_id, new_id())):
        with pytest.raises(TeamNotFoundError):
            queries.get_team(session, project_id=project_id, team_id=team_id)
