"""The kiosk's screen, ``/kiosk``: card and PIN, the payslip in large letters, the answer."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.deps import AddressDep, KeyringDep, SessionDep, ValkeyDep
from api.pages.kiosk import (
    HOME,
    WITNESS_SECONDS,
    KioskJarDep,
    KioskRoute,
    KioskWorkerDep,
    MaybeKioskWorkerDep,
    PageKioskDep,
    render_kiosk,
)
from api.pages.rendering import FIELD_NAMES
from api.schemas.devices import PairIn
from api.schemas.kiosk_pages import CardForm, KioskDisputeForm, WitnessedForm
from api.schemas.payslips import ConfirmIn
from core.clock import now
from core.enums import DeviceProfile
from devices import service as devices
from devices.token_roll import is_roll_wanted, roll_token
from identity import service as identity
from identity.errors import NotSignedInError
from identity.principal import Principal
from identity.service import AssistedSignIn
from payroll import answers, assisted
from payroll.answers import OwnPayslip
from payroll.assisted_errors import WitnessMissingError
from qr import card_pins
from qr.errors import ChooseNewPinError

router = APIRouter(prefix=HOME, route_class=KioskRoute, include_in_schema=False)

PAYSLIPS_SHOWN = 12
PAYSLIPS = f"{HOME}/payslips"


@router.get("")
def show_start(
    request: Request,
    session: SessionDep,
    kiosk: PageKioskDep,
    worker: MaybeKioskWorkerDep,
    jar: KioskJarDep,
) -> HTMLResponse:
    """Ask for the next card; whoever was signed in is not any more."""
    if kiosk is None:
        return render_kiosk(request, "kiosk_pair.html")
    at = now()
    devices.note_contact(kiosk, at=at, clock_offset_ms=None)
    response = render_kiosk(request, "kiosk_card.html", kiosk=kiosk)
    if worker is not None:
        identity.sign_out(session, family_id=worker.sign_in_family_id, at=at)
        jar.clear_worker(response)
    if is_roll_wanted(kiosk, at=at):
        jar.keep_device(response, roll_token(session, device=kiosk).token)
    return response


@router.post("/pair")
def pair_kiosk(
    session: SessionDep,
    valkey: ValkeyDep,
    address: AddressDep,
    jar: KioskJarDep,
    form: Annotated[PairIn, Form()],
) -> Response:
    """Make this browser the kiosk that the labour manager registered."""
    paired = devices.pair_device(session, valkey, pairing_code=form.pairing_code, caller=address)
    devices.check_profile(paired.device, DeviceProfile.KIOSK)
    response = RedirectResponse(HOME, 303)
    jar.keep_device(response, paired.token)
    return response


@router.post("/sign-in")
def sign_in_with_card(
    request: Request,
    *,
    session: SessionDep,
    valkey: ValkeyDep,
    keyring: KeyringDep,
    kiosk: PageKioskDep,
    jar: KioskJarDep,
    form: Annotated[CardForm, Form()],
) -> Response:
    """Sign in for ten minutes; a letter's PIN is replaced first."""
    if kiosk is None:
        raise NotSignedInError
    told: dict[str, Any] = {"kiosk": kiosk, "card": form.card}
    try:
        signed_in = card_pins.sign_in(
            session,
            valkey,
            keyring,
            kiosk=kiosk,
            card_text=form.card,
            pin=form.pin,
            new_pin=form.new_pin,
            at=now(),
        )
    except ChooseNewPinError as problem:
        return render_kiosk(request, "kiosk_new_pin.html", problem=problem, **told)
    if not isinstance(signed_in, AssistedSignIn):  # returned, so that the try is counted
        return render_kiosk(request, "kiosk_card.html", status=401, problem=signed_in, **told)
    response = RedirectResponse(_first_address(session, signed_in.principal), 303)
    jar.keep_worker(response, signed_in)
    return response


@router.post("/sign-out")
def sign_out_of_kiosk(
    session: SessionDep, worker: MaybeKioskWorkerDep, jar: KioskJarDep
) -> Response:
    """End the sign-in and ask for the next card."""
    if worker is not None:
        identity.sign_out(session, family_id=worker.sign_in_family_id, at=now())
    response = RedirectResponse(HOME, 303)
    jar.clear_worker(response)
    return response


@router.get("/payslips")
def show_payslips(request: Request, session: SessionDep, worker: KioskWorkerDep) -> HTMLResponse:
    """List the latest payslips."""
    return render_kiosk(request, "kiosk_payslips.html", payslips=_list_own(session, worker))


@router.get("/payslips/{payslip_id}")
def show_payslip(
    request: Request, session: SessionDep, worker: KioskWorkerDep, payslip_id: UUID
) -> HTMLResponse:
    """Show a payslip in large letters and what can be answered."""
    own = answers.get_payslip(session, person_id=worker.person_id, payslip_id=payslip_id)
    return render_kiosk(
        request,
        "kiosk_payslip.html",
        own=own,
        content=own.payslip.content,
        witnessed_until=assisted.find_standing(
            session, principal=worker, payslip=own.payslip, at=now()
        ),
    )


@router.post("/payslips/{payslip_id}/witness")
def request_witness(
    request: Request,
    session: SessionDep,
    worker: KioskWorkerDep,
    payslip_id: UUID,
    form: Annotated[ConfirmIn, Form()],
) -> HTMLResponse:
    """Show the code that somebody beside the worker types on their own phone."""
    shown = assisted.request_witness(
        session,
        principal=worker,
        payslip_id=payslip_id,
        content_hash=form.content_hash,
        at=now(),
    )
    told = WitnessedForm(content_hash=form.content_hash, code=shown.code)
    return _show_code(request, payslip_id, told)


@router.post("/payslips/{payslip_id}/confirm")
def confirm_payslip(
    request: Request,
    *,
    session: SessionDep,
    keyring: KeyringDep,
    worker: KioskWorkerDep,
    payslip_id: UUID,
    form: Annotated[WitnessedForm, Form()],
) -> Response:
    """Agree with what was shown, or say that nobody has typed the code yet."""
    try:
        answers.confirm_payslip(
            session,
            keyring,
            principal=worker,
            payslip_id=payslip_id,
            content_hash=form.content_hash,
            at=now(),
        )
    except WitnessMissingError as problem:
        if form.code is None:
            raise
        return _show_code(request, payslip_id, form, problem=problem)
    return RedirectResponse(f"{PAYSLIPS}/{payslip_id}", 303)


@router.get("/payslips/{payslip_id}/witness")
@router.get("/payslips/{payslip_id}/confirm")
def go_back_to_payslip(_worker: KioskWorkerDep, payslip_id: UUID) -> Response:
    """Lead back whoever loads an answer's address again."""
    return RedirectResponse(f"{PAYSLIPS}/{payslip_id}", 303)


@router.get("/payslips/{payslip_id}/dispute")
def show_dispute(
    request: Request, session: SessionDep, worker: KioskWorkerDep, payslip_id: UUID
) -> HTMLResponse:
    """Ask what is wrong, by touch."""
    own = answers.get_payslip(session, person_id=worker.person_id, payslip_id=payslip_id)
    return render_kiosk(request, "kiosk_dispute.html", own=own)


@router.post("/payslips/{payslip_id}/dispute")
def dispute_payslip(
    session: SessionDep,
    worker: KioskWorkerDep,
    payslip_id: UUID,
    form: Annotated[KioskDisputeForm, Form()],
) -> Response:
    """Say what is wrong; without words the touched fields are the reason."""
    touched = "、".join(FIELD_NAMES[field] for field in form.fields)
    answers.dispute_payslip(
        session,
        principal=worker,
        payslip_id=payslip_id,
        reason=form.words or f"在自助机上点了：{touched}",
        fields=form.fields,
        at=now(),
    )
    return RedirectResponse(f"{PAYSLIPS}/{payslip_id}", 303)


def _list_own(session: Session, worker: Principal) -> list[OwnPayslip]:
    own = answers.list_payslips(
        session, person_id=worker.person_id, before=None, limit=PAYSLIPS_SHOWN
    )
    return own[:PAYSLIPS_SHOWN]


def _first_address(session: Session, worker: Principal) -> str:
    """Return the newest payslip, which is what people come for."""
    own = _list_own(session, worker)
    return f"{PAYSLIPS}/{own[0].payslip.id}" if own else PAYSLIPS


def _show_code(
    request: Request,
    payslip_id: UUID,
    shown: WitnessedForm,
    *,
    problem: WitnessMissingError | None = None,
) -> HTMLResponse:
    return render_kiosk(
        request,
        "kiosk_witness.html",
        status=403 if problem else 200,
        idle_seconds=WITNESS_SECONDS,
        shown=shown,
        address=f"{PAYSLIPS}/{payslip_id}",
        problem=problem,
    )
