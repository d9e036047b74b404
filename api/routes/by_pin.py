"""Complaints by number and PIN, for whoever has no account: API, and the pages at ``/track``."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import AddressDep, BlobsDep, InspectorDep, SessionDep, ValkeyDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.stories import show_refused_step
from api.pages.uploads import stage_all
from api.problems import problems
from api.routes.cases import NumberPath
from api.schemas.agreements import AgreementOut
from api.schemas.by_pin import ActByPinForm, ActByPinIn, ActOnBehalfIn
from api.schemas.cases import LookupIn, TimelineOut
from api.strict_json import StrictRouter
from cases import agreements, by_pin, on_behalf
from cases.desk_errors import ConflictOfInterestError, OrderStandsError
from cases.document_errors import (
    AgreementNotDueError,
    AgreementNotFoundError,
    AgreementUnsignedError,
    StagedFileNotFoundError,
)
from cases.errors import (
    ActionNotAllowedError,
    AlreadyReopenedError,
    CaseNotFoundError,
    LookupThrottledError,
    LookupUnavailableError,
    MoneyMissingError,
    PaidInFullError,
    PinRequiredError,
    SatisfactionNotYoursError,
    SignInRequiredError,
    StepDoneError,
    WordsRequiredError,
    WrongNumberOrPinError,
)
from core.case_enums import CaseAction
from core.clock import now
from core.errors import DomainError

router = StrictRouter(tags=["cases"])
pages_router = APIRouter(prefix="/track", route_class=PageRoute, include_in_schema=False)

TRIES = (WrongNumberOrPinError, LookupThrottledError, LookupUnavailableError)
STEPS = (
    ActionNotAllowedError,
    OrderStandsError,
    AgreementNotDueError,
    AgreementUnsignedError,
    AlreadyReopenedError,
    MoneyMissingError,
    PaidInFullError,
    StagedFileNotFoundError,
    StepDoneError,
    WordsRequiredError,
)


@router.post("/complaints/lookup", responses=problems(*TRIES))
def look_up_complaint(
    session: SessionDep, valkey: ValkeyDep, address: AddressDep, body: LookupIn
) -> TimelineOut:
    """Follow a complaint by number and PIN.

    For anybody who holds both. A wrong number and a wrong PIN get the same answer; 10 wrong ones
    an hour per number.
    """
    timeline = by_pin.look_up_complaint(
        session, valkey, number=body.number, pin=body.pin, address=address, at=now()
    )
    return TimelineOut.of(timeline)


@router.post(
    "/complaints/actions/{action}", responses=problems(*TRIES, SignInRequiredError, *STEPS)
)
def act_by_pin(
    session: SessionDep,
    valkey: ValkeyDep,
    address: AddressDep,
    action: CaseAction,
    body: ActByPinIn,
) -> TimelineOut:
    """Answer, reopen, withdraw or add by number and PIN.

    For complainants without an account; counted and answered as looking up is. After closing
    `confirm_paid`, or once `reopen` with how much was `received`; `withdraw` until there is an
    order to pay; `add_details` when asked; `supplement` and `ask_question` in words or files.
    Who has an account signs in for what gives something up.
    """
    timeline = by_pin.act_by_pin(
        session,
        valkey,
        number=body.number,
        pin=body.pin,
        action=action,
        form=body.as_form(),
        attachments=body.attachments,
        address=address,
        at=now(),
    )
    return TimelineOut.of(timeline)


@router.post(
    "/cases/{number}/on-behalf/{action}",
    responses=problems(
        *TRIES,
        CaseNotFoundError,
        ConflictOfInterestError,
        PinRequiredError,
        SatisfactionNotYoursError,
        *STEPS,
    ),
)
def act_on_behalf(
    *,
    session: SessionDep,
    valkey: ValkeyDep,
    inspector: InspectorDep,
    number: NumberPath,
    action: CaseAction,
    body: ActOnBehalfIn,
) -> TimelineOut:
    """Write down what a complainant says.

    For officials on the phone or at the window: the same steps as the complainant's own. The case
    says who wrote it down, how it came in and when, and the complainant gets a message. With the
    caller's PIN from any division, otherwise in your own; what gives something up always takes the
    PIN. `satisfaction` only on the phone, by an operator who never worked the case.
    """
    timeline = on_behalf.act_on_behalf(
        session,
        valkey,
        principal=inspector,
        number=number,
        pin=body.pin,
        action=action,
        form=body.as_form(),
        attachments=body.attachments,
        means=body.means,
        at=now(),
    )
    return TimelineOut.of(timeline)


@router.post("/complaints/agreement", responses=problems(*TRIES, AgreementNotFoundError))
def read_agreement_by_pin(
    session: SessionDep, valkey: ValkeyDep, address: AddressDep, body: LookupIn
) -> AgreementOut:
    """Read the proposed agreement by number and PIN.

    Counted and answered as looking up is. Without an account it is signed on paper, at the window.
    """
    agreement = agreements.get_agreement_by_pin(
        session, valkey, number=body.number, pin=body.pin, address=address
    )
    return AgreementOut.of(agreement)


@pages_router.get("")
def show_track(request: Request) -> HTMLResponse:
    """Ask for number and PIN."""
    return render(request, "track.html")


@pages_router.post("")
def show_tracked_complaint(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    address: AddressDep,
    form: Annotated[LookupIn, Form()],
) -> HTMLResponse:
    """Tell the story of a complaint to whoever holds its number and PIN."""
    timeline = by_pin.look_up_complaint(
        session, valkey, number=form.number, pin=form.pin, address=address, at=now()
    )
    return render(request, "complaint.html", timeline=timeline, pin=form.pin)


@pages_router.post("/agreement")
def show_tracked_agreement(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    address: AddressDep,
    form: Annotated[LookupIn, Form()],
) -> HTMLResponse:
    """Show what is proposed, and where it is signed."""
    agreement = agreements.get_agreement_by_pin(
        session, valkey, number=form.number, pin=form.pin, address=address
    )
    return render(
        request, "tracked_agreement.html", agreement=AgreementOut.of(agreement), pin=form.pin
    )


@pages_router.get("/{action}")
def show_track_again(_action: Annotated[str, Path(alias="action")]) -> RedirectResponse:
    """Ask for number and PIN: after a reload the browser opens what it had only sent before."""
    return RedirectResponse("/track", 303)


@pages_router.post("/{action}")
def act_on_tracked_complaint(
    *,
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    blobs: BlobsDep,
    address: AddressDep,
    action: CaseAction,
    form: Annotated[ActByPinForm, Form(media_type="multipart/form-data")],
) -> HTMLResponse:
    """Answer, reopen, withdraw, ask or add; loading the page again says nothing twice."""
    at = now()
    timeline = by_pin.look_up_complaint(
        session, valkey, number=form.number, pin=form.pin, address=address, at=at
    )
    try:
        tokens = stage_all(session, valkey, blobs, form.files, address=address, at=at)
        timeline = by_pin.act_by_pin(
            session,
            valkey,
            number=form.number,
            pin=form.pin,
            action=action,
            form=form.as_form(),
            attachments=[*form.attachments, *tokens],
            address=address,
            at=at,
        )
    except DomainError as error:
        return show_refused_step(
            request, error, timeline=timeline, action=action, form=form, pin=form.pin
        )
    return render(request, "complaint.html", timeline=timeline, pin=form.pin)
