"""The desk's pages of attendance sheets: draw up, look over, send back, lock, Excel both ways."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from api.deps import SessionDep
from api.pages.desk import HOME, DeskManagerDep, DeskRoute, DeskStaffDep, render_desk
from api.routes.attendance_sheets import send_workbook
from api.schemas.attendance import Month
from api.schemas.attendance_sheets import ApprovalIn, ReasonIn, SheetIn
from api.schemas.desk_attendance import LockForm
from api.schemas.withdrawals import ImportWithdrawalIn
from api.schemas.words import Words
from attendance import (
    sheet_acts,
    sheet_export,
    sheet_import,
    sheet_queries,
    sheets,
    withdrawals,
)
from attendance.sheet_chain import NAMES
from attendance.sheet_export import ACTS
from attendance.withdrawals import SAYS
from core.clock import ONE_DAY, local_date, month_start, next_month, now
from projects.queries import get_team, list_teams
from projects.workbook import MAX_BYTES
from qr.prints.posters import PaperSize

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}/attendance",
    route_class=DeskRoute,
    include_in_schema=False,
)
SHEETS_SHOWN = 200


@router.get("")
def show_sheets(
    request: Request,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    month: Month | None = None,
) -> HTMLResponse:
    """List the teams with their sheets of a month, the last one unless told otherwise."""
    today = local_date(now())
    shown = month or f"{today.replace(day=1) - ONE_DAY:%Y-%m}"
    first_month = sheet_queries.find_first_month(session, project_id) or shown
    drawn = sheet_acts.list_sheets(
        session, project_id=project_id, month=shown, before=None, limit=SHEETS_SHOWN
    )
    return render_desk(
        request,
        "desk_attendance.html",
        manager,
        project_id=project_id,
        month=shown,
        teams=list_teams(session, project_id),
        sheets={sheet.team_id: sheet for sheet in drawn},
        earlier=f"{month_start(shown) - ONE_DAY:%Y-%m}",
        imports=withdrawals.list_imports(
            session, project_id=project_id, month=shown, before=None, limit=SHEETS_SHOWN
        ),
        later=f"{next_month(month_start(shown)):%Y-%m}",
        is_over=next_month(month_start(shown)) <= today,
        has_begun=month_start(shown) <= today,
        is_before_project=shown < first_month,
        has_earlier=first_month < shown,
    )


@router.post("")
def draw_up_sheet(
    session: SessionDep,
    _manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[SheetIn, Form()],
) -> Response:
    """Draw the sheet up, or a draft anew."""
    sheet = sheets.draw_up_sheet(session, project_id=project_id, **form.model_dump(), at=now())
    return RedirectResponse(address_of(project_id, sheet.id), 303)


@router.post("/import")
def import_sheet(
    request: Request,
    *,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    file: UploadFile,
    month: Annotated[Month, Form()],
    dry_run: Annotated[bool, Form()],
) -> HTMLResponse:
    """Try somebody else's sheet, or take it over; either way say what became of each row."""
    report = sheet_import.import_sheet(
        session,
        project_id=project_id,
        month=month,
        content=file.file.read(MAX_BYTES + 1),
        dry_run=dry_run,
        at=now(),
        actor=manager,
    )
    base = f"{HOME}/projects/{project_id}/attendance"
    return render_desk(
        request, "desk_attendance_import.html", manager, report=report, month=month, base=base
    )


@router.post("/imports/{import_id}/withdraw")
def withdraw_import(
    request: Request,
    *,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    import_id: UUID,
    form: Annotated[ImportWithdrawalIn, Form()],
) -> HTMLResponse:
    """Take back what a file brought, and say what stays; the workers are told."""
    done = withdrawals.withdraw_import(
        session,
        principal=manager,
        project_id=project_id,
        import_id=import_id,
        reason=form.reason,
        at=now(),
    )
    base = f"{HOME}/projects/{project_id}/attendance"
    return render_desk(
        request,
        "desk_attendance_withdrawn.html",
        manager,
        view=done.view,
        kept=[(days, SAYS[outcome]) for outcome, days in done.kept.items()],
        base=base,
    )


@router.get("/{sheet_id}")
def show_sheet(
    request: Request, session: SessionDep, staff: DeskStaffDep, project_id: UUID, sheet_id: UUID
) -> HTMLResponse:
    """Show every worker's month, what was corrected, what is unsure, who has looked it over."""
    at = now()
    view = sheet_acts.view_sheet(
        session, principal=staff, project_id=project_id, sheet_id=sheet_id, at=at
    )
    sheet = view.sheet
    return render_desk(
        request,
        "desk_attendance_sheet.html",
        staff,
        view=view,
        sheet=sheet,
        team=get_team(session, project_id=project_id, team_id=sheet.team_id),
        unsure=sum(shown.line["needs_confirmation"] for shown in view.lines),
        is_over=sheets.period_of(sheet).until <= local_date(at),
        step_names=NAMES,
        act_names=ACTS,
    )


@router.post("/{sheet_id}/approve")
def approve_sheet(
    session: SessionDep,
    staff: DeskStaffDep,
    project_id: UUID,
    sheet_id: UUID,
    form: Annotated[ApprovalIn, Form()],
) -> Response:
    """Agree with the sheet as it was shown."""
    sheet_acts.approve_sheet(
        session,
        principal=staff,
        project_id=project_id,
        sheet_id=sheet_id,
        content_hash=form.content_hash,
        at=now(),
    )
    return RedirectResponse(address_of(project_id, sheet_id), 303)


@router.post("/{sheet_id}/send-back")
def send_back_sheet(
    session: SessionDep,
    staff: DeskStaffDep,
    project_id: UUID,
    sheet_id: UUID,
    form: Annotated[ReasonIn, Form()],
) -> Response:
    """Say what is wrong with the sheet."""
    sheet_acts.send_back_sheet(
        session,
        principal=staff,
        project_id=project_id,
        sheet_id=sheet_id,
        reason=form.reason,
        at=now(),
    )
    return RedirectResponse(address_of(project_id, sheet_id), 303)


@router.post("/{sheet_id}/lock")
def lock_sheet(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    form: Annotated[LockForm, Form()],
) -> Response:
    """Lock the sheet for the payroll."""
    sheets.lock_sheet(
        session,
        project_id=project_id,
        sheet_id=sheet_id,
        at=now(),
        actor=manager,
        excuses=form.to_excuses(),
    )
    return RedirectResponse(address_of(project_id, sheet_id), 303)


@router.post("/{sheet_id}/reopen")
def reopen_sheet(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    form: Annotated[ReasonIn, Form()],
) -> Response:
    """Make a locked sheet a draft again."""
    sheet_acts.reopen_sheet(
        session, principal=manager, project_id=project_id, sheet_id=sheet_id, reason=form.reason
    )
    return RedirectResponse(address_of(project_id, sheet_id), 303)


@router.get("/{sheet_id}/export.xlsx")
def export_sheet(
    session: SessionDep,
    staff: DeskStaffDep,
    project_id: UUID,
    sheet_id: UUID,
    *,
    reason: Annotated[Words | None, Query()] = None,
    size: PaperSize = PaperSize.A3,
) -> StreamingResponse:
    """Send the sheet as Excel: masked, or in full for a reason that is kept."""
    export = sheet_export.export_sheet(
        session,
        principal=staff,
        project_id=project_id,
        sheet_id=sheet_id,
        reason=reason,
        is_a3=size is PaperSize.A3,
        at=now(),
    )
    return send_workbook(export)


def address_of(project_id: UUID, sheet_id: UUID) -> str:
    """Return where the page of an attendance sheet is."""
    return f"{HOME}/projects/{project_id}/attendance/{sheet_id}"
