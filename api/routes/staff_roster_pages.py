"""The desk's pages of the roster: who is on the project, the empty workbook, the import."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from api.deps import SessionDep
from api.pages.desk import HOME, DeskManagerDep, DeskRoute, render_desk
from api.routes.projects import send_template
from api.schemas.projects import RosterEntryOut
from core.clock import now
from projects import roster, service, template
from projects.workbook import MAX_BYTES

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}/roster",
    route_class=DeskRoute,
    include_in_schema=False,
)
WORKERS_SHOWN = 50


@router.get("")
def show_roster(
    request: Request,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    before: UUID | None = None,
) -> HTMLResponse:
    """List who is or was on the project, newest first, with the way to import more."""
    found = service.list_roster(session, project_id=project_id, before=before, limit=WORKERS_SHOWN)
    shown = found[:WORKERS_SHOWN]
    return render_desk(
        request,
        "desk_roster.html",
        manager,
        project_id=project_id,
        workers=[(entry.person.name, RosterEntryOut.of(entry)) for entry in shown],
        before=before,
        earlier=shown[-1].id if len(found) > WORKERS_SHOWN else None,
    )


@router.get("/template")
def send_roster_template(
    session: SessionDep, _manager: DeskManagerDep, project_id: UUID
) -> Response:
    """Send the empty workbook."""
    return send_template(template.make_roster_template(session, project_id=project_id))


@router.post("/import")
def import_roster(
    request: Request,
    *,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    file: UploadFile,
    dry_run: Annotated[bool, Form()],
) -> HTMLResponse:
    """Try a roster, or take it over; either way say what became of each row."""
    report = roster.import_roster(
        session,
        project_id=project_id,
        content=file.file.read(MAX_BYTES + 1),
        dry_run=dry_run,
        at=now(),
        actor=manager,
    )
    return render_desk(
        request, "desk_roster_import.html", manager, project_id=project_id, report=report
    )
