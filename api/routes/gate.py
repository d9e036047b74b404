"""What a paired gate asks: ``/v1/gate``."""

from fastapi import APIRouter

from api.deps import DeviceDep, KeyringDep, SessionDep, ValkeyDep
from api.problems import problems
from api.schemas.gate import DecisionOut, VerifyIn
from attendance import service
from devices.errors import UnknownDeviceError
from identity.errors import NotSignedInError

router = APIRouter(prefix="/gate", tags=["gate"])


@router.post("/verify", responses=problems(NotSignedInError, UnknownDeviceError))
def verify_scan(
    session: SessionDep,
    valkey: ValkeyDep,
    keyring: KeyringDep,
    device: DeviceDep,
    body: VerifyIn,
) -> DecisionOut:
    """Decide whether to open for a scanned code.

    Called by a paired gate with its device token. Always 200 with a decision, also for something
    that is no code. Every scan is recorded before this answers, refused ones too; an admitted one
    counts for the worker's day. Asking again with the same `nonce` returns the first answer.
    """
    decision = service.verify_scan(
        session,
        valkey,
        keyring,
        device=device,
        code=body.code,
        direction=body.direction,
        nonce=body.nonce,
        scanned_at=body.scanned_at,
    )
    return DecisionOut.of(decision)
