"""Every SELECT behind looking at a code."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models import Project, ProjectWorker, Team


@dataclass(frozen=True, slots=True)
class CountyEngagement:
    """A project of the county that somebody is on."""

    project_id: UUID
    project_name: str
    team_name: str
    work_type: str


def list_engagements(
    session: Session, person_id: UUID, *, county_code: str | None, on: date
) -> list[CountyEngagement]:
    """Return the county's projects that the person is on that day, newest first."""
    statement = (
        select(col(Project.id), col(Project.name), col(Team.name), col(ProjectWorker.work_type))
        .join(ProjectWorker, col(ProjectWorker.project_id) == Project.id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .where(
            col(ProjectWorker.person_id) == person_id,
            col(Project.county_code) == county_code,
            col(ProjectWorker.entered_date) <= on,
            func.coalesce(ProjectWorker.left_date, on) >= on,
        )
        .order_by(col(ProjectWorker.entered_date).desc(), col(ProjectWorker.id))
    )
    return [CountyEngagement(*row) for row in session.execute(statement)]
