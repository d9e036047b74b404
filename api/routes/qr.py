"""The worker's own 安薪码: ``/v1/me/code-kit``, ``/v1/me/code.png`` and ``/v1/me/code.svg``."""

from uuid import UUID

from fastapi import Response

from api.deps import KeyringDep, PhoneOwnerDep, SessionDep, ValkeyDep
from api.problems import problems
from api.schemas.qr import CodeKitOut
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, OwnPhoneRequiredError, RoleRequiredError
from qr import image, phones, service
from qr.errors import AnotherPhoneError, NoProjectError, PhoneMovedTooOftenError

router = StrictRouter(prefix="/me", tags=["qr"])
NOT_STORED = {"Cache-Control": "no-store"}
NOT_ON_A_PHONE = (NotSignedInError, RoleRequiredError, OwnPhoneRequiredError)


@router.get("/code-kit", responses=problems(*NOT_ON_A_PHONE, AnotherPhoneError))
def get_code_kit(
    session: SessionDep, keyring: KeyringDep, worker: PhoneOwnerDep, response: Response
) -> CodeKitOut:
    """Get the keys your phone makes live codes with.

    For a worker signed in on a phone. One gate key per project and day, today and the next seven
    days; a worker on no project gets none. Creates the worker's code on first use. One phone at a
    time holds the keys: on another one the worker is asked, see `POST`.
    """
    response.headers.update(NOT_STORED)
    return CodeKitOut.of(phones.take_code_kit(session, keyring, principal=worker, at=now()))


@router.post("/code-kit", responses=problems(*NOT_ON_A_PHONE, PhoneMovedTooOftenError))
def move_code_kit(
    session: SessionDep,
    valkey: ValkeyDep,
    keyring: KeyringDep,
    worker: PhoneOwnerDep,
    response: Response,
) -> CodeKitOut:
    """Use this phone from now on.

    For a worker who has said so. The codes of the phone that held the keys before are refused at
    once, and the worker is told by text message; pictures of the code work on any phone and need
    no move. Repeating it changes nothing.
    """
    response.headers.update(NOT_STORED)
    return CodeKitOut.of(phones.move_code_kit(session, valkey, keyring, principal=worker, at=now()))


@router.get(
    "/code.png",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}, "description": "330×330 pixels, QR version 2-M"},
        **problems(*NOT_ON_A_PHONE, NoProjectError),
    },
)
def get_code_image(
    session: SessionDep, keyring: KeyringDep, worker: PhoneOwnerDep, project_id: UUID | None = None
) -> Response:
    """Get your live code as a picture.

    For a signed-in worker whose phone cannot make codes itself. Good for 30 seconds at the gates of
    `project_id`, or of the project entered last.
    """
    text = service.make_live_code(
        session, keyring, person_id=worker.person_id, at=now(), project_id=project_id
    )
    return Response(image.png(text), media_type="image/png", headers=NOT_STORED)


@router.get(
    "/code.svg",
    response_class=Response,
    responses={
        200: {"content": {"image/svg+xml": {}}, "description": "33×33 units, QR version 2-M"},
        **problems(*NOT_ON_A_PHONE, NoProjectError),
    },
)
def get_code_drawing(
    session: SessionDep, keyring: KeyringDep, worker: PhoneOwnerDep, project_id: UUID | None = None
) -> Response:
    """Get your live code as a drawing.

    As `GET /v1/me/code.png`, sharp at every size.
    """
    text = service.make_live_code(
        session, keyring, person_id=worker.person_id, at=now(), project_id=project_id
    )
    return Response(image.svg(text), media_type="image/svg+xml", headers=NOT_STORED)
