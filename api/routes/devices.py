"""Devices of a project and their pairing: ``/v1/devices`` and ``/v1/projects/{id}/devices``."""

from uuid import UUID

from api.deps import AddressDep, DeviceDep, ProjectManagerDep, SessionDep, ValkeyDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.devices import (
    DeviceIn,
    DeviceOut,
    LossIn,
    PairedDeviceOut,
    PairIn,
    PairingOfferOut,
)
from api.strict_json import StrictRouter
from attendance.conflict_items import lose_device as report_loss
from core.clock import now
from devices import health, service, token_roll
from devices.errors import (
    DeviceNameTakenError,
    DeviceNotFoundError,
    DeviceRevokedError,
    LostInFutureError,
    PairingThrottledError,
    PairingUnavailableError,
    UnknownDeviceError,
    WrongPairingCodeError,
)
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError

router = StrictRouter(tags=["devices"])
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)


@router.post(
    "/devices/pair",
    responses=problems(WrongPairingCodeError, PairingThrottledError, PairingUnavailableError),
)
def pair_device(
    session: SessionDep, valkey: ValkeyDep, address: AddressDep, body: PairIn
) -> PairedDeviceOut:
    """Exchange a pairing code for a device token.

    Called once by the device itself. The code works once; a token the device had before ends.
    Wrong tries are limited per network address.
    """
    paired = service.pair_device(session, valkey, pairing_code=body.pairing_code, caller=address)
    return PairedDeviceOut.of(paired)


@router.post(
    "/projects/{project_id}/devices",
    status_code=201,
    responses=problems(*NOT_YOURS, DeviceNameTakenError),
)
def create_device(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, body: DeviceIn
) -> PairingOfferOut:
    """Register a device and get its pairing code.

    For the project's labour manager. The code is shown once and lasts 15 minutes.
    """
    offer = service.create_device(
        session,
        project_id=project_id,
        name=body.name,
        profile=body.profile,
        serial_number=body.serial_number,
    )
    return PairingOfferOut.of(offer)


@router.get("/projects/{project_id}/devices", responses=problems(*NOT_YOURS))
def list_devices(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, page: PageDep
) -> Page[DeviceOut]:
    """List the project's devices and how they are doing.

    For the project's labour manager, newest first, revoked devices too. `troubles` are what
    somebody should look after now; the manager is told once when one begins.
    """
    listed = health.list_devices(
        session, project_id=project_id, before=page.before, limit=page.limit + 1
    )
    return make_page(listed, limit=page.limit, to_item=DeviceOut.of)


@router.post("/devices/token", responses=problems(NotSignedInError, UnknownDeviceError))
def roll_token(session: SessionDep, device: DeviceDep) -> PairedDeviceOut:
    """Exchange the device's token for a new one.

    Called by the device itself when a sync says `roll_token`. Both tokens work until the first
    use of the new one, so a device that loses power in between has lost nothing; asking again
    gives another.
    """
    return PairedDeviceOut.of(token_roll.roll_token(session, device=device))


@router.post(
    "/projects/{project_id}/devices/{device_id}/pairing",
    status_code=201,
    responses=problems(*NOT_YOURS, DeviceNotFoundError, DeviceRevokedError),
)
def offer_pairing(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, device_id: UUID
) -> PairingOfferOut:
    """Get a fresh pairing code for a device.

    For the project's labour manager. An earlier code ends; the device's token works on until the
    new code is used.
    """
    return PairingOfferOut.of(
        service.offer_pairing(session, project_id=project_id, device_id=device_id)
    )


@router.post(
    "/projects/{project_id}/devices/{device_id}/revoke",
    responses=problems(*NOT_YOURS, DeviceNotFoundError),
)
def revoke_device(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, device_id: UUID
) -> DeviceOut:
    """Stop a device for good.

    For the project's labour manager. Its token and pairing code end at once; what it reported
    stays. Repeating changes nothing. A device that was lost or stolen is reported as lost.
    """
    service.revoke_device(session, project_id=project_id, device_id=device_id)
    return DeviceOut.of(health.get_view(session, project_id=project_id, device_id=device_id))


@router.post(
    "/projects/{project_id}/devices/{device_id}/roll",
    responses=problems(*NOT_YOURS, DeviceNotFoundError, DeviceRevokedError),
)
def request_roll(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, device_id: UUID
) -> DeviceOut:
    """Have a device exchange its token.

    For the project's labour manager, e.g. after somebody had the device open. The device does so
    at its next sync; the token it had is refused after a day at the latest.
    """
    token_roll.request_roll(session, project_id=project_id, device_id=device_id, at=now())
    return DeviceOut.of(health.get_view(session, project_id=project_id, device_id=device_id))


@router.post(
    "/projects/{project_id}/devices/{device_id}/lost",
    responses=problems(*NOT_YOURS, DeviceNotFoundError, LostInFutureError),
)
def lose_device(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, device_id: UUID, body: LossIn
) -> DeviceOut:
    """Report a device as lost or stolen.

    For the project's labour manager. Its token ends at once and for good. What it has reported
    since `lost_at` is listed among the gate conflicts; until `keys_end_date` somebody who opens
    it could make codes that this project's gates take while they are offline, which count for
    nothing.
    """
    report_loss(
        session,
        principal=manager,
        project_id=project_id,
        device_id=device_id,
        lost_at=body.lost_at,
        at=now(),
    )
    return DeviceOut.of(health.get_view(session, project_id=project_id, device_id=device_id))
