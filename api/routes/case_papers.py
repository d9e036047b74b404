"""Papers of cases, files that come with complaints, and the sealed bundle of both."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Path, Request, Response, UploadFile
from fastapi.responses import HTMLResponse
from pydantic import AwareDatetime

from api.deps import (
    AddressDep,
    BlobsDep,
    InspectorDep,
    KeyringDep,
    PhoneOwnerDep,
    SessionDep,
    SettingsDep,
    ValkeyDep,
)
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.problems import problems
from api.routes.cases import NumberPath
from api.schemas.case_papers import (
    BundleIn,
    CheckedPaperOut,
    ComplaintFileOut,
    ComplaintFilesOut,
    OwnPapersOut,
    PaperIn,
    PaperOut,
    PapersOut,
    ServiceOut,
    StagedFileOut,
)
from api.schemas.words import EMPTY_IF_UNSEEN, NO_NUL
from api.strict_json import StrictRouter
from cases import bundles, documents, files
from cases.desk_errors import HandlerRequiredError
from cases.document_errors import (
    AgreementUnsignedError,
    DocumentNotFoundError,
    NoPaperNeededError,
    ServiceDateError,
    ServiceProofMissingError,
    UploadsThrottledError,
)
from cases.errors import CaseNotFoundError, ComplaintNotFoundError
from core.case_enums import ServiceMethod, ServiceRecipient
from core.clock import now
from evidence.errors import (
    BlobLostError,
    PictureUnreadableError,
    TooManyPixelsError,
    UnknownAttachmentError,
    UploadTooLargeError,
)
from evidence.pdf_signing import sign_locally
from evidence.pictures import LARGEST_UPLOAD
from identity.errors import NotSignedInError, ReasonTooShortError, RoleRequiredError

router = StrictRouter(tags=["cases"])
check_router = APIRouter(prefix="/d", route_class=PageRoute, include_in_schema=False)
NOT_OPENED = {"Content-Disposition": "attachment", "Cache-Control": "no-store"}
"""Whatever is in a file, no browser runs it here."""
BINARY = {"schema": {"type": "string", "format": "binary"}}
PDF = {"content": {"application/pdf": BINARY}, "description": "The signed paper (PDF/A-2b)"}
ZIP = {"content": {"application/zip": BINARY}, "description": "The bundle"}
FILE = {"content": {"*/*": BINARY}, "description": "The file, as a download"}
NOT_YOURS = (NotSignedInError, RoleRequiredError, CaseNotFoundError)
BAD_FILE = (
    UploadTooLargeError,
    TooManyPixelsError,
    PictureUnreadableError,
    UnknownAttachmentError,
)
CodePath = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{12,14}$", examples=["7KQ2-MM3D-9XRT"])]
DigestPath = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


def get_tools(blobs: BlobsDep, keyring: KeyringDep, settings: SettingsDep) -> documents.Desk:
    """Return what papers are made with."""
    return documents.Desk(blobs, sign_locally(keyring), str(settings.public_base_url))


ToolsDep = Annotated[documents.Desk, Depends(get_tools)]


@router.get("/cases/{number}/papers", responses=problems(*NOT_YOURS))
def list_papers(session: SessionDep, inspector: InspectorDep, number: NumberPath) -> PapersOut:
    """List a case's papers, and the steps that lack one."""
    return PapersOut.of(documents.list_papers(session, principal=inspector, number=number))


@router.post(
    "/cases/{number}/papers",
    status_code=201,
    responses=problems(
        *NOT_YOURS,
        HandlerRequiredError,
        DocumentNotFoundError,
        NoPaperNeededError,
        AgreementUnsignedError,
    ),
)
def draw_up_paper(
    session: SessionDep,
    tools: ToolsDep,
    inspector: InspectorDep,
    number: NumberPath,
    body: PaperIn,
) -> PaperOut:
    """Draw up, number and sign the paper of a step.

    For those who handle the case. A second call returns the first one's paper. An agreement is
    printed when both sides have signed it, with both signatures, or with `on_paper` to be signed
    by pen.
    """
    document = documents.draw_up(
        session,
        tools,
        principal=inspector,
        number=number,
        event_id=body.event_id,
        on_paper=body.on_paper,
        at=now(),
    )
    return PaperOut.of(document)


@router.get(
    "/cases/{number}/papers/{paper_id}",
    response_class=Response,
    responses={200: PDF, **problems(*NOT_YOURS, DocumentNotFoundError, BlobLostError)},
)
def read_paper(
    session: SessionDep,
    blobs: BlobsDep,
    inspector: InspectorDep,
    number: NumberPath,
    paper_id: UUID,
) -> Response:
    """Download a paper of a case."""
    content = documents.read_paper(
        session, blobs, principal=inspector, number=number, document_id=paper_id
    )
    return Response(content, media_type="application/pdf", headers=NOT_OPENED)


@router.post(
    "/cases/{number}/papers/{paper_id}/services",
    status_code=201,
    responses=problems(
        *NOT_YOURS,
        HandlerRequiredError,
        DocumentNotFoundError,
        ServiceDateError,
        ServiceProofMissingError,
        *BAD_FILE,
    ),
)
def record_service(
    *,
    session: SessionDep,
    tools: ToolsDep,
    inspector: InspectorDep,
    number: NumberPath,
    paper_id: UUID,
    method: Annotated[ServiceMethod, Form()],
    recipient: Annotated[ServiceRecipient, Form()],
    served_at: Annotated[AwareDatetime, Form()],
    note: Annotated[str | None, Form(max_length=500, pattern=NO_NUL), EMPTY_IF_UNSEEN] = None,
    proof: UploadFile | None = None,
) -> ServiceOut:
    """Record how and when a paper was served.

    A paper that was posted needs a photo as proof, electronic service a note of the consent.
    """
    service = documents.record_service(
        session,
        tools,
        principal=inspector,
        number=number,
        document_id=paper_id,
        method=method,
        recipient=recipient,
        served_at=served_at,
        note=note,
        proof=proof.file.read(LARGEST_UPLOAD + 1) if proof else None,
        at=now(),
    )
    return ServiceOut.of(service)


@router.get("/me/complaints/{number}/papers", responses=problems(ComplaintNotFoundError))
def list_own_papers(session: SessionDep, worker: PhoneOwnerDep, number: NumberPath) -> OwnPapersOut:
    """List the papers of your complaint."""
    drawn = documents.list_own_papers(session, person_id=worker.person_id, number=number)
    return OwnPapersOut(items=[PaperOut.of(document) for document in drawn])


@router.get(
    "/me/complaints/{number}/papers/{paper_id}",
    response_class=Response,
    responses={
        200: PDF,
        **problems(ComplaintNotFoundError, DocumentNotFoundError, BlobLostError),
    },
)
def read_own_paper(
    session: SessionDep,
    blobs: BlobsDep,
    worker: PhoneOwnerDep,
    number: NumberPath,
    paper_id: UUID,
) -> Response:
    """Download a paper of your complaint."""
    content = documents.read_own_paper(
        session, blobs, person_id=worker.person_id, number=number, document_id=paper_id
    )
    return Response(content, media_type="application/pdf", headers=NOT_OPENED)


@router.get("/papers/{check_code}", responses=problems(DocumentNotFoundError))
def check_paper(session: SessionDep, check_code: CodePath) -> CheckedPaperOut:
    """Check whether a paper is genuine.

    For anybody who holds it: the code is printed beside the QR. Names nobody.
    """
    return CheckedPaperOut.of(*documents.check_paper(session, code=check_code))


@check_router.get("/{check_code}")
def show_paper_check(request: Request, session: SessionDep, check_code: CodePath) -> HTMLResponse:
    """Say whether the paper whose code was scanned is genuine."""
    paper = CheckedPaperOut.of(*documents.check_paper(session, code=check_code))
    return render(request, "paper_check.html", paper=paper)


@router.post(
    "/complaint-files",
    status_code=201,
    responses=problems(UploadsThrottledError, *BAD_FILE),
)
def stage_file(
    session: SessionDep,
    valkey: ValkeyDep,
    blobs: BlobsDep,
    address: AddressDep,
    file: UploadFile,
) -> StagedFileOut:
    """Upload a photo, recording or PDF for a complaint.

    For anybody, before filing; it is dropped after a day unless a complaint names its token.
    Pictures keep neither position nor camera.
    """
    content = file.file.read(LARGEST_UPLOAD + 1)
    staged = files.stage_file(session, valkey, blobs, content=content, address=address, at=now())
    return StagedFileOut.of(staged)


@router.get("/cases/{number}/files", responses=problems(*NOT_YOURS))
def list_complaint_files(
    session: SessionDep, inspector: InspectorDep, number: NumberPath
) -> ComplaintFilesOut:
    """List the files that came with a complaint."""
    kept = files.list_files(session, principal=inspector, number=number)
    return ComplaintFilesOut(items=[ComplaintFileOut.of(file) for file in kept])


@router.get(
    "/cases/{number}/files/{digest}",
    response_class=Response,
    responses={200: FILE, **problems(*NOT_YOURS, DocumentNotFoundError, BlobLostError)},
)
def read_complaint_file(
    session: SessionDep,
    blobs: BlobsDep,
    inspector: InspectorDep,
    number: NumberPath,
    digest: DigestPath,
) -> Response:
    """Download a file that came with a complaint."""
    kept = files.read_file(session, blobs, principal=inspector, number=number, digest=digest)
    return Response(kept.content, media_type=kept.media_type, headers=NOT_OPENED)


@router.post(
    "/cases/{number}/bundle",
    response_class=Response,
    responses={
        200: ZIP,
        **problems(
            *NOT_YOURS,
            HandlerRequiredError,
            ReasonTooShortError,
            DocumentNotFoundError,
            BlobLostError,
        ),
    },
)
def take_bundle(
    *,
    session: SessionDep,
    keyring: KeyringDep,
    blobs: BlobsDep,
    inspector: InspectorDep,
    number: NumberPath,
    body: BundleIn | None = None,
) -> Response:
    """Take the evidence bundle sealed at filing.

    Without a reason it names nobody. With one, those who handle the case get it whole, and the
    complainant can read who took it and why. `python -m evidence verify` checks it offline.
    """
    content = bundles.give_out(
        session,
        keyring,
        blobs,
        principal=inspector,
        number=number,
        reason=body.reason if body else None,
    )
    return Response(content, media_type="application/zip", headers=NOT_OPENED)
