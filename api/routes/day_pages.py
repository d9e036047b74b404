"""The phone page of a month's days: ``/days``, with what the worker says for or against them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import BlobsDep, SessionDep
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from api.schemas.attendance import Month
from api.schemas.pages import ConfirmDayForm, ObjectionForm
from attendance import months, objections, withdrawals
from attendance.day_rules import parse_units
from core.clock import local_date, month_start, next_month, now
from evidence.pictures import LARGEST_UPLOAD

router = APIRouter(prefix="/days", route_class=PageRoute, include_in_schema=False)


@router.get("")
def show_days(
    request: Request, session: SessionDep, worker: PageWorkerDep, month: Month | None = None
) -> HTMLResponse:
    """Show the days of a month, this month unless told otherwise."""
    today = local_date(now())
    shown = month or f"{today:%Y-%m}"
    return render(
        request,
        "days.html",
        view=months.get_month(session, person_id=worker.person_id, month=shown),
        withdrawn=withdrawals.list_own_withdrawn(session, person_id=worker.person_id, month=shown),
        earlier=f"{month_start(shown) - date.resolution:%Y-%m}",
        later=f"{next_month(month_start(shown)):%Y-%m}",
        is_current=shown >= f"{today:%Y-%m}",
        most_photos=objections.MOST_PHOTOS,
    )


@router.post("/objections")
def object_to_day(
    session: SessionDep, worker: PageWorkerDep, form: Annotated[ObjectionForm, Form()]
) -> Response:
    """Write down that a day is wrong."""
    objections.object_to_day(
        session,
        person_id=worker.person_id,
        work_date=form.work_date,
        note=form.note,
        at=now(),
        project_id=form.project_id,
    )
    return RedirectResponse(f"/days?month={form.work_date:%Y-%m}#objections", 303)


@router.post("/confirm")
def confirm_day(
    session: SessionDep, worker: PageWorkerDep, form: Annotated[ConfirmDayForm, Form()]
) -> Response:
    """Accept an uncertain day as it was shown."""
    objections.confirm_day(
        session,
        person_id=worker.person_id,
        work_date=form.work_date,
        minutes=form.minutes,
        units=parse_units(form.units),
        at=now(),
        project_id=form.project_id,
    )
    return RedirectResponse(f"/days?month={form.work_date:%Y-%m}", 303)


@router.post("/objections/{objection_id}/photos")
def add_objection_photo(
    *,
    session: SessionDep,
    blobs: BlobsDep,
    worker: PageWorkerDep,
    objection_id: UUID,
    photo: UploadFile,
    month: Annotated[Month, Form()],
) -> Response:
    """Keep a picture with an objection."""
    objections.add_objection_photo(
        session,
        blobs,
        person_id=worker.person_id,
        objection_id=objection_id,
        content=photo.file.read(LARGEST_UPLOAD + 1),
    )
    return RedirectResponse(f"/days?month={month}#objections", 303)


@router.get("/objections/{objection_id}/photos/{photo_id}")
def get_objection_photo(
    session: SessionDep,
    blobs: BlobsDep,
    worker: PageWorkerDep,
    objection_id: UUID,
    photo_id: UUID,
) -> Response:
    """Show a picture to whoever added it."""
    content = objections.get_own_objection_photo(
        session,
        blobs,
        person_id=worker.person_id,
        objection_id=objection_id,
        photo_id=photo_id,
    )
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "no-store"})
