"""The desk's pages of one worker's payslip: a dispute's reply, a corrected version, visits."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import BlobsDep, SessionDep, SettingsDep
from api.pages.desk import HOME, DeskManagerDep, DeskRoute, render_desk
from api.pages.payslip_desk import PayslipDeskDep
from api.routes.dispute_files import serve_file
from api.schemas.follow_up import ReplyIn, VisitReportIn
from core.clock import now
from payroll import corrections, dispute_files, disputes, reminders
from payroll import follow_up_queries as follow_up

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}", route_class=DeskRoute, include_in_schema=False
)

SHOWN = 200


@router.get("/to-do")
def show_to_do(
    request: Request, session: SessionDep, manager: DeskManagerDep, project_id: UUID
) -> HTMLResponse:
    """List the disputes to reply to and the silent workers to go and see."""
    found = follow_up.list_disputes(session, project_id=project_id, before=None, limit=SHOWN)
    silent = follow_up.list_open_visits(session, project_id=project_id, before=None, limit=SHOWN)
    return render_desk(
        request,
        "desk_to_do.html",
        manager,
        disputes=[(each, disputes.compute_reply_due(each)) for each in found],
        visits=silent,
    )


@router.post("/visits/{visit_id}")
def report_visit(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    visit_id: UUID,
    form: Annotated[VisitReportIn, Form()],
) -> Response:
    """Say what came of a visit; it is not the worker's answer."""
    reminders.report_visit(
        session,
        principal=manager,
        project_id=project_id,
        visit_id=visit_id,
        **form.model_dump(),
        at=now(),
    )
    return RedirectResponse(f"{HOME}/projects/{project_id}/to-do", 303)


@router.get("/payslips/{payslip_id}")
def show_payslip(desk: PayslipDeskDep, payslip_id: UUID) -> HTMLResponse:
    """Show a payslip with its versions, what the worker says of it, and what can be done."""
    return desk.show(payslip_id)


@router.get("/payslips/{payslip_id}/files/{file_id}")
def read_workers_file(
    *,
    session: SessionDep,
    blobs: BlobsDep,
    _manager: DeskManagerDep,
    project_id: UUID,
    payslip_id: UUID,
    file_id: UUID,
) -> Response:
    """Save what the worker handed in."""
    kept = dispute_files.read_workers_file(
        session, blobs, project_id=project_id, payslip_id=payslip_id, file_id=file_id
    )
    return serve_file(kept)


@router.post("/payslips/{payslip_id}/reply")
def reply_to_dispute(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    payslip_id: UUID,
    form: Annotated[ReplyIn, Form()],
) -> Response:
    """Keep to the payslip and say why."""
    disputes.reply_to_dispute(
        session,
        principal=manager,
        project_id=project_id,
        payslip_id=payslip_id,
        reason=form.reason,
        at=now(),
    )
    return RedirectResponse(f"{HOME}/projects/{project_id}/payslips/{payslip_id}", 303)


@router.post("/payslips/{payslip_id}/adjust")
def adjust_payslip(desk: PayslipDeskDep, settings: SettingsDep, payslip_id: UUID) -> Response:
    """Replace the payslip by a corrected version, which the worker answers anew."""
    return desk.take(
        payslip_id,
        lambda form: corrections.adjust_payslip(
            desk.session,
            principal=desk.manager,
            project_id=desk.project_id,
            payslip_id=payslip_id,
            lines=form.to_adjustment().to_lines(),
            note=form.note,
            at=now(),
            county_facts=settings.county_facts,
        ),
    )
