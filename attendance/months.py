"""What a worker sees of a month, and their word against a day that is wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from attendance import queries, rules
from attendance.due_folds import fold_due_of
from attendance.errors import NotOnProjectThatDayError, ProjectNeededError
from core.clock import local_date, month_start, next_month
from db.models import ProjectWorker, WorkDay, WorkDayObjection
from projects.queries import list_current_projects


@dataclass(frozen=True, slots=True)
class DayView:
    """One work day with the plain word for what is missing, None when nothing is."""

    work_day: WorkDay
    project_name: str
    say: str | None


@dataclass(frozen=True, slots=True)
class MonthView:
    """A worker's month over all projects; `units` are hundredths of a 工日."""

    month: str
    days: list[DayView]
    objections: list[WorkDayObjection]
    units: int
    minutes: int


def get_month(session: Session, *, person_id: UUID, month: str) -> MonthView:
    """Return the person's days of a ``YYYY-MM`` month and what they objected to."""
    fold_due_of(session, person_id=person_id)
    first = month_start(month)
    until = next_month(first)
    days = [
        DayView(
            work_day,
            name,
            rules.name_missing(work_day.state, work_day.first_in_at, work_day.last_out_at),
        )
        for work_day, name in queries.list_work_days(
            session, person_id=person_id, first=first, until=until
        )
    ]
    return MonthView(
        month=month,
        days=days,
        objections=queries.list_objections(session, person_id=person_id, first=first, until=until),
        units=sum(day.work_day.units for day in days),
        minutes=sum(day.work_day.minutes for day in days),
    )


def object_to_day(
    session: Session,
    *,
    person_id: UUID,
    work_date: date,
    note: str,
    at: datetime,
    project_id: UUID | None = None,
) -> WorkDayObjection:
    """Record that the worker finds a day wrong; the day itself stays as it is.

    Raises NotOnProjectThatDayError, and ProjectNeededError when the worker was on several
    projects and named none.
    """
    places = _find_places(session, person_id, work_date, at, project_id)
    if not places:
        raise NotOnProjectThatDayError
    if len(places) > 1:
        raise ProjectNeededError(projects=[str(place.project_id) for place in places])
    objection = WorkDayObjection(
        project_id=places[0].project_id,
        project_worker_id=places[0].id,
        work_date=work_date,
        note=note,
    )
    session.add(objection)
    session.flush()
    return objection


def _find_places(
    session: Session, person_id: UUID, day: date, at: datetime, project_id: UUID | None
) -> list[ProjectWorker]:
    if day > local_date(at):
        return []
    places = list_current_projects(session, person_id, day)
    return [place for place in places if project_id in (None, place.project_id)]
