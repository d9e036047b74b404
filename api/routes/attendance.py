"""Work days and sheets: ``/v1/me/attendance``, ``/v1/projects/{id}/attendance…``."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile

from api.deps import ProjectManagerDep, SessionDep, WorkerDep
from api.problems import problems
from api.schemas.attendance import (
    ImportReportOut,
    Month,
    MonthOut,
    ObjectionIn,
    ObjectionOut,
    SheetDetailOut,
    SheetIn,
    SheetOut,
)
from attendance import imports, months, queries, sheets
from attendance.errors import (
    NotOnProjectThatDayError,
    ProjectNeededError,
    SheetLockedError,
    SheetNotFoundError,
)
from core.clock import now
from devices.errors import AttlogTooLongError, DeviceNotFoundError, NotAnAttlogError
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError, TeamNotFoundError

router = APIRouter(tags=["attendance"])
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)


@router.get("/me/attendance", responses=problems(NotSignedInError, RoleRequiredError))
def get_month(session: SessionDep, worker: WorkerDep, month: Month) -> MonthOut:
    """See your work days of a month.

    For a signed-in worker: every day on every project with its hours, the strength of its
    check-ins, a plain word where something is missing, and your own objections.
    """
    return MonthOut.of(months.get_month(session, person_id=worker.person_id, month=month))


@router.post(
    "/me/work-days/{date}/objections",
    status_code=201,
    responses=problems(
        NotSignedInError, RoleRequiredError, NotOnProjectThatDayError, ProjectNeededError
    ),
)
def object_to_day(
    session: SessionDep, worker: WorkerDep, date: date, body: ObjectionIn
) -> ObjectionOut:
    """Say that a day is wrong.

    For a signed-in worker, also for a day without any check-in. The day itself does not change;
    the objection stands on the team's sheet beside it.
    """
    objection = months.object_to_day(
        session,
        person_id=worker.person_id,
        work_date=date,
        note=body.note,
        at=now(),
        project_id=body.project_id,
    )
    return ObjectionOut.of(objection)


@router.post(
    "/projects/{project_id}/attendance/import",
    responses=problems(*NOT_YOURS, DeviceNotFoundError, NotAnAttlogError, AttlogTooLongError),
)
def import_attlog(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    file: UploadFile,
    device_id: Annotated[UUID, Form(description="The terminal that recorded the file.")],
) -> ImportReportOut:
    """Import a terminal's attendance log (ZKTeco ATTLOG).

    For the project's labour manager. Every readable line is stored once and counts as what the
    terminal proved; uploading it again inserts nothing. Unreadable lines are listed and kept with
    the report.
    """
    report = imports.import_attlog(
        session,
        project_id=project_id,
        device_id=device_id,
        content=file.file.read(),
        at=now(),
        actor=manager,
    )
    return ImportReportOut.of(report)


@router.post(
    "/projects/{project_id}/attendance-sheets",
    status_code=201,
    responses=problems(*NOT_YOURS, TeamNotFoundError, SheetLockedError),
)
def draw_up_sheet(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, body: SheetIn
) -> SheetOut:
    """Draw up a team's attendance sheet for a month.

    For the project's labour manager. Repeating draws the draft up anew from the recorded
    check-ins; a locked sheet does not change.
    """
    sheet = sheets.draw_up_sheet(
        session, project_id=project_id, team_id=body.team_id, month=body.month, at=now()
    )
    return SheetOut.of(sheet)


@router.get("/projects/{project_id}/attendance-sheets", responses=problems(*NOT_YOURS))
def list_sheets(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, month: Month
) -> list[SheetOut]:
    """List a month's attendance sheets.

    For the project's labour manager; at most one for each team.
    """
    listed = queries.list_sheets(session, project_id=project_id, month=month)
    return [SheetOut.of(sheet) for sheet in listed]


@router.get(
    "/projects/{project_id}/attendance-sheets/{sheet_id}",
    responses=problems(*NOT_YOURS, SheetNotFoundError),
)
def view_sheet(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, sheet_id: UUID
) -> SheetDetailOut:
    """Read an attendance sheet.

    For the project's labour manager: one line for everybody who was in the team that month, names
    masked, with the workers' objections up to now.
    """
    view = sheets.view_sheet(session, project_id=project_id, sheet_id=sheet_id)
    return SheetDetailOut.of_view(view)


@router.post(
    "/projects/{project_id}/attendance-sheets/{sheet_id}/lock",
    responses=problems(*NOT_YOURS, SheetNotFoundError),
)
def lock_sheet(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, sheet_id: UUID
) -> SheetOut:
    """Lock an attendance sheet for the payroll.

    For the project's labour manager. The lines stay as they were last drawn up; repeating changes
    nothing.
    """
    return SheetOut.of(sheets.lock_sheet(session, project_id=project_id, sheet_id=sheet_id))
