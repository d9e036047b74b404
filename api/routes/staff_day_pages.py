"""The desk's pages of single days: the crossings behind a line, entries by hand, objections."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import BlobsDep, SessionDep
from api.pages.desk import HOME, DeskManagerDep, DeskRoute, DeskStaffDep, render_desk
from api.schemas.desk_attendance import ReplyForm, TimesForm
from api.schemas.withdrawals import WithdrawalIn
from attendance import day_views, manual, objections, withdrawals
from attendance.errors import CorrectionUnfitError, EntryStaysError
from attendance.manual import DayEntry
from attendance.withdrawals import SAYS
from core.clock import now
from core.day_enums import EntryOutcome, ObjectionOutcome

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}", route_class=DeskRoute, include_in_schema=False
)
WORKER = "/attendance/{sheet_id}/workers/{worker_id}"
ENTERED = (EntryOutcome.RECORDED, EntryOutcome.REPEATED)


@router.get(WORKER)
def show_worker_days(
    request: Request,
    session: SessionDep,
    staff: DeskStaffDep,
    *,
    project_id: UUID,
    sheet_id: UUID,
    worker_id: UUID,
) -> HTMLResponse:
    """Show the days of a worker with every crossing, and what the worker says of them."""
    shown = day_views.view_worker_days(
        session,
        principal=staff,
        project_id=project_id,
        sheet_id=sheet_id,
        worker_id=worker_id,
        at=now(),
    )
    return render_desk(request, "desk_attendance_worker.html", staff, shown=shown)


@router.post(f"{WORKER}/entries")
def enter_day(
    session: SessionDep,
    manager: DeskManagerDep,
    *,
    project_id: UUID,
    sheet_id: UUID,
    worker_id: UUID,
    form: Annotated[TimesForm, Form()],
) -> Response:
    """Enter by hand what no gate saw of a day; the worker is told."""
    (result,) = manual.enter_days(
        session,
        principal=manager,
        project_id=project_id,
        entries=[DayEntry(worker_id, form.in_at, form.out_at)],
        reason=form.reason,
        dry_run=False,
        at=now(),
    )
    if result.outcome not in ENTERED:
        raise CorrectionUnfitError(outcome=result.outcome)
    return _go_back(project_id, sheet_id, worker_id)


@router.post(f"{WORKER}/withdrawals")
def withdraw_entries(
    session: SessionDep,
    manager: DeskManagerDep,
    *,
    project_id: UUID,
    sheet_id: UUID,
    worker_id: UUID,
    form: Annotated[WithdrawalIn, Form()],
) -> Response:
    """Take back what was entered by hand or imported of a day; the worker is told."""
    results = withdrawals.withdraw_entries(
        session,
        principal=manager,
        project_id=project_id,
        check_in_ids=form.check_in_ids,
        reason=form.reason,
        at=now(),
    )
    kept = next((result for result in results if result.withdrawal is None), None)
    if kept is not None:
        raise EntryStaysError(say=SAYS[kept.outcome])
    return _go_back(project_id, sheet_id, worker_id)


@router.post(f"{WORKER}/objections/{{objection_id}}")
def reply_to_objection(
    session: SessionDep,
    manager: DeskManagerDep,
    *,
    project_id: UUID,
    sheet_id: UUID,
    worker_id: UUID,
    objection_id: UUID,
    form: Annotated[ReplyForm, Form()],
) -> Response:
    """Agree with an objection and enter what was missing, or keep to the day and say why."""
    if form.outcome is ObjectionOutcome.ACCEPTED:
        objections.accept_objection(
            session,
            principal=manager,
            project_id=project_id,
            objection_id=objection_id,
            reason=form.reason,
            in_at=form.in_at,
            out_at=form.out_at,
            at=now(),
        )
    else:
        objections.reject_objection(
            session,
            principal=manager,
            project_id=project_id,
            objection_id=objection_id,
            reason=form.reason,
        )
    return _go_back(project_id, sheet_id, worker_id)


@router.get("/objections/{objection_id}/photos/{photo_id}")
def get_objection_photo(
    session: SessionDep,
    blobs: BlobsDep,
    _manager: DeskManagerDep,
    *,
    project_id: UUID,
    objection_id: UUID,
    photo_id: UUID,
) -> Response:
    """Show a picture of an objection."""
    content = objections.get_objection_photo(
        session, blobs, project_id=project_id, objection_id=objection_id, photo_id=photo_id
    )
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _go_back(project_id: UUID, sheet_id: UUID, worker_id: UUID) -> Response:
    path = WORKER.format(sheet_id=sheet_id, worker_id=worker_id)
    return RedirectResponse(f"{HOME}/projects/{project_id}{path}", 303)
