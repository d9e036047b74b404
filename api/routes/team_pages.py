"""The phone pages of a team leader: ``/team-sheets``, the team's months to look over and sign."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import SessionDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from api.schemas.attendance_sheets import ApprovalIn, ReasonIn
from attendance import day_views, sheet_acts
from attendance.sheet_chain import NAMES
from attendance.sheet_export import ACTS
from core.clock import now

HOME = "/team-sheets"
SHEET = "/{project_id}/{sheet_id}"

router = APIRouter(prefix=HOME, route_class=PageRoute, include_in_schema=False)


@router.get("")
def show_team_sheets(request: Request, session: SessionDep, worker: PageWorkerDep) -> HTMLResponse:
    """List the past months of the leader's teams that nobody has locked yet."""
    waiting = sheet_acts.list_waiting(session, principal=worker, at=now())
    return render(request, "team_sheets.html", waiting=waiting)


@router.get(SHEET)
def show_team_sheet(
    request: Request,
    session: SessionDep,
    worker: PageWorkerDep,
    project_id: UUID,
    sheet_id: UUID,
) -> HTMLResponse:
    """Show everybody's month, whose days lack something, and who has looked it over."""
    view = sheet_acts.view_sheet(
        session, principal=worker, project_id=project_id, sheet_id=sheet_id, at=now()
    )
    return render(request, "team_sheet.html", view=view, step_names=NAMES, act_names=ACTS)


@router.get(SHEET + "/workers/{worker_id}")
def show_team_worker(
    request: Request,
    session: SessionDep,
    worker: PageWorkerDep,
    *,
    project_id: UUID,
    sheet_id: UUID,
    worker_id: UUID,
) -> HTMLResponse:
    """Show the days behind somebody's line."""
    shown = day_views.view_worker_days(
        session,
        principal=worker,
        project_id=project_id,
        sheet_id=sheet_id,
        worker_id=worker_id,
        at=now(),
    )
    return render(request, "team_worker.html", shown=shown)


@router.post(SHEET + "/approve")
def approve_sheet(
    session: SessionDep,
    worker: PageWorkerDep,
    project_id: UUID,
    sheet_id: UUID,
    form: Annotated[ApprovalIn, Form()],
) -> Response:
    """Agree with the sheet as it was shown."""
    sheet_acts.approve_sheet(
        session,
        principal=worker,
        project_id=project_id,
        sheet_id=sheet_id,
        content_hash=form.content_hash,
        at=now(),
    )
    return _go_back(project_id, sheet_id)


@router.post(SHEET + "/send-back")
def send_back_sheet(
    session: SessionDep,
    worker: PageWorkerDep,
    project_id: UUID,
    sheet_id: UUID,
    form: Annotated[ReasonIn, Form()],
) -> Response:
    """Say what is wrong with the sheet."""
    sheet_acts.send_back_sheet(
        session,
        principal=worker,
        project_id=project_id,
        sheet_id=sheet_id,
        reason=form.reason,
        at=now(),
    )
    return _go_back(project_id, sheet_id)


def _go_back(project_id: UUID, sheet_id: UUID) -> Response:
    return RedirectResponse(f"{HOME}/{project_id}/{sheet_id}", 303)
