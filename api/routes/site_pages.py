"""What a poster's code opens, for anybody: ``/s/{poster_token}`` and the complaint from there."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from api.deps import AddressDep, SessionDep, ValkeyDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sites import ScannedBoardDep
from api.schemas.posters import PosterComplaintForm
from cases import service as cases
from core.clock import now
from core.enums import Disclosure

router = APIRouter(prefix="/s", route_class=PageRoute, include_in_schema=False)


@router.get("/{poster_token}")
def show_site(request: Request, board: ScannedBoardDep, poster_token: str) -> HTMLResponse:
    """Show the rights notice board of the site, and what can be done from here."""
    return render(request, "site.html", board=board, poster_token=poster_token)


@router.get("/{poster_token}/complain")
def show_poster_complaint_form(
    request: Request, board: ScannedBoardDep, poster_token: str
) -> HTMLResponse:
    """Ask what happened; the site is known already."""
    return render(request, "site_complain.html", board=board, poster_token=poster_token)


@router.post("/{poster_token}/complain")
def file_poster_complaint(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    *,
    address: AddressDep,
    poster_token: str,
    form: Annotated[PosterComplaintForm, Form()],
) -> HTMLResponse:
    """File the complaint and show number and PIN, this once."""
    filed = cases.file_poster_complaint(
        session,
        valkey,
        poster_token=poster_token,
        **form.model_dump(),
        address=address,
        at=now(),
    )
    is_texted = form.phone is not None and form.disclosure is not Disclosure.ANONYMOUS
    return render(request, "site_filed.html", status=201, filed=filed, is_texted=is_texted)
