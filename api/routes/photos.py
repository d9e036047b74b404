"""Workers' photos, and the gates that may show them: ``/v1/me/photo``, ``/v1/gate/faces``."""

from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Response, UploadFile

from api.deps import GateDep, ProjectManagerDep, SessionDep, WorkerDep
from api.problems import problems
from api.schemas.photos import FacesAtGatesIn, FacesOut, PhotoNoticeOut, PhotoOut
from api.strict_json import StrictRouter
from core.clock import now
from devices import faces
from devices.errors import UnknownDeviceError, WrongProfileError
from evidence.errors import PictureUnreadableError, TooManyPixelsError, UploadTooLargeError
from evidence.pictures import LARGEST_UPLOAD
from identity import photos
from identity.errors import (
    ConsentMissingError,
    NotSignedInError,
    PersonNotFoundError,
    PhotoNotFoundError,
    PhotoNoticeChangedError,
    RoleRequiredError,
)
from projects.errors import ProjectNotFoundError

router = StrictRouter(tags=["photos"])
NOT_STORED = {"Cache-Control": "no-store"}
NOT_A_WORKER = (NotSignedInError, RoleRequiredError)
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)
BAD_PHOTO = (
    PhotoNoticeChangedError,
    UploadTooLargeError,
    TooManyPixelsError,
    PictureUnreadableError,
)
NoticeVersion = Annotated[
    str, Form(max_length=20, description="`version` of the notice that the worker has read.")
]


@router.get("/photo-notice")
def get_photo_notice() -> PhotoNoticeOut:
    """Read what a worker agrees to with a photo.

    For anybody. A photo is never required: without one people enter and are paid the same.
    """
    return PhotoNoticeOut(version=photos.NOTICE_VERSION, text=photos.NOTICE)


@router.get(
    "/me/photo",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "120×160 pixels"},
        **problems(*NOT_A_WORKER, PhotoNotFoundError),
    },
)
def get_own_photo(session: SessionDep, worker: WorkerDep) -> Response:
    """See your photo.

    For a signed-in worker: exactly what guards see.
    """
    photo = photos.get_photo(session, person_id=worker.person_id)
    return Response(photos.read_jpeg(photo), media_type="image/jpeg", headers=NOT_STORED)


@router.put("/me/photo", responses=problems(*NOT_A_WORKER, *BAD_PHOTO))
def keep_own_photo(
    session: SessionDep, worker: WorkerDep, file: UploadFile, notice_version: NoticeVersion
) -> PhotoOut:
    """Give guards a photo of you.

    For a signed-in worker who wants to. JPEG, PNG or WebP of at most 10 MB; only a small picture
    without any metadata is kept. It replaces an earlier one.
    """
    kept = photos.keep_own_photo(
        session, principal=worker, content=_read(file), notice_version=notice_version
    )
    return PhotoOut.of(kept)


@router.delete("/me/photo", status_code=204, responses=problems(*NOT_A_WORKER))
def delete_own_photo(session: SessionDep, worker: WorkerDep) -> None:
    """Delete your photo.

    For a signed-in worker. It is gone at once, and gates forget it when they next sync.
    """
    photos.delete_own_photo(session, principal=worker)


@router.put(
    "/projects/{project_id}/workers/{person_id}/photo",
    responses=problems(*NOT_YOURS, PersonNotFoundError, ConsentMissingError, *BAD_PHOTO),
)
def keep_workers_photo(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,  # noqa: ARG001
    person_id: UUID,
    *,
    file: UploadFile,
    consent: Annotated[str, Form(max_length=200, description="How the worker agreed.")],
    notice_version: NoticeVersion,
) -> PhotoOut:
    """Keep a worker's photo with their consent.

    For the project's labour manager. The worker is told and can delete it.
    """
    kept = photos.keep_workers_photo(
        session,
        principal=manager,
        person_id=person_id,
        content=_read(file),
        consent=consent,
        notice_version=notice_version,
    )
    return PhotoOut.of(kept)


@router.put(
    "/projects/{project_id}/faces-at-gates", status_code=204, responses=problems(*NOT_YOURS)
)
def set_faces_at_gates(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, body: FacesAtGatesIn
) -> None:
    """Say whether gates may show names and photos.

    For the project's labour manager; off until somebody says otherwise. Who said so is recorded.
    """
    faces.set_faces_at_gates(
        session, principal=manager, project_id=project_id, is_wanted=body.enabled
    )


@router.get(
    "/gate/faces",
    responses=problems(NotSignedInError, UnknownDeviceError, WrongProfileError),
)
def list_faces(
    session: SessionDep,
    device: GateDep,
    cursor: Annotated[str | None, Query(description="`cursor` of the last answer.")] = None,
) -> FacesOut:
    """Fetch whom the gate may show beside a code.

    Called by a gate with a screen, every few minutes: masked names, trades, teams and small
    photos of who is on the project, changes only. Empty where the project does not want it.
    """
    return FacesOut.of(faces.list_faces(session, device=device, cursor=cursor, at=now()))


def _read(file: UploadFile) -> bytes:
    return file.file.read(LARGEST_UPLOAD + 1)
