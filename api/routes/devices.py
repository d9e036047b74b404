"""Devices of a project and their pairing: ``/v1/devices`` and ``/v1/projects/{id}/devices``."""

from uuid import UUID

from fastapi import APIRouter

from api.deps import AddressDep, ProjectManagerDep, SessionDep, ValkeyDep
from api.problems import problems
from api.schemas.devices import DeviceIn, DeviceOut, PairedDeviceOut, PairIn, PairingOfferOut
from devices import queries, service
from devices.errors import (
    DeviceNameTakenError,
    DeviceNotFoundError,
    DeviceRevokedError,
    PairingThrottledError,
    PairingUnavailableError,
    WrongPairingCodeError,
)
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError

router = APIRouter(tags=["devices"])
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
    Tries are limited per network address.
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
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID
) -> list[DeviceOut]:
    """List the project's devices by name.

    For the project's labour manager; revoked devices too.
    """
    return [DeviceOut.of(device) for device in queries.list_devices(session, project_id)]


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

    For the project's labour manager, e.g. when a gate was stolen. Its token and pairing code end
    at once; what it reported stays. Repeating changes nothing.
    """
    return DeviceOut.of(service.revoke_device(session, project_id=project_id, device_id=device_id))
