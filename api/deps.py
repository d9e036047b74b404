"""Dependency types: what an endpoint may touch, and who may call it.

What waits for nothing is `async def`: FastAPI sends every `def` through the thread pool, and those
hops cost a small request more than its work.
"""

from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from redis import Redis
from sqlmodel import Session

from core.clock import now
from core.enums import DeviceProfile, Role
from core.keyring import Keyring
from core.settings import Settings
from db.models import Device
from db.session import Database
from devices import service as devices
from devices.errors import UnknownDeviceError
from evidence.blobs import FolderBlobs
from identity.errors import NotSignedInError, OwnPhoneRequiredError, RoleRequiredError
from identity.principal import Principal
from identity.tokens import read_access_token
from payroll import release
from payroll.assisted import WITNESSES
from projects.errors import ProjectNotFoundError

person_token = HTTPBearer(scheme_name="person", auto_error=False)
device_token = HTTPBearer(scheme_name="device", auto_error=False)


async def get_settings(request: Request) -> Settings:
    """Return the process configuration."""
    settings: Settings = request.app.state.settings
    return settings


async def get_keyring(request: Request) -> Keyring:
    """Return the installation's keys."""
    keyring: Keyring = request.app.state.keyring
    return keyring


async def get_valkey(request: Request) -> Redis:
    """Return the shared Valkey client."""
    valkey: Redis = request.app.state.valkey
    return valkey


class _RefusedError(Exception):
    """Undoes the transaction of a page that shows a refusal instead of raising it."""


def get_session(request: Request) -> Generator[Session]:
    """Open the request's transaction; it commits before the response is sent.

    A page turns a refusal into a response inside of it and sets `request.state.is_refused`.
    """
    database: Database = request.app.state.database
    with suppress(_RefusedError), database.transaction() as session:
        yield session
        if getattr(request.state, "is_refused", False):
            raise _RefusedError


async def get_address(request: Request) -> str:
    """Return where the request came from; behind a proxy uvicorn fills in the real client."""
    return request.client.host if request.client else "local"


SettingsDep = Annotated[Settings, Depends(get_settings)]
KeyringDep = Annotated[Keyring, Depends(get_keyring)]


def get_blobs(settings: SettingsDep, keyring: KeyringDep) -> FolderBlobs:
    """Return the store of the files people hand in."""
    return FolderBlobs(settings.blobs_dir, keyring.fields)


BlobsDep = Annotated[FolderBlobs, Depends(get_blobs)]
ValkeyDep = Annotated[Redis, Depends(get_valkey)]
# scope="function" matters: by default a failed commit would surface after a 201 has left.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]
AddressDep = Annotated[str, Depends(get_address)]
Bearer = HTTPAuthorizationCredentials | None


async def get_principal(
    bearer: Annotated[Bearer, Depends(person_token)], keyring: KeyringDep
) -> Principal:
    """Return who is calling; NotSignedInError without a good access token."""
    if bearer is None:
        raise NotSignedInError
    return read_access_token(keyring, bearer.credentials)


PrincipalDep = Annotated[Principal, Depends(get_principal)]


async def find_operator(
    bearer: Annotated[Bearer, Depends(person_token)], keyring: KeyringDep
) -> Principal | None:
    """Return the official who is calling; None for anybody else, signed in or not."""
    if bearer is None:
        return None
    principal = read_access_token(keyring, bearer.credentials)
    return principal if principal.role is Role.INSPECTOR else None


OperatorDep = Annotated[Principal | None, Depends(find_operator)]


def _acting_as(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    async def require(principal: PrincipalDep) -> Principal:
        if principal.role not in roles:
            raise RoleRequiredError(roles=[role.value for role in roles])
        return principal

    return require


WorkerDep = Annotated[Principal, Depends(_acting_as(Role.WORKER))]


async def get_phone_owner(worker: WorkerDep) -> Principal:
    """Return a worker who signed in on a phone; OwnPhoneRequiredError at a kiosk."""
    if worker.is_assisted:
        raise OwnPhoneRequiredError
    return worker


PhoneOwnerDep = Annotated[Principal, Depends(get_phone_owner)]
ManagerDep = Annotated[Principal, Depends(_acting_as(Role.LABOUR_MANAGER))]
InspectorDep = Annotated[Principal, Depends(_acting_as(Role.INSPECTOR))]
UnmaskerDep = Annotated[Principal, Depends(_acting_as(Role.LABOUR_MANAGER, Role.INSPECTOR))]
ProjectViewerDep = Annotated[
    Principal, Depends(_acting_as(Role.LABOUR_MANAGER, Role.INSPECTOR, Role.ADMIN))
]
WitnessDep = Annotated[Principal, Depends(_acting_as(*WITNESSES))]
AdminDep = Annotated[Principal, Depends(_acting_as(Role.ADMIN))]


async def get_project_manager(project_id: UUID, manager: ManagerDep) -> Principal:
    """Return the labour manager of the project in the path; another's project does not exist."""
    if manager.project_id != project_id:
        raise ProjectNotFoundError
    return manager


ProjectManagerDep = Annotated[Principal, Depends(get_project_manager)]


PayReleaserDep = Annotated[Principal, Depends(_acting_as(Role.LABOUR_MANAGER, Role.EMPLOYER_ADMIN))]


SheetReaderDep = Annotated[
    Principal, Depends(_acting_as(Role.WORKER, Role.LABOUR_MANAGER, Role.EMPLOYER_ADMIN))
]


def get_batch_releaser(
    project_id: UUID, releaser: PayReleaserDep, session: SessionDep
) -> Principal:
    """Return who may release bank files of the project in the path; for others it does not exist.

    Its labour managers, and administrators of its general contractor: where a project has only
    one labour manager, the company that pays (条例 §31) names the second person.
    """
    if not release.may_release(session, principal=releaser, project_id=project_id, at=now()):
        raise ProjectNotFoundError
    return releaser


BatchReleaserDep = Annotated[Principal, Depends(get_batch_releaser)]


def get_device(bearer: Annotated[Bearer, Depends(device_token)], session: SessionDep) -> Device:
    """Return the calling device; UnauthorizedError when unknown or revoked."""
    if bearer is None:
        raise NotSignedInError
    return devices.authenticate(session, bearer.credentials)


DeviceDep = Annotated[Device, Depends(get_device)]


def _paired_as(*profiles: DeviceProfile) -> Callable[[Device], Device]:
    def require(device: DeviceDep) -> Device:
        devices.check_profile(device, *profiles)
        return device

    return require


GateDep = Annotated[Device, Depends(_paired_as(DeviceProfile.GATE))]
SupervisorDep = Annotated[Device, Depends(_paired_as(DeviceProfile.SUPERVISOR))]


def find_kiosk(
    bearer: Annotated[Bearer, Depends(device_token)], session: SessionDep
) -> Device | None:
    """Return the calling kiosk; None for whoever shows no device token, or one of another kind."""
    if bearer is None:
        return None
    try:
        device = devices.authenticate(session, bearer.credentials)
    except UnknownDeviceError:
        return None
    return device if device.profile is DeviceProfile.KIOSK else None


KioskDep = Annotated[Device | None, Depends(find_kiosk)]
