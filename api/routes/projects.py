"""Projects and their rosters: ``/v1/projects``."""

from urllib.parse import quote
from uuid import UUID

from fastapi import Response, UploadFile

from api.deps import AdminDep, ProjectManagerDep, ProjectViewerDep, SessionDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.projects import ProjectDetailOut, ProjectOut, RosterEntryOut, RosterReportOut
from api.strict_json import StrictRouter
from attendance import conflicts
from core.clock import now
from devices.queries import count_troubles
from identity.errors import NotSignedInError, RoleRequiredError
from projects import roster, service, template
from projects.errors import (
    MissingColumnsError,
    ProjectNotFoundError,
    ProjectSheetInvalidError,
    RepeatedColumnsError,
    SheetEmptyError,
    SheetNotFoundError,
    TooManyRowsError,
    UncalculatedWorkbookError,
    UnreadableWorkbookError,
    WorkbookTooLargeError,
)
from projects.workbook import MAX_BYTES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEMPLATE_NAME = "花名册模板.xlsx"
WORKBOOK_REFUSALS = (
    UnreadableWorkbookError,
    UncalculatedWorkbookError,
    WorkbookTooLargeError,
    TooManyRowsError,
    SheetNotFoundError,
    SheetEmptyError,
    MissingColumnsError,
    RepeatedColumnsError,
)

router = StrictRouter(prefix="/projects", tags=["projects"])


@router.get("", responses=problems(NotSignedInError, RoleRequiredError))
def list_projects(
    session: SessionDep, principal: ProjectViewerDep, page: PageDep
) -> Page[ProjectOut]:
    """List the projects in your care.

    A labour manager sees their own, an inspector those of their county, an administrator all;
    newest first.
    """
    projects = service.list_projects(
        session, principal=principal, before=page.before, limit=page.limit
    )
    return make_page(projects, limit=page.limit, to_item=ProjectOut.of)


@router.post(
    "/import",
    status_code=201,
    responses=problems(
        NotSignedInError, RoleRequiredError, ProjectSheetInvalidError, *WORKBOOK_REFUSALS
    ),
)
def import_project(session: SessionDep, admin: AdminDep, file: UploadFile) -> ProjectOut:
    """Register a project from its workbook.

    For administrators. Reads the sheets 项目信息, 参建单位 and 班组 of an .xlsx file of at most
    10 MB; everything or nothing. Repeating it updates the project with the same 项目编号.
    """
    content = _read_upload(file)
    return ProjectOut.of(service.import_project(session, content=content, at=now(), actor=admin))


@router.get(
    "/{project_id}", responses=problems(NotSignedInError, RoleRequiredError, ProjectNotFoundError)
)
def get_project(
    session: SessionDep, principal: ProjectViewerDep, project_id: UUID
) -> ProjectDetailOut:
    """Show a project with its companies and teams.

    For the project's labour manager, inspectors of its county and administrators; for anybody
    else it does not exist.
    """
    detail = service.get_project(session, principal=principal, project_id=project_id)
    waiting = conflicts.count_waiting(session, project_id=project_id)
    troubles = count_troubles(session, project_id)
    return ProjectDetailOut.of_detail(detail, waiting, device_troubles=troubles)


@router.get(
    "/{project_id}/roster",
    responses=problems(NotSignedInError, RoleRequiredError, ProjectNotFoundError),
)
def list_roster(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, page: PageDep
) -> Page[RosterEntryOut]:
    """List the workers of a project.

    For its labour manager. Everybody who is or was on it, newest first, personal values masked;
    full values need a reason, see `POST /v1/persons/{person_id}/unmask`.
    """
    entries = service.list_roster(
        session, project_id=project_id, before=page.before, limit=page.limit
    )
    return make_page(entries, limit=page.limit, to_item=RosterEntryOut.of)


@router.post(
    "/{project_id}/roster/import",
    responses=problems(
        NotSignedInError, RoleRequiredError, ProjectNotFoundError, *WORKBOOK_REFUSALS
    ),
)
def import_roster(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    file: UploadFile,
    dry_run: bool = False,
) -> RosterReportOut:
    """Import a roster workbook.

    For the project's labour manager: the sheet 花名册 of an .xlsx file of at most 10 MB and 5,000
    rows. Good rows are imported without the bad ones; each row is reported with what to do.
    `dry_run` reports the same and changes nothing. Repeating it updates the same workers.
    """
    report = roster.import_roster(
        session,
        project_id=project_id,
        content=_read_upload(file),
        dry_run=dry_run,
        at=now(),
        actor=manager,
    )
    return RosterReportOut.of(report)


@router.get(
    "/{project_id}/roster/template",
    response_class=Response,
    responses={
        200: {"content": {XLSX: {}}},
        **problems(NotSignedInError, RoleRequiredError, ProjectNotFoundError),
    },
)
def get_roster_template(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID
) -> Response:
    """Download the empty roster workbook.

    For the project's labour manager. Its columns are text columns, so that identity and card
    numbers typed into them keep every digit; a second sheet explains each column and names the
    project's teams.
    """
    return send_template(template.make_roster_template(session, project_id=project_id))


def send_template(content: bytes) -> Response:
    """Return the empty roster as a download."""
    disposition = f"attachment; filename*=UTF-8''{quote(TEMPLATE_NAME)}"
    return Response(content, media_type=XLSX, headers={"Content-Disposition": disposition})


def _read_upload(file: UploadFile) -> bytes:
    """Return the uploaded bytes, at most one more than are accepted."""
    return file.file.read(MAX_BYTES + 1)
