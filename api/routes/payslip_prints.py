"""A payslip on paper: ``/v1/me/payslips/{payslip_id}/payslip.pdf`` and what its code opens."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from api.deps import SessionDep, SettingsDep, WorkerDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.problems import problems
from api.strict_json import StrictRouter
from core.clock import now
from payroll import payslip_pdf
from payroll.errors import PayslipNotFoundError

PDF = "application/pdf"

router = StrictRouter(prefix="/me", tags=["payslips"])
check_router = APIRouter(prefix="/p", route_class=PageRoute, include_in_schema=False)

DigestPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.get(
    "/payslips/{payslip_id}/payslip.pdf",
    response_class=Response,
    responses={
        200: {"content": {PDF: {}}, "description": "One A4 page."},
        **problems(PayslipNotFoundError),
    },
)
def print_my_payslip(
    session: SessionDep, settings: SettingsDep, worker: WorkerDep, payslip_id: UUID
) -> Response:
    """Print one of your payslips.

    Everything it says, what you and the bank said of it so far, and a code by which anybody who
    holds the page can tell that it was not altered.
    """
    content = payslip_pdf.print_my_payslip(
        session,
        person_id=worker.person_id,
        payslip_id=payslip_id,
        public_base_url=str(settings.public_base_url),
        at=now(),
    )
    return serve_payslip(content)


@check_router.get("/{payslip_id}/{digest}")
def check_print(
    request: Request, session: SessionDep, payslip_id: UUID, digest: DigestPath
) -> HTMLResponse:
    """Tell anybody who holds a print whether it says what is on record."""
    check = payslip_pdf.check_print(session, payslip_id=payslip_id, digest=digest)
    return render(request, "payslip_check.html", check=check)


def serve_payslip(content: bytes) -> Response:
    """Return a printed payslip as a download."""
    disposition = f"attachment; filename*=UTF-8''{quote('工资条')}.pdf"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=PDF, headers=headers)
