"""Those whom no message reached: ``/v1/projects/{id}/unreached``, notice sheets, complainants."""

from uuid import UUID

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.deps import InspectorDep, ProjectManagerDep, SessionDep
from api.pages.rendering import render
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.notifications import ToldIn, ToldOut, UnreachedOut
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from notifications import unreached
from notifications.errors import AlreadyToldError, NotificationNotFoundError, TeamNotFoundError
from projects.errors import ProjectNotFoundError

router = StrictRouter(tags=["notifications"])
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)


@router.get("/projects/{project_id}/unreached", responses=problems(*NOT_YOURS))
def list_unreached(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, page: PageDep
) -> Page[UnreachedOut]:
    """List the workers no message reached.

    For the project's labour manager, newest first, with the reason. Whoever has complained is not
    betrayed: messages about complaints are not on it.
    """
    found = unreached.list_unreached(
        session, project_id=project_id, before=page.before, limit=page.limit, at=now()
    )
    return make_page(found, limit=page.limit, to_item=UnreachedOut.of)


@router.post(
    "/projects/{project_id}/unreached/{notification_id}/told",
    status_code=201,
    responses=problems(*NOT_YOURS, NotificationNotFoundError, AlreadyToldError),
)
def tell_worker_otherwise(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    notification_id: UUID,
    body: ToldIn,
) -> ToldOut:
    """Record that you told the worker.

    For the project's labour manager. The message leaves the list for good.
    """
    told = unreached.tell_worker_otherwise(
        session,
        project_id=project_id,
        notification_id=notification_id,
        told_by=manager.person_id,
        **body.model_dump(),
        at=now(),
    )
    return ToldOut.of(told)


@router.get(
    "/projects/{project_id}/teams/{team_id}/notice-sheet",
    response_class=HTMLResponse,
    responses=problems(*NOT_YOURS, TeamNotFoundError),
)
def draw_notice_sheet(
    request: Request,
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    team_id: UUID,
) -> HTMLResponse:
    """Print who of a team has to be told.

    For the project's labour manager: an A4 page with names and a place to sign. What anybody is
    told does not stand on it, so it can hang on a wall.
    """
    sheet = unreached.draw_notice_sheet(session, project_id=project_id, team_id=team_id, at=now())
    return render(request, "notice_sheet.html", sheet=sheet)


@router.get("/unreached-complainants", responses=problems(NotSignedInError, RoleRequiredError))
def list_unreached_complainants(
    session: SessionDep, inspector: InspectorDep, page: PageDep
) -> Page[UnreachedOut]:
    """List the complainants no message reached.

    For inspectors, about complaints of their county. Nobody on the site sees this list.
    """
    found = unreached.list_unreached_complainants(
        session,
        county_code=inspector.county_code,
        before=page.before,
        limit=page.limit,
        at=now(),
    )
    return make_page(found, limit=page.limit, to_item=UnreachedOut.of)


@router.post(
    "/unreached-complainants/{notification_id}/told",
    status_code=201,
    responses=problems(
        NotSignedInError, RoleRequiredError, NotificationNotFoundError, AlreadyToldError
    ),
)
def tell_complainant_otherwise(
    session: SessionDep, inspector: InspectorDep, notification_id: UUID, body: ToldIn
) -> ToldOut:
    """Record that you told the complainant.

    For inspectors of the county. The message leaves the list for good.
    """
    told = unreached.tell_complainant_otherwise(
        session,
        county_code=inspector.county_code,
        notification_id=notification_id,
        told_by=inspector.person_id,
        **body.model_dump(),
        at=now(),
    )
    return ToldOut.of(told)
