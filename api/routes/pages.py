"""The phone page: what a worker sees at ``/``. Same services as the API, no logic of its own."""

import json
from secrets import token_urlsafe
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import AddressDep, BlobsDep, KeyringDep, SessionDep, ValkeyDep
from api.pages.posters import make_check_in_address, make_sign_in_address
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import CookieJarDep, PageWorkerDep
from api.pages.stories import show_refused_step
from api.pages.uploads import stage_all
from api.routes.cases import NumberPath
from api.schemas.cases import OwnActionForm
from api.schemas.check_ins import PosterToken
from api.schemas.complaints import MyComplaintForm
from api.schemas.pages import CodeForm, SignInForm
from api.schemas.payslips import ConfirmIn, ReceivedIn
from cases import service as cases
from core.case_enums import CaseAction
from core.clock import local_date, now
from core.enums import Role
from core.errors import DomainError
from identity import service as identity
from identity.errors import ChooseIdentityError, WrongCodeError
from identity.rules import Choice
from payroll import answers, complaints, receipts
from payroll.status import get_wage_status
from qr import code, image, phones
from qr import service as qr

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PAYSLIPS_SHOWN = 24
MARK_BYTES = 18


@router.get("/")
def show_home(
    request: Request,
    session: SessionDep,
    worker: PageWorkerDep,
    project_id: UUID | None = None,
    poster_token: PosterToken | None = None,
) -> Response:
    """Show the live code and how the wages stand; from a poster go on to the check-in."""
    if poster_token is not None:
        return RedirectResponse(make_check_in_address(poster_token), 303)
    at = now()
    person, _, engagements = identity.get_me(session, worker, on=local_date(at))
    return render(
        request,
        "home.html",
        person=person,
        engagements=engagements,
        project_id=project_id,
        wages=get_wage_status(session, person_id=worker.person_id, at=at),
        seconds_left=code.STEP_SECONDS - int(at.timestamp()) % code.STEP_SECONDS,
        other_phone=phones.find_other_phone(session, principal=worker, at=at),
    )


@router.post("/this-phone")
def use_this_phone(
    session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep, worker: PageWorkerDep
) -> Response:
    """End the codes of the worker's other phone."""
    phones.move_code_kit(session, valkey, keyring, principal=worker, at=now())
    return RedirectResponse("/", 303)


@router.get("/code.png")
def show_code(
    session: SessionDep,
    keyring: KeyringDep,
    worker: PageWorkerDep,
    project_id: UUID | None = None,
) -> Response:
    """Draw the code of this moment."""
    text = qr.make_live_code(
        session, keyring, person_id=worker.person_id, at=now(), project_id=project_id
    )
    return Response(image.png(text), media_type="image/png", headers={"Cache-Control": "no-store"})


@router.get("/sign-in")
def show_sign_in(request: Request, poster_token: PosterToken | None = None) -> HTMLResponse:
    """Ask for the phone number; a scanned poster comes along."""
    return render(request, "sign_in.html", poster_token=poster_token)


@router.post("/sign-in/code")
def request_code(
    request: Request, session: SessionDep, valkey: ValkeyDep, form: Annotated[CodeForm, Form()]
) -> HTMLResponse:
    """Text a code and ask for it; the number stays out of addresses and logs."""
    identity.request_code(session, valkey, phone=form.phone)
    return render(request, "code.html", phone=form.phone, poster_token=form.poster_token)


@router.post("/sign-in")
def sign_in(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    keyring: KeyringDep,
    *,
    jar: CookieJarDep,
    form: Annotated[SignInForm, Form()],
) -> Response:
    """Sign in as the worker this phone belongs to, or ask which of them it is."""
    told: dict[str, Any] = {"phone": form.phone, "poster_token": form.poster_token}
    choice = Choice(person_id=form.person_id, role=Role.WORKER)
    try:
        signed_in = identity.sign_in(
            session,
            valkey,
            keyring,
            phone=form.phone,
            code=form.code,
            choice=choice,
            at=now(),
        )
    except WrongCodeError as problem:
        return render(request, "code.html", status=401, **told, problem=problem)
    except ChooseIdentityError as problem:
        choices = problem.facts["choices"]
        return render(request, "choose.html", **told, code=form.code, choices=choices)
    response = RedirectResponse(make_check_in_address(form.poster_token), 303)
    jar.keep(response, signed_in)
    return response


@router.post("/sign-out")
def sign_out(
    session: SessionDep,
    worker: PageWorkerDep,
    jar: CookieJarDep,
    poster_token: Annotated[PosterToken | None, Form()] = None,
) -> Response:
    """End the sign-in of this browser; whoever checks in next signs in for the same poster."""
    identity.sign_out(session, family_id=worker.sign_in_family_id, at=now())
    response = RedirectResponse(make_sign_in_address({"poster_token": poster_token or ""}), 303)
    jar.clear(response)
    return response


@router.get("/payslips")
def show_payslips(request: Request, session: SessionDep, worker: PageWorkerDep) -> HTMLResponse:
    """List the latest payslips."""
    own = answers.list_payslips(
        session, person_id=worker.person_id, before=None, limit=PAYSLIPS_SHOWN
    )
    return render(request, "payslips.html", payslips=own[:PAYSLIPS_SHOWN])


@router.get("/payslips/{payslip_id}")
def show_payslip(
    request: Request, session: SessionDep, worker: PageWorkerDep, payslip_id: UUID
) -> HTMLResponse:
    """Show one payslip with everything there is to confirm or dispute."""
    own = answers.get_payslip(session, person_id=worker.person_id, payslip_id=payslip_id)
    return render(request, "payslip.html", own=own, content=own.payslip.content)


@router.post("/payslips/{payslip_id}/confirm")
def confirm_payslip(
    session: SessionDep,
    keyring: KeyringDep,
    worker: PageWorkerDep,
    payslip_id: UUID,
    form: Annotated[ConfirmIn, Form()],
) -> Response:
    """Agree with what was shown."""
    answers.confirm_payslip(
        session,
        keyring,
        principal=worker,
        payslip_id=payslip_id,
        content_hash=form.content_hash,
        at=now(),
    )
    return RedirectResponse(f"/payslips/{payslip_id}", 303)


@router.get("/payslips/{payslip_id}/receipt.json")
def download_receipt(
    session: SessionDep, keyring: KeyringDep, worker: PageWorkerDep, payslip_id: UUID
) -> Response:
    """Save the receipt as a file that `python -m evidence verify` checks."""
    document = receipts.get_receipt(
        session, keyring, person_id=worker.person_id, payslip_id=payslip_id
    )
    return Response(
        json.dumps(document, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="receipt-{payslip_id}.json"'},
    )


@router.post("/payslips/{payslip_id}/received")
def report_received(
    session: SessionDep,
    worker: PageWorkerDep,
    payslip_id: UUID,
    form: Annotated[ReceivedIn, Form()],
) -> Response:
    """Say whether the money came."""
    answers.report_received(
        session, principal=worker, payslip_id=payslip_id, received=form.received, at=now()
    )
    return RedirectResponse(f"/payslips/{payslip_id}", 303)


@router.get("/complaints")
def show_complaints(request: Request, session: SessionDep, worker: PageWorkerDep) -> HTMLResponse:
    """List the worker's complaints."""
    own = cases.list_my_complaints(session, person_id=worker.person_id, at=now())
    return render(request, "complaints.html", timelines=own)


@router.get("/complaints/new")
def show_complaint_form(
    request: Request, session: SessionDep, worker: PageWorkerDep, payslip_id: UUID | None = None
) -> HTMLResponse:
    """Ask at most three things; a payslip answers the first."""
    own = payslip_id and answers.get_payslip(
        session, person_id=worker.person_id, payslip_id=payslip_id
    )
    _, _, engagements = identity.get_me(session, worker, on=local_date(now()))
    return render(
        request, "complain.html", own=own, engagements=engagements, mark=token_urlsafe(MARK_BYTES)
    )


@router.post("/complaints")
def file_my_complaint(
    *,
    session: SessionDep,
    keyring: KeyringDep,
    valkey: ValkeyDep,
    blobs: BlobsDep,
    address: AddressDep,
    worker: PageWorkerDep,
    form: Annotated[MyComplaintForm, Form(media_type="multipart/form-data")],
) -> Response:
    """File the complaint with its files; loading the next page again files nothing."""
    at = now()
    tokens = stage_all(session, valkey, blobs, form.files, address=address, at=at)
    said = form.model_dump(exclude={"files"}) | {"attachments": [*form.attachments, *tokens]}
    filed = complaints.file_my_complaint(session, keyring, principal=worker, **said, at=at)
    return RedirectResponse(f"/complaints/filed/{filed.ticket}", 303)


@router.get("/complaints/filed/{ticket}")
def show_filed_complaint(
    request: Request, session: SessionDep, keyring: KeyringDep, _: PageWorkerDep, ticket: str
) -> HTMLResponse:
    """Show number and PIN, for half an hour."""
    filed = complaints.get_filed_complaint(session, keyring, ticket=ticket, at=now())
    return render(request, "filed.html", filed=filed)


@router.get("/complaints/{number}")
def show_complaint(
    request: Request, session: SessionDep, worker: PageWorkerDep, number: NumberPath
) -> HTMLResponse:
    """Tell the story of a complaint."""
    timeline = cases.get_my_complaint(session, number=number, person_id=worker.person_id, at=now())
    return render(request, "complaint.html", timeline=timeline)


@router.post("/complaints/{number}/{action}")
def act_on_my_complaint(
    *,
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    blobs: BlobsDep,
    address: AddressDep,
    worker: PageWorkerDep,
    number: NumberPath,
    action: CaseAction,
    form: Annotated[OwnActionForm, Form(media_type="multipart/form-data")],
) -> Response:
    """Withdraw, reopen, agree or add something."""
    at = now()
    timeline = cases.get_my_complaint(session, number=number, person_id=worker.person_id, at=at)
    try:
        tokens = stage_all(session, valkey, blobs, form.files, address=address, at=at)
        cases.act_on_case(
            session,
            principal=worker,
            number=number,
            action=action,
            form=form.as_form(),
            attachments=[*form.attachments, *tokens],
            at=at,
        )
    except DomainError as error:
        return show_refused_step(request, error, timeline=timeline, action=action, form=form)
    return RedirectResponse(f"/complaints/{number}", 303)
