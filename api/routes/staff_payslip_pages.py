"""The desk's pages of one worker's payslip: a dispute's reply, a corrected version, visits."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import BlobsDep, SessionDep, SettingsDep
from api.pages.desk import HOME, DeskManagerDep, DeskRoute, render_desk
from api.routes.dispute_files import serve_file
from api.schemas.desk_pages import MOST_LINES, AdjustmentForm
from api.schemas.follow_up import ReplyIn, VisitReportIn
from core.clock import now
from core.enums import PayslipAnswerState
from payroll import corrections, desk_queries, dispute_files, disputes, queries, reminders
from payroll import follow_up_queries as follow_up

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}", route_class=DeskRoute, include_in_schema=False
)

SHOWN = 200
SPARE_LINES = 2


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
def show_payslip(
    request: Request,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    payslip_id: UUID,
) -> HTMLResponse:
    """Show a payslip with its versions, what the worker says of it, and what can be done."""
    payslip = desk_queries.get_payslip(session, project_id=project_id, payslip_id=payslip_id)
    dispute = None
    if payslip.answer_state is PayslipAnswerState.DISPUTED:
        dispute = follow_up.get_dispute(session, payslip)
    items = payslip.content["items"]
    lines = [line | {"number": number} for number, line in enumerate(items, 1)]
    typed = [line for line in lines if not line["entry_id"]]
    return render_desk(
        request,
        "desk_payslip.html",
        manager,
        payslip=payslip,
        content=payslip.content,
        versions=queries.list_versions(session, payslip),
        dispute=dispute,
        reply_due=dispute and disputes.compute_reply_due(dispute),
        files=follow_up.list_dispute_files(session, [dispute.answer.id]) if dispute else [],
        lines=[*typed, *[{}] * SPARE_LINES][:MOST_LINES],
        on_record=[line for line in lines if line["entry_id"]],
        is_at_bank=queries.is_at_bank(session, payslip_id),
    )


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
def adjust_payslip(
    *,
    session: SessionDep,
    settings: SettingsDep,
    manager: DeskManagerDep,
    project_id: UUID,
    payslip_id: UUID,
    form: Annotated[AdjustmentForm, Form()],
) -> Response:
    """Replace the payslip by a corrected version, which the worker answers anew."""
    adjustment = form.to_adjustment()
    payslip = corrections.adjust_payslip(
        session,
        principal=manager,
        project_id=project_id,
        payslip_id=payslip_id,
        lines=adjustment.to_lines(),
        note=adjustment.note,
        at=now(),
        county_facts=settings.county_facts,
    )
    return RedirectResponse(f"{HOME}/projects/{project_id}/payslips/{payslip.id}", 303)
