"""The phone pages behind a payslip: entries, check-ins of a line, versions, PDF, year, own data."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import SessionDep, SettingsDep, ValkeyDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from api.routes.my_data import serve_export
from api.routes.payslip_prints import serve_payslip
from core.clock import local_date, now
from payroll import (
    advances,
    entries,
    export,
    line_sources,
    payslip_pdf,
    queries,
    term_queries,
    year,
)
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


@router.get("/payslips/{payslip_id}/versions")
def show_versions(
    request: Request, session: SessionDep, worker: PageWorkerDep, payslip_id: UUID
) -> HTMLResponse:
    """List all versions of a payslip with what the site said of each change."""
    payslip = queries.get_own_payslip(session, payslip_id=payslip_id, person_id=worker.person_id)
    versions = queries.list_versions(session, payslip)
    return render(request, "payslip_versions.html", payslip=payslip, versions=versions)


@router.get("/payslips/{payslip_id}/payslip.pdf")
def download_payslip(
    session: SessionDep, settings: SettingsDep, worker: PageWorkerDep, payslip_id: UUID
) -> Response:
    """Save the payslip as a page to print."""
    content = payslip_pdf.print_my_payslip(
        session,
        person_id=worker.person_id,
        payslip_id=payslip_id,
        public_base_url=str(settings.public_base_url),
        at=now(),
    )
    return serve_payslip(content)


@router.get("/year")
def show_year(
    request: Request,
    session: SessionDep,
    worker: PageWorkerDep,
    of: Annotated[int | None, Query(ge=2020, le=2099)] = None,
) -> HTMLResponse:
    """Show what a year paid, this year unless told otherwise."""
    at = now()
    this_year = local_date(at).year
    own = year.get_my_year(session, person_id=worker.person_id, year=of or this_year, at=at)
    return render(request, "year.html", own=own, is_current=own.year >= this_year)


@router.get("/my-data")
def show_my_data(request: Request, _worker: PageWorkerDep) -> HTMLResponse:
    """Say what the export holds."""
    return render(request, "my_data.html")


@router.post("/my-data")
def export_my_data(session: SessionDep, valkey: ValkeyDep, worker: PageWorkerDep) -> Response:
    """Save everything on record about the worker; the export is recorded."""
    return serve_export(export.export_my_data(session, valkey, principal=worker, at=now()))
