"""The phone pages of the worker's own card, and of standing beside somebody at a kiosk."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from api.deps import SessionDep, ValkeyDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from api.schemas.assisted import StatementIn, WitnessCodeIn
from api.schemas.bank_cards import BankCardIn, CardCodeIn
from core.clock import local_date, now
from identity import service as identity
from identity.errors import StepUpCodeWrongError
from payroll import assisted, own_card

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/bank-card")
def show_bank_card(request: Request, session: SessionDep, worker: PageWorkerDep) -> HTMLResponse:
    """Ask for the new card."""
    person, _, engagements = identity.get_me(session, worker, on=local_date(now()))
    return render(request, "bank_card.html", person=person, engagements=engagements)


@router.post("/bank-card/code")
def request_card_code(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    worker: PageWorkerDep,
    form: Annotated[CardCodeIn, Form()],
) -> HTMLResponse:
    """Text a code for this card and ask for it with the rest."""
    own_card.request_card_code(
        session, valkey, principal=worker, project_id=form.project_id, bank_card=form.bank_card
    )
    person, _, _ = identity.get_me(session, worker, on=local_date(now()))
    return render(request, "bank_card_code.html", person=person, card=form)


@router.post("/bank-card")
def change_bank_card(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    worker: PageWorkerDep,
    form: Annotated[BankCardIn, Form()],
) -> HTMLResponse:
    """Pay the wages to the new card, or ask for the code again."""
    try:
        changed = own_card.change_bank_card(
            session,
            valkey,
            principal=worker,
            project_id=form.project_id,
            card=form.to_card(),
            code=form.code,
            at=now(),
        )
    except StepUpCodeWrongError as problem:
        person, _, _ = identity.get_me(session, worker, on=local_date(now()))
        told = {"person": person, "card": form, "problem": problem}
        return render(request, "bank_card_code.html", status=422, **told)
    return render(request, "bank_card_changed.html", changed=changed)


@router.get("/witness")
def show_witness(request: Request, _worker: PageWorkerDep) -> HTMLResponse:
    """Ask for the code on the kiosk's screen."""
    return render(request, "witness.html")


@router.post("/witness/look")
def look_at_request(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    worker: PageWorkerDep,
    form: Annotated[WitnessCodeIn, Form()],
) -> HTMLResponse:
    """Show whom to stand beside."""
    asked = assisted.look_at_request(session, valkey, principal=worker, code=form.code, at=now())
    return render(request, "witness_request.html", asked=asked, code=form.code)


@router.post("/witness")
def state_presence(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    worker: PageWorkerDep,
    form: Annotated[StatementIn, Form()],
) -> HTMLResponse:
    """State that the witness stands beside the worker."""
    assisted.state_presence(session, valkey, principal=worker, **form.model_dump(), at=now())
    return render(request, "witnessed.html")
