"""The worker's own 安薪码: ``/v1/me/code-kit`` and ``/v1/me/code.png``."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.deps import KeyringDep, SessionDep, WorkerDep
from api.problems import problems
from api.schemas.qr import CodeKitOut
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from qr import image, service
from qr.errors import NoProjectError

router = APIRouter(prefix="/me", tags=["qr"])
NOT_STORED = {"Cache-Control": "no-store"}


@router.get("/code-kit", responses=problems(NotSignedInError, RoleRequiredError))
def get_code_kit(
    session: SessionDep, keyring: KeyringDep, worker: WorkerDep, response: Response
) -> CodeKitOut:
    """Get the keys your phone makes live codes with.

    For a signed-in worker. One gate key per project and day, today and the next seven days; a
    worker on no project gets none. Creates the worker's code on first use.
    """
    response.headers.update(NOT_STORED)
    return CodeKitOut.of(
        service.get_code_kit(session, keyring, person_id=worker.person_id, at=now())
    )


@router.get(
    "/code.png",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}, "description": "330×330 pixels, QR version 2-M"},
        **problems(NotSignedInError, RoleRequiredError, NoProjectError),
    },
)
def get_code_image(
    session: SessionDep, keyring: KeyringDep, worker: WorkerDep, project_id: UUID | None = None
) -> Response:
    """Get your live code as a picture.

    For a signed-in worker whose phone cannot make codes itself. Good for 30 seconds at the gates of
    `project_id`, or of the project entered last.
    """
    text = service.make_live_code(
        session, keyring, person_id=worker.person_id, at=now(), project_id=project_id
    )
    return Response(image.png(text), media_type="image/png", headers=NOT_STORED)
