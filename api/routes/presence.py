"""Who is on a site: ``/v1/projects/{project_id}/presence`` and the list for an evacuation."""

from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from api.deps import ProjectManagerDep, SessionDep
from api.pages.rendering import render
from api.problems import problems
from api.schemas.presence import PresenceOut
from api.strict_json import StrictRouter
from attendance import presence
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError
from qr.prints.evacuation import print_evacuation_list

PDF = "application/pdf"
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)

router = StrictRouter(prefix="/projects/{project_id}/presence", tags=["attendance"])


@router.get("", responses=problems(*NOT_YOURS))
def get_presence(session: SessionDep, _manager: ProjectManagerDep, project_id: UUID) -> PresenceOut:
    """See who is on the site now.

    For the project's labour manager: how many, of which teams, who since when and past which
    gate, names masked. Whoever came in longer ago than a shift can last, and was not seen
    leaving, is listed apart.
    """
    return PresenceOut.of(presence.get_presence(session, project_id=project_id, at=now()))


@router.get("/evacuation", response_class=HTMLResponse, responses=problems(*NOT_YOURS))
def show_evacuation_list(
    request: Request, session: SessionDep, manager: ProjectManagerDep, project_id: UUID
) -> HTMLResponse:
    """Show the list to call the roll from.

    For the project's labour manager: full names by team, on a page that a phone shows and a
    printer prints. Each look is on record.
    """
    listed = presence.list_for_evacuation(
        session, principal=manager, project_id=project_id, at=now()
    )
    return render(request, "evacuation.html", listed=listed)


@router.get(
    "/evacuation.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {}}}, **problems(*NOT_YOURS)},
)
def print_evacuation(session: SessionDep, manager: ProjectManagerDep, project_id: UUID) -> Response:
    """Print the list to call the roll from.

    For the project's labour manager: full names by team with boxes to tick, A4. Each print is on
    record.
    """
    listed = presence.list_for_evacuation(
        session, principal=manager, project_id=project_id, at=now()
    )
    disposition = "inline; filename=evacuation.pdf"
    return Response(
        print_evacuation_list(listed),
        media_type=PDF,
        headers={"Content-Disposition": disposition},
    )
