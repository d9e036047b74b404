"""Signing mediation agreements: either side's part, paper, and the pages of phone and kiosk.

A kiosk only shows: whoever made the card and its PIN may be holding both.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.deps import (
    BlobsDep,
    InspectorDep,
    KeyringDep,
    PhoneOwnerDep,
    ProjectManagerDep,
    SessionDep,
    WorkerDep,
)
from api.pages.kiosk import HOME, KioskRoute, KioskWorkerDep, render_kiosk
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from api.problems import problems
from api.routes.case_papers import BAD_FILE
from api.routes.cases import NumberPath
from api.schemas.agreements import AgreementOut, AgreementsOut, ContentHash, SignatureIn
from api.schemas.words import Name
from api.strict_json import StrictRouter
from cases import agreements
from cases.desk_errors import HandlerRequiredError
from cases.document_errors import (
    AgreementChangedError,
    AgreementNotFoundError,
    SignOnPhoneOrPaperError,
)
from cases.errors import CaseNotFoundError, ComplaintNotFoundError
from core.case_enums import AgreementParty
from core.clock import now
from evidence.pictures import LARGEST_UPLOAD
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError

router = StrictRouter(tags=["cases"])
pages_router = APIRouter(
    prefix="/complaints/{number}/agreement", route_class=PageRoute, include_in_schema=False
)
kiosk_router = APIRouter(
    prefix=f"{HOME}/agreements", route_class=KioskRoute, include_in_schema=False
)
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)


@router.get(
    "/me/complaints/{number}/agreement",
    responses=problems(ComplaintNotFoundError, AgreementNotFoundError),
)
def get_own_agreement(
    session: SessionDep, worker: PhoneOwnerDep, number: NumberPath
) -> AgreementOut:
    """Read the agreement proposed in your complaint."""
    return AgreementOut.of(
        agreements.get_own_agreement(session, person_id=worker.person_id, number=number)
    )


@router.post(
    "/me/complaints/{number}/agreement/sign",
    responses=problems(
        SignOnPhoneOrPaperError,
        ComplaintNotFoundError,
        AgreementNotFoundError,
        AgreementChangedError,
    ),
)
def sign_own_agreement(
    session: SessionDep,
    keyring: KeyringDep,
    worker: WorkerDep,
    number: NumberPath,
    body: SignatureIn,
) -> AgreementOut:
    """Sign the agreement you have read.

    On your own phone, never at a kiosk; whoever has none signs the paper at the window.
    `content_hash` says what you read; if it has changed since, nothing is signed. The case goes on
    waiting for the money.
    """
    return AgreementOut.of(
        agreements.sign_own_agreement(
            session,
            keyring,
            principal=worker,
            number=number,
            content_hash=body.content_hash,
            at=now(),
        )
    )


@router.get("/projects/{project_id}/agreements", responses=problems(*NOT_YOURS))
def list_project_agreements(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID
) -> AgreementsOut:
    """List the agreements proposed to the employer.

    For the project's labour manager. A shielded complainant has a number and no name.
    """
    proposed = agreements.list_project_agreements(session, project_id=project_id)
    return AgreementsOut(items=[AgreementOut.of(agreement) for agreement in proposed])


@router.post(
    "/projects/{project_id}/agreements/{number}/sign",
    responses=problems(*NOT_YOURS, AgreementNotFoundError, AgreementChangedError),
)
def sign_for_employer(
    *,
    session: SessionDep,
    keyring: KeyringDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    number: NumberPath,
    body: SignatureIn,
) -> AgreementOut:
    """Sign an agreement for the employer.

    For the project's labour manager, signed in by name. A second signature changes nothing.
    """
    return AgreementOut.of(
        agreements.sign_for_employer(
            session,
            keyring,
            principal=manager,
            project_id=project_id,
            number=number,
            content_hash=body.content_hash,
            at=now(),
        )
    )


@router.get(
    "/cases/{number}/agreement", responses=problems(CaseNotFoundError, AgreementNotFoundError)
)
def get_case_agreement(
    session: SessionDep, inspector: InspectorDep, number: NumberPath
) -> AgreementOut:
    """Read a case's agreement, and who has signed."""
    return AgreementOut.of(
        agreements.get_case_agreement(session, principal=inspector, number=number)
    )


@router.post(
    "/cases/{number}/agreement/paper-signatures",
    responses=problems(
        CaseNotFoundError,
        HandlerRequiredError,
        AgreementNotFoundError,
        AgreementChangedError,
        *BAD_FILE,
    ),
)
def record_paper_signature(
    *,
    session: SessionDep,
    keyring: KeyringDep,
    blobs: BlobsDep,
    inspector: InspectorDep,
    number: NumberPath,
    party: Annotated[AgreementParty, Form()],
    signer_name: Annotated[Name, Form()],
    content_hash: Annotated[ContentHash, Form(description="As printed on the paper.")],
    proof: Annotated[UploadFile, File(description="A photo or PDF of the signed paper.")],
) -> AgreementOut:
    """Record a signature on the printed agreement.

    For those who handle the case, of whoever cannot sign on a phone. The worker's signature makes
    the agreement.
    """
    return AgreementOut.of(
        agreements.record_paper_signature(
            session,
            keyring,
            blobs,
            principal=inspector,
            number=number,
            party=party,
            signer_name=signer_name,
            content_hash=content_hash,
            proof=proof.file.read(LARGEST_UPLOAD + 1),
            at=now(),
        )
    )


@kiosk_router.get("")
def show_kiosk_agreements(
    request: Request, session: SessionDep, worker: KioskWorkerDep
) -> HTMLResponse:
    """Show what waits for the worker's signature, of no complaint that is shielded."""
    waiting = agreements.list_waiting_agreements(session, person_id=worker.person_id)
    return render_kiosk(
        request, "kiosk_agreements.html", agreements=[AgreementOut.of(one) for one in waiting]
    )


@pages_router.get("")
def show_agreement(
    request: Request, session: SessionDep, worker: PageWorkerDep, number: NumberPath
) -> HTMLResponse:
    """Show the agreement to read and sign."""
    agreement = agreements.get_own_agreement(session, person_id=worker.person_id, number=number)
    shown = AgreementOut.of(agreement)
    parties = {signature.party.value for signature in shown.signatures}
    return render(request, "agreement.html", agreement=shown, signed=parties)


@pages_router.post("")
def sign_shown_agreement(
    session: SessionDep,
    keyring: KeyringDep,
    worker: PageWorkerDep,
    number: NumberPath,
    form: Annotated[SignatureIn, Form()],
) -> Response:
    """Sign what the page showed."""
    agreements.sign_own_agreement(
        session,
        keyring,
        principal=worker,
        number=number,
        content_hash=form.content_hash,
        at=now(),
    )
    return RedirectResponse(f"/complaints/{number}/agreement", 303)
