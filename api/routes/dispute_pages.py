"""The phone pages of a dispute: what is wrong, photos and recordings of it, one tap to complain."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import BlobsDep, KeyringDep, SessionDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from api.routes.dispute_files import serve_file
from api.schemas.payslips import DisputedField
from api.schemas.words import NO_NUL, Words
from core.case_enums import Disclosure
from core.clock import now
from evidence.pictures import LARGEST_UPLOAD
from payroll import answers, dispute_complaints, dispute_files

router = APIRouter(
    prefix="/payslips/{payslip_id}/dispute", route_class=PageRoute, include_in_schema=False
)
UNNAMED: DisputedField = "other"


@router.get("")
def show_dispute(
    request: Request, session: SessionDep, worker: PageWorkerDep, payslip_id: UUID
) -> HTMLResponse:
    """Ask what is wrong."""
    own = answers.get_payslip(session, person_id=worker.person_id, payslip_id=payslip_id)
    return render(request, "dispute.html", own=own, most_files=dispute_files.MOST_FILES)


@router.post("")
def dispute_payslip(
    *,
    session: SessionDep,
    blobs: BlobsDep,
    worker: PageWorkerDep,
    payslip_id: UUID,
    reason: Annotated[Words, Form()],
    fields: Annotated[list[DisputedField], Form(default_factory=list, max_length=7)],
    files: Annotated[list[UploadFile], File(default_factory=list)],
    expected: Annotated[str, Form(max_length=100, pattern=NO_NUL)] = "",
) -> Response:
    """Say what is wrong, what it should be, and hand in what shows it; all of it or nothing."""
    wanted: dict[str, str] = {}
    if expected.strip():
        wanted[(fields or [UNNAMED])[0]] = expected.strip()
    answers.dispute_payslip(
        session,
        principal=worker,
        payslip_id=payslip_id,
        reason=reason,
        fields=fields,
        expected=wanted,
        at=now(),
    )
    for file in files:
        if file.size:  # a browser sends an empty part where nothing was chosen
            dispute_files.add_dispute_file(
                session,
                blobs,
                principal=worker,
                payslip_id=payslip_id,
                content=file.file.read(LARGEST_UPLOAD + 1),
                at=now(),
            )
    return RedirectResponse(f"/payslips/{payslip_id}", 303)


@router.get("/files/{file_id}")
def read_file(
    session: SessionDep, blobs: BlobsDep, worker: PageWorkerDep, payslip_id: UUID, file_id: UUID
) -> Response:
    """Save what was handed in."""
    kept = dispute_files.read_own_file(
        session, blobs, person_id=worker.person_id, payslip_id=payslip_id, file_id=file_id
    )
    return serve_file(kept)


@router.post("/complaint")
def complain_of_dispute(
    session: SessionDep,
    keyring: KeyringDep,
    worker: PageWorkerDep,
    payslip_id: UUID,
) -> Response:
    """Turn the dispute into a complaint with one tap; the site does not learn the name."""
    filed = dispute_complaints.complain_of_dispute(
        session,
        keyring,
        principal=worker,
        payslip_id=payslip_id,
        disclosure=Disclosure.SHIELDED,
        at=now(),
    )
    return RedirectResponse(f"/complaints/filed/{filed.ticket}", 303)
