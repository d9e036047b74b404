"""What a poster's code opens, for anybody: ``/s/{poster_token}`` and the complaint from there."""

from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.deps import AddressDep, BlobsDep, KeyringDep, SessionDep, ValkeyDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sites import ScannedBoardDep
from api.pages.uploads import stage_all
from api.schemas.posters import PosterComplaintForm
from cases import bundles
from cases import service as cases
from core.clock import now

router = APIRouter(prefix="/s", route_class=PageRoute, include_in_schema=False)

MARK_BYTES = 18


@router.get("/{poster_token}")
def show_site(request: Request, board: ScannedBoardDep, poster_token: str) -> HTMLResponse:
    """Show the rights notice board of the site, and what can be done from here."""
    return render(request, "site.html", board=board, poster_token=poster_token)


@router.get("/{poster_token}/complain")
def show_poster_complaint_form(
    request: Request, board: ScannedBoardDep, poster_token: str
) -> HTMLResponse:
    """Ask what happened; the site is known already."""
    return render(
        request,
        "site_complain.html",
        board=board,
        poster_token=poster_token,
        mark=token_urlsafe(MARK_BYTES),
    )


@router.post("/{poster_token}/complain")
def file_poster_complaint(
    session: SessionDep,
    valkey: ValkeyDep,
    keyring: KeyringDep,
    blobs: BlobsDep,
    *,
    address: AddressDep,
    poster_token: str,
    form: Annotated[PosterComplaintForm, Form(media_type="multipart/form-data")],
) -> Response:
    """File the complaint; loading the next page again files nothing."""
    at = now()
    filed = cases.file_poster_complaint(
        session,
        valkey,
        poster_token=poster_token,
        **form.model_dump(exclude={"files"}),
        address=address,
        at=at,
    )
    tokens = stage_all(session, valkey, blobs, form.files, address=address, at=at)
    bundles.seal(session, keyring, complaint_id=filed.complaint_id, attachments=tokens, at=at)
    return RedirectResponse(f"/s/filed/{filed.ticket}", 303)


@router.get("/filed/{ticket}")
def show_filed_complaint(request: Request, session: SessionDep, ticket: str) -> HTMLResponse:
    """Show number and PIN, for half an hour."""
    filed, complaint = cases.get_filed_complaint(session, ticket=ticket, at=now())
    is_texted = complaint.phone is not None
    return render(request, "site_filed.html", filed=filed, is_texted=is_texted)
