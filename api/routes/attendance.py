"""Work days: ``/v1/me/attendance``, ``/v1/projects/{id}/attendance/import``."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Form, Response, UploadFile

from api.deps import BlobsDep, ProjectManagerDep, SessionDep, WorkerDep
from api.problems import problems
from api.schemas.attendance import (
    ConfirmationOut,
    ConfirmDayIn,
    ImportReportOut,
    Month,
    MonthOut,
    ObjectionIn,
    ObjectionOut,
    ObjectionPhotoOut,
)
from api.strict_json import StrictRouter
from attendance import imports, months, objections, withdrawals
from attendance.day_rules import parse_units
from attendance.errors import (
    DayNotUnsureError,
    NotOnProjectThatDayError,
    ObjectionNotFoundError,
    ProjectNeededError,
    TooManyPhotosError,
)
from attendance.facts import ObjectionView
from core.clock import now
from devices.errors import AttlogTooLongError, DeviceNotFoundError, NotAnAttlogError
from evidence.errors import PictureUnreadableError, TooManyPixelsError, UploadTooLargeError
from evidence.pictures import LARGEST_UPLOAD
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError

router = StrictRouter(tags=["attendance"])
NOT_A_WORKER = (NotSignedInError, RoleRequiredError)
NOT_YOURS = (*NOT_A_WORKER, ProjectNotFoundError)
NOT_THAT_DAY = (*NOT_A_WORKER, NotOnProjectThatDayError, ProjectNeededError)
NOT_STORED = {"Cache-Control": "no-store"}


@router.get("/me/attendance", responses=problems(NotSignedInError, RoleRequiredError))
def get_month(session: SessionDep, worker: WorkerDep, month: Month) -> MonthOut:
    """See your work days of a month.

    For a signed-in worker: every day on every project with its hours, the strength of its
    check-ins, a plain word where something is missing, what the site took back, and your own
    objections.
    """
    view = months.get_month(session, person_id=worker.person_id, month=month)
    withdrawn = withdrawals.list_own_withdrawn(session, person_id=worker.person_id, month=month)
    return MonthOut.of(view, withdrawn)


@router.post(
    "/me/work-days/{date}/objections",
    status_code=201,
    responses=problems(*NOT_THAT_DAY),
)
def object_to_day(
    session: SessionDep, worker: WorkerDep, date: date, body: ObjectionIn
) -> ObjectionOut:
    """Say that a day is wrong.

    For a signed-in worker, also for a day without any check-in. The day itself does not change;
    the objection stands on the team's sheet beside it, and the labour manager is told.
    """
    objection = objections.object_to_day(
        session,
        person_id=worker.person_id,
        work_date=date,
        note=body.note,
        at=now(),
        project_id=body.project_id,
    )
    return ObjectionOut.of(ObjectionView(objection, None, ()))


@router.post(
    "/me/work-days/{date}/confirm",
    status_code=201,
    responses=problems(*NOT_THAT_DAY, DayNotUnsureError),
)
def confirm_day(
    session: SessionDep, worker: WorkerDep, date: date, body: ConfirmDayIn
) -> ConfirmationOut:
    """Accept a day that lacks a check-in, as it is shown.

    For a signed-in worker. It holds for these hours and 工日 only: check-ins that arrive later
    make another day of it. Saying nothing confirms nothing.
    """
    confirmation = objections.confirm_day(
        session,
        person_id=worker.person_id,
        work_date=date,
        minutes=body.minutes,
        units=parse_units(body.units),
        at=now(),
        project_id=body.project_id,
    )
    return ConfirmationOut.of(confirmation)


@router.post(
    "/me/objections/{objection_id}/photos",
    status_code=201,
    responses=problems(
        *NOT_A_WORKER,
        ObjectionNotFoundError,
        TooManyPhotosError,
        UploadTooLargeError,
        TooManyPixelsError,
        PictureUnreadableError,
    ),
)
def add_objection_photo(
    session: SessionDep, blobs: BlobsDep, worker: WorkerDep, objection_id: UUID, file: UploadFile
) -> ObjectionPhotoOut:
    """Add a photo to your objection.

    For a signed-in worker: JPEG, PNG or WebP of at most 10 MB, up to three. It is drawn anew, so
    that neither place nor phone is in it; the labour manager sees it.
    """
    photo = objections.add_objection_photo(
        session,
        blobs,
        person_id=worker.person_id,
        objection_id=objection_id,
        content=file.file.read(LARGEST_UPLOAD + 1),
    )
    return ObjectionPhotoOut.of(photo)


@router.get(
    "/me/objections/{objection_id}/photos/{photo_id}",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "As it was kept"},
        **problems(*NOT_A_WORKER, ObjectionNotFoundError),
    },
)
def get_own_objection_photo(
    session: SessionDep, blobs: BlobsDep, worker: WorkerDep, objection_id: UUID, photo_id: UUID
) -> Response:
    """See a photo of your objection.

    For the worker who added it.
    """
    content = objections.get_own_objection_photo(
        session,
        blobs,
        person_id=worker.person_id,
        objection_id=objection_id,
        photo_id=photo_id,
    )
    return Response(content, media_type="image/jpeg", headers=NOT_STORED)


@router.post(
    "/projects/{project_id}/attendance/import",
    responses=problems(*NOT_YOURS, DeviceNotFoundError, NotAnAttlogError, AttlogTooLongError),
)
def import_attlog(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    file: UploadFile,
    device_id: Annotated[UUID, Form(description="The terminal that recorded the file.")],
) -> ImportReportOut:
    """Import a terminal's attendance log (ZKTeco ATTLOG).

    For the project's labour manager. Every readable line is stored once and counts as what the
    terminal proved; uploading it again inserts nothing. Unreadable lines are listed and kept with
    the report.
    """
    report = imports.import_attlog(
        session,
        project_id=project_id,
        device_id=device_id,
        content=file.file.read(),
        at=now(),
        actor=manager,
    )
    return ImportReportOut.of(report)
