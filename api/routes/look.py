"""Looking at somebody's code without a gate: ``/v1/codes`` and ``/v1/gate/look``."""

from api.deps import (
    AddressDep,
    InspectorDep,
    KeyringDep,
    SessionDep,
    SupervisorDep,
    ValkeyDep,
)
from api.problems import problems
from api.schemas.look import InspectionOut, LookIn, LookOut, SupervisorLookOut
from api.strict_json import StrictRouter
from core.clock import now
from devices.errors import UnknownDeviceError, WrongProfileError
from identity.errors import NotSignedInError, RoleRequiredError
from payroll import look
from payroll.errors import CodeNotProvedError, LooksThrottledError, NotInCountyError

router = StrictRouter(tags=["qr"])


@router.post("/codes/look", responses=problems(LooksThrottledError))
def look_at_code(
    session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep, address: AddressDep, body: LookIn
) -> LookOut:
    """Ask whether a code is a valid 安薪码.

    For anybody, and nothing else is told. The code still opens a gate. Limited per network
    address.
    """
    is_valid = look.look_at_code(session, valkey, keyring, text=body.code, caller=address, at=now())
    return LookOut.of(is_valid=is_valid)


@router.post(
    "/gate/look", responses=problems(NotSignedInError, UnknownDeviceError, WrongProfileError)
)
def look_at_worker(
    session: SessionDep, keyring: KeyringDep, device: SupervisorDep, body: LookIn
) -> SupervisorLookOut:
    """See who shows a code on your site.

    For a supervisor's phone: whether they may be here, and masked name, trade, team and photo
    once their code proves who it is. It is no crossing; nothing is recorded.
    """
    view = look.look_at_worker(session, keyring, device=device, text=body.code, at=now())
    return SupervisorLookOut.of(view)


@router.post(
    "/codes/inspect",
    responses=problems(NotSignedInError, RoleRequiredError, CodeNotProvedError, NotInCountyError),
)
def inspect_worker(
    session: SessionDep, keyring: KeyringDep, inspector: InspectorDep, body: LookIn
) -> InspectionOut:
    """See who shows a code, and how their wages stand.

    For an inspector, about workers on projects of their county. The look is recorded.
    """
    view = look.inspect_worker(session, keyring, principal=inspector, text=body.code, at=now())
    return InspectionOut.of(view)
