"""Use cases of everybody who asks who owes whom: a worker, a labour manager, an inspector."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core.clock import local_date
from db.models import Payslip, Project, ProjectWorker
from identity.principal import Principal
from payroll import arrears_queries as queries
from payroll.arrears import Arrear, EmployerArrears, OwedWage, list_arrears, sum_by_employer
from payroll.arrears_queries import Post
from payroll.status_facts import compute_latest_due
from payroll.status_queries import UnpaidWork, list_work_without_payslip
from projects.service import get_project


@dataclass(frozen=True, slots=True)
class ArrearsReport:
    """What is late on a project, by employer and line by line."""

    on: date
    employers: list[EmployerArrears]
    arrears: list[Arrear]


def list_my_arrears(session: Session, *, person_id: UUID, at: datetime) -> list[Arrear]:
    """Return what is owed to a worker past its due date, on all projects, the oldest first."""
    return _list(
        session,
        col(Payslip.person_id) == person_id,
        col(ProjectWorker.person_id) == person_id,
        on=local_date(at),
    )


def get_project_arrears(
    session: Session, *, principal: Principal, project_id: UUID, at: datetime
) -> ArrearsReport:
    """Return what is late on a project within the caller's scope; ProjectNotFoundError."""
    get_project(session, principal=principal, project_id=project_id)
    on = local_date(at)
    arrears = _list(
        session,
        col(Payslip.project_id) == project_id,
        col(ProjectWorker.project_id) == project_id,
        on=on,
    )
    return ArrearsReport(on, sum_by_employer(arrears), arrears)


def list_county_arrears(
    session: Session, *, county_code: str | None, at: datetime
) -> list[EmployerArrears]:
    """Return which employers are late on projects of a county, whoever owes the most first.

    Only of what payslips say; months without one are told project by project.
    """
    on = local_date(at)
    wages = queries.list_late_wages(session, col(Project.county_code) == county_code, before=on)
    return sum_by_employer(list_arrears(wages, on=on))


def _list(
    session: Session,
    payslips: sa.ColumnElement[bool],
    places: sa.ColumnElement[bool],
    *,
    on: date,
) -> list[Arrear]:
    missing = list_work_without_payslip(session, places, before=on.replace(day=1))
    posts = queries.map_posts(session, {work.project_worker_id for work in missing})
    wages = queries.list_late_wages(session, payslips, before=on)
    wages += [_make_unknown(work, posts[work.project_worker_id]) for work in missing]
    return list_arrears(wages, on=on)


def _make_unknown(work: UnpaidWork, post: Post) -> OwedWage:
    return OwedWage(
        person_id=post.person_id,
        worker_name=post.worker_name,
        project_id=post.project_id,
        project_name=post.project_name,
        employer_id=post.employer_id,
        employer_name=post.employer_name,
        month=work.month,
        due_date=compute_latest_due(work),
        owed_fen=None,
    )
