"""What a ZKTeco terminal is asked to do: ``/v1/projects/{id}/terminals/{id}/…``."""

from uuid import UUID

from api.deps import ProjectManagerDep, SessionDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.zkteco import LogQueryIn, TerminalCommandOut
from api.strict_json import StrictRouter
from devices.errors import DeviceNotFoundError, LogQueryTooLongError, NoLogQueryError
from devices.queries import get_device
from devices.zkteco import commands, queries
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError

router = StrictRouter(tags=["devices"], prefix="/projects/{project_id}/terminals/{device_id}")
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError, DeviceNotFoundError)


@router.post(
    "/log-queries",
    status_code=201,
    responses=problems(*NOT_YOURS, NoLogQueryError, LogQueryTooLongError),
)
def query_attlog(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    device_id: UUID,
    body: LogQueryIn,
) -> TerminalCommandOut:
    """Ask a terminal to send some days again.

    For the project's labour manager, when punches seem to be missing. The terminal sends them
    when it asks for work next; what is known already is not counted twice.
    """
    command = commands.query_attlog(
        session,
        project_id=project_id,
        device_id=device_id,
        first=body.first_date,
        last=body.last_date,
    )
    return TerminalCommandOut.of(command)


@router.get("/commands", responses=problems(*NOT_YOURS))
def list_terminal_commands(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    device_id: UUID,
    page: PageDep,
) -> Page[TerminalCommandOut]:
    """List what a terminal was asked to do.

    For the project's labour manager, newest first: people written and deleted, days asked for
    again, each with what the terminal said of it.
    """
    get_device(session, project_id=project_id, device_id=device_id)
    listed = queries.list_commands(
        session,
        project_id=project_id,
        device_id=device_id,
        before=page.before,
        limit=page.limit + 1,
    )
    return make_page(listed, limit=page.limit, to_item=TerminalCommandOut.of)
