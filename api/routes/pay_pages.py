"""The phone pages behind a payslip: advances, deductions that wait, the check-ins of a line."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import SessionDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from core.clock import now
from payroll import advances, entries, line_sources, term_queries
from payroll.deductions import NEEDS_CONSENT

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/pay-entries")
def show_pay_entries(request: Request, session: SessionDep, worker: PageWorkerDep) -> HTMLResponse:
    """List what the site entered: advances, and quantities, supplements, deductions."""
    return render(
        request,
        "pay_entries.html",
        advances=advances.list_own_advances(session, person_id=worker.person_id),
        entries=term_queries.list_own_entries(session, worker.person_id),
        needs_consent=NEEDS_CONSENT,
    )


@router.post("/pay-entries/{entry_id}/agree")
def agree_to_deduction(session: SessionDep, worker: PageWorkerDep, entry_id: UUID) -> Response:
    """Agree to a deduction."""
    entries.agree_to_deduction(session, principal=worker, entry_id=entry_id, at=now())
    return RedirectResponse("/pay-entries", 303)


@router.get("/payslips/{payslip_id}/lines/{line_number}")
def show_line(
    request: Request,
    session: SessionDep,
    worker: PageWorkerDep,
    payslip_id: UUID,
    line_number: int,
) -> HTMLResponse:
    """Show the days and check-ins a line pays for."""
    sources = line_sources.list_my_line_check_ins(
        session, person_id=worker.person_id, payslip_id=payslip_id, number=line_number
    )
    return render(request, "pay_line.html", sources=sources, payslip_id=payslip_id)
