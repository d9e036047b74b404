"""The phone page of a check-in: ``/check-in``, from the poster's link or a photo of the poster."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import SessionDep, ValkeyDep
from api.pages.posters import make_check_in_address
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from api.schemas.check_in_pages import PunchForm
from api.schemas.check_ins import PosterToken
from attendance import phone
from core.clock import now
from core.enums import Notice
from db.base import new_id
from identity import consents
from identity.queries import get_person
from projects.queries import get_project, get_project_by_poster
from qr.reading import LARGEST_UPLOAD, read_poster_token

router = APIRouter(prefix="/check-in", route_class=PageRoute, include_in_schema=False)


@router.get("")
def show_check_in(
    request: Request,
    session: SessionDep,
    worker: PageWorkerDep,
    poster_token: PosterToken | None = None,
) -> HTMLResponse:
    """Show the two buttons for the poster's site, or ask for its poster."""
    if poster_token is None:
        return render(request, "check_in_poster.html")
    return render(
        request,
        "check_in.html",
        project=get_project_by_poster(session, poster_token),
        person=get_person(session, worker.person_id),
        nonce=new_id(),
        has_agreed=consents.has_agreed(session, person_id=worker.person_id, notice=Notice.LOCATION),
        notice=consents.LOCATION_NOTICE,
        notice_version=consents.LOCATION_NOTICE_VERSION,
    )


@router.post("")
def check_in(
    request: Request,
    session: SessionDep,
    valkey: ValkeyDep,
    worker: PageWorkerDep,
    form: Annotated[PunchForm, Form()],
) -> HTMLResponse:
    """Check in, and say what became of it."""
    view = phone.check_in_at_poster(
        session, valkey, person_id=worker.person_id, punch=form.to_punch(), at=now()
    )
    project = get_project(session, view.check_in.project_id)
    return render(request, "checked_in.html", status=201, view=view, project=project)


@router.post("/poster")
def read_poster(_worker: PageWorkerDep, photo: UploadFile) -> Response:
    """Find the poster on a photograph; the photograph is not kept."""
    token = read_poster_token(photo.file.read(LARGEST_UPLOAD + 1))
    return RedirectResponse(make_check_in_address(token), 303)


@router.post("/no-location")
def withdraw_location_consent(
    session: SessionDep, worker: PageWorkerDep, poster_token: Annotated[PosterToken, Form()]
) -> Response:
    """Stop the use of the worker's location."""
    consents.withdraw(session, person_id=worker.person_id, notice=Notice.LOCATION, at=now())
    return RedirectResponse(make_check_in_address(poster_token), 303)
