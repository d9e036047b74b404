"""The desk's pages of a pay sheet: draw it up, import Excel, publish, approve, see the answers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import SessionDep, SettingsDep
from api.pages.desk import HOME, DeskManagerDep, DeskRoute, render_desk
from api.pages.pay_lines import count_bounced, list_shared_remarks, sort_lines
from api.schemas.payroll import PaySheetIn
from core.clock import now
from payroll import desk_queries, pay_import, service
from payroll.newer import describe_newer
from projects.queries import get_team
from projects.workbook import MAX_BYTES

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}/pay-sheets",
    route_class=DeskRoute,
    include_in_schema=False,
)


@router.post("")
def create_pay_sheet(
    session: SessionDep,
    settings: SettingsDep,
    _manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[PaySheetIn, Form()],
) -> Response:
    """Draw the sheet up, or a draft anew."""
    sheet = service.create_pay_sheet(
        session,
        project_id=project_id,
        **form.model_dump(),
        at=now(),
        county_facts=settings.county_facts,
    )
    return RedirectResponse(address_of(project_id, sheet.id), 303)


@router.get("/{sheet_id}")
def show_pay_sheet(
    request: Request,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    sheet_id: UUID,
) -> HTMLResponse:
    """Show every worker's line with answer and bank state, and the next step."""
    overview = service.get_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    sheet = overview.sheet
    held = desk_queries.list_held(session, sheet_id)
    return render_desk(
        request,
        "desk_pay_sheet.html",
        manager,
        overview=overview,
        sheet=sheet,
        newer=describe_newer(overview.newer),
        team=get_team(session, project_id=project_id, team_id=sheet.team_id),
        sorted_lines=sort_lines(overview.lines, held=held),
        held=held,
        remarks=list_shared_remarks(overview.lines),
        bounced=count_bounced(overview.lines),
        batches=desk_queries.list_batches(session, sheet_id),
    )


@router.post("/{sheet_id}/import")
def import_pay_sheet(
    request: Request,
    *,
    session: SessionDep,
    settings: SettingsDep,
    manager: DeskManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    file: UploadFile,
    dry_run: Annotated[bool, Form()],
) -> HTMLResponse:
    """Try an Excel file, or take it over; either way say what became of each row."""
    report = pay_import.import_pay_sheet(
        session,
        principal=manager,
        project_id=project_id,
        sheet_id=sheet_id,
        content=file.file.read(MAX_BYTES + 1),
        dry_run=dry_run,
        at=now(),
        county_facts=settings.county_facts,
    )
    back = address_of(project_id, sheet_id)
    return render_desk(request, "desk_pay_import.html", manager, report=report, back=back)


@router.post("/{sheet_id}/publish")
def publish_pay_sheet(
    session: SessionDep, _manager: DeskManagerDep, project_id: UUID, sheet_id: UUID
) -> Response:
    """Show the workers their payslips."""
    service.publish_pay_sheet(session, project_id=project_id, sheet_id=sheet_id, at=now())
    return RedirectResponse(address_of(project_id, sheet_id), 303)


@router.post("/{sheet_id}/approve")
def approve_pay_sheet(
    session: SessionDep, manager: DeskManagerDep, project_id: UUID, sheet_id: UUID
) -> Response:
    """Approve what was published, or changed since."""
    service.approve_pay_sheet(
        session,
        project_id=project_id,
        sheet_id=sheet_id,
        approved_by=manager.person_id,
        at=now(),
    )
    return RedirectResponse(address_of(project_id, sheet_id), 303)


def address_of(project_id: UUID, sheet_id: UUID) -> str:
    """Return where the page of a pay sheet is."""
    return f"{HOME}/projects/{project_id}/pay-sheets/{sheet_id}"
