"""The desk's page of mediation agreements: what is proposed to the employer, and signing it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.deps import KeyringDep, SessionDep
from api.pages.desk import HOME, DeskManagerDep, DeskRoute, render_desk
from api.routes.cases import NumberPath
from api.schemas.agreements import AgreementOut, SignatureIn
from cases import agreements
from core.case_enums import AgreementParty
from core.clock import now

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}/agreements",
    route_class=DeskRoute,
    include_in_schema=False,
)


@router.get("")
def show_project_agreements(
    request: Request, session: SessionDep, manager: DeskManagerDep, project_id: UUID
) -> HTMLResponse:
    """Show word for word what is proposed, what waits for the employer first."""
    proposed = agreements.list_project_agreements(session, project_id=project_id)
    shown = [AgreementOut.of(agreement) for agreement in proposed]
    return render_desk(
        request,
        "desk_agreements.html",
        manager,
        project_id=project_id,
        waiting=[one for one in shown if AgreementParty.EMPLOYER in one.unsigned],
        signed=[one for one in shown if AgreementParty.EMPLOYER not in one.unsigned],
    )


@router.post("/{number}")
def sign_shown_for_employer(
    *,
    session: SessionDep,
    keyring: KeyringDep,
    manager: DeskManagerDep,
    project_id: UUID,
    number: NumberPath,
    form: Annotated[SignatureIn, Form()],
) -> Response:
    """Sign what the page showed."""
    agreements.sign_for_employer(
        session,
        keyring,
        principal=manager,
        project_id=project_id,
        number=number,
        content_hash=form.content_hash,
        at=now(),
    )
    return RedirectResponse(f"{HOME}/projects/{project_id}/agreements", 303)
