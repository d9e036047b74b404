"""Who owes whom since when, and what a year paid."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from api.deps import InspectorDep, ProjectViewerDep, SessionDep, WorkerDep
from api.problems import problems
from api.schemas.arrears import (
    CountyArrearsOut,
    EmployerArrearsOut,
    MyArrearsOut,
    PayYearOut,
    ProjectArrearsOut,
)
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from payroll import arrears_report
from payroll import year as years
from projects.errors import ProjectNotFoundError

router = StrictRouter(tags=["arrears"])

YearPath = Annotated[int, Path(ge=2000, le=2999)]


@router.get("/me/arrears", responses=problems(NotSignedInError, RoleRequiredError))
def list_my_arrears(session: SessionDep, worker: WorkerDep) -> MyArrearsOut:
    """List what is owed to you.

    Every month past its due date of which the bank has not said that all has arrived, on all
    projects.
    """
    return MyArrearsOut.of(
        arrears_report.list_my_arrears(session, person_id=worker.person_id, at=now())
    )


@router.get("/me/years/{year}", responses=problems(NotSignedInError, RoleRequiredError))
def get_my_year(session: SessionDep, worker: WorkerDep, year: YearPath) -> PayYearOut:
    """Sum up a year of yours.

    Per month and project: days, what was due, what the bank says arrived, what is open.
    """
    return PayYearOut.of(
        years.get_my_year(session, person_id=worker.person_id, year=year, at=now())
    )


@router.get(
    "/projects/{project_id}/arrears",
    responses=problems(NotSignedInError, RoleRequiredError, ProjectNotFoundError),
)
def get_project_arrears(
    session: SessionDep, principal: ProjectViewerDep, project_id: UUID
) -> ProjectArrearsOut:
    """See what is late on a project.

    For its labour manager, inspectors of its county and administrators. By employer and age, and
    line by line; months without a payslip count as late after the latest lawful payday.
    """
    report = arrears_report.get_project_arrears(
        session, principal=principal, project_id=project_id, at=now()
    )
    return ProjectArrearsOut.of(report)


@router.get("/arrears", responses=problems(NotSignedInError, RoleRequiredError))
def list_county_arrears(session: SessionDep, inspector: InspectorDep) -> CountyArrearsOut:
    """See which employers of your county are late.

    For an inspector. By employer and age, of what published payslips say.
    """
    owed = arrears_report.list_county_arrears(session, county_code=inspector.county_code, at=now())
    return CountyArrearsOut(items=[EmployerArrearsOut.of(one) for one in owed])
