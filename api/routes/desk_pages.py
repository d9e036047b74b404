"""The desk's entrance, ``/desk``: signing in, the months of a project, bank files that wait."""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import KeyringDep, SessionDep, ValkeyDep
from api.pages.desk import (
    DESK_ROLES,
    HOME,
    DeskJarDep,
    DeskManagerDep,
    DeskRoute,
    DeskStaffDep,
    render_desk,
)
from api.pages.months import arrange_months, find_first_month
from api.pages.rendering import render
from api.schemas.attendance import Month
from api.schemas.desk_pages import DeskCodeForm, DeskSignInForm, KioskForm
from attendance import sheet_acts
from core.clock import local_date, month_start, now
from core.enums import DeviceProfile, Role
from devices.service import create_device
from identity import service as identity
from identity.errors import ChooseIdentityError, RoleRequiredError, WrongCodeError
from identity.rules import Choice
from payroll import desk_queries, release
from projects import service as projects
from projects.queries import get_team

router = APIRouter(prefix=HOME, route_class=DeskRoute, include_in_schema=False)

ENTRANCE: dict[str, Any] = {"entrance": HOME, "home": HOME}
SHEETS_SHOWN = 400
WAITING_SHOWN = 50


@router.get("")
def show_desk(staff: DeskStaffDep) -> Response:
    """Go to where this person works."""
    if staff.role is Role.LABOUR_MANAGER:
        return RedirectResponse(f"{HOME}/projects/{staff.project_id}", 303)
    return RedirectResponse(f"{HOME}/batches", 303)


@router.get("/sign-in")
def show_desk_sign_in(request: Request) -> HTMLResponse:
    """Ask for the phone number."""
    return render(request, "sign_in.html", **ENTRANCE)


@router.post("/sign-in/code")
def request_desk_code(
    request: Request, session: SessionDep, valkey: ValkeyDep, form: Annotated[DeskCodeForm, Form()]
) -> HTMLResponse:
    """Text a code and ask for it."""
    identity.request_code(session, valkey, phone=form.phone)
    return render(request, "code.html", phone=form.phone, **ENTRANCE)


@router.post("/sign-in")
def sign_in_at_desk(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    keyring: KeyringDep,
    *,
    jar: DeskJarDep,
    form: Annotated[DeskSignInForm, Form()],
) -> Response:
    """Sign in as somebody who makes the pay, or ask which of the number's roles is meant."""
    try:
        signed_in = identity.sign_in(
            session,
            valkey,
            keyring,
            phone=form.phone,
            code=form.code,
            choice=Choice(form.person_id, form.role, form.scope),
            at=now(),
        )
    except WrongCodeError as problem:
        told = {"phone": form.phone, "problem": problem, **ENTRANCE}
        return render(request, "code.html", status=401, **told)
    except ChooseIdentityError as problem:
        return _ask_which(request, form, problem)
    if signed_in.principal.role not in DESK_ROLES:
        raise RoleRequiredError(roles=[*DESK_ROLES])
    response = RedirectResponse(HOME, 303)
    jar.keep(response, signed_in)
    return response


@router.post("/sign-out")
def sign_out_of_desk(session: SessionDep, staff: DeskStaffDep, jar: DeskJarDep) -> Response:
    """End the sign-in of this browser's desk."""
    identity.sign_out(session, family_id=staff.sign_in_family_id, at=now())
    response = RedirectResponse(f"{HOME}/sign-in", 303)
    jar.clear(response)
    return response


@router.get("/projects/{project_id}")
def show_months(
    request: Request,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    since: Month | None = None,
) -> HTMLResponse:
    """List the months of the project: attendance, pay, answers, team by team."""
    today = local_date(now())
    first = since or find_first_month(today)
    detail = projects.get_project(session, principal=manager, project_id=project_id)
    drawn = sheet_acts.list_sheets(
        session, project_id=project_id, month=None, before=None, limit=SHEETS_SHOWN
    )
    shown = [sheet for sheet in drawn if sheet.month >= first]
    paid = desk_queries.list_progress(session, project_id=project_id, since=first)
    return render_desk(
        request,
        "desk_months.html",
        manager,
        detail=detail,
        months=arrange_months(detail.teams, shown, paid, today=today),
        earlier=find_first_month(month_start(first)),
    )


@router.post("/projects/{project_id}/kiosks")
def create_kiosk(
    request: Request,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[KioskForm, Form()],
) -> HTMLResponse:
    """Register a kiosk and show, once, the code that pairs it."""
    offer = create_device(
        session, project_id=project_id, name=form.name, profile=DeviceProfile.KIOSK
    )
    return render_desk(request, "desk_kiosk.html", manager, offer=offer)


@router.get("/batches")
def show_waiting_batches(
    request: Request, session: SessionDep, staff: DeskStaffDep
) -> HTMLResponse:
    """List the bank files that somebody has to release, and a company's sheets to look over."""
    at = now()
    waiting = release.list_waiting_batches(
        session, principal=staff, before=None, limit=WAITING_SHOWN, at=at
    )
    sheets = sheet_acts.list_open_sheets(
        session, principal=staff, before=None, limit=WAITING_SHOWN, at=at
    )
    return render_desk(
        request,
        "desk_batches.html",
        staff,
        batches=waiting[:WAITING_SHOWN],
        sheets=[
            (sheet, get_team(session, project_id=sheet.project_id, team_id=sheet.team_id))
            for sheet in sheets[:WAITING_SHOWN]
        ],
    )


def _ask_which(
    request: Request, form: DeskSignInForm, problem: ChooseIdentityError
) -> HTMLResponse:
    """Offer the number's identities that have a desk; RoleRequiredError where none has."""
    choices = cast("list[dict[str, Any]]", problem.facts["choices"])
    theirs = [choice for choice in choices if choice["role"] in DESK_ROLES]
    if not theirs:
        raise RoleRequiredError(roles=[*DESK_ROLES]) from problem
    told = {"phone": form.phone, "code": form.code, "choices": theirs, **ENTRANCE}
    return render(request, "choose.html", **told)
