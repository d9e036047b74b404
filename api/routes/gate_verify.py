"""The gate's question, ``POST /v1/gate/verify``; in a hurry it is answered by `api.gate_door`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from api.deps import Bearer, device_token
from api.problems import problems
from api.refused_calls import GateRoute
from api.schemas.gate import DecisionOut, VerifyIn
from attendance.errors import GatesBusyError, StorageUnavailableError
from attendance.ingest import Ingest, Question
from devices.errors import UnknownDeviceError, WrongProfileError
from identity.errors import NotSignedInError

router = APIRouter(tags=["gate"], route_class=GateRoute)
REFUSALS = (
    NotSignedInError,
    UnknownDeviceError,
    WrongProfileError,
    GatesBusyError,
    StorageUnavailableError,
)


def get_ingest(request: Request) -> Ingest:
    """Return this process's hot lane."""
    ingest: Ingest = request.app.state.ingest
    return ingest


IngestDep = Annotated[Ingest, Depends(get_ingest)]


async def get_token(bearer: Annotated[Bearer, Depends(device_token)], ingest: IngestDep) -> str:
    """Return the token of the calling gate; whoever is none is told nothing else."""
    if bearer is None:
        raise NotSignedInError
    await ingest.authenticate(bearer.credentials)
    return bearer.credentials


@router.post("/gate/verify", responses=problems(*REFUSALS))
async def verify_scan(
    ingest: IngestDep, token: Annotated[str, Depends(get_token)], body: VerifyIn
) -> DecisionOut:
    """Decide whether to open for a scanned code.

    Called by a paired gate with its device token. Always 200 with a decision, also for something
    that is no code. Every scan is recorded before this answers, refused ones too; an admitted one
    counts for the worker's day. Asking again with the same `nonce` returns the first answer.
    """
    question = Question(token, body.code, body.direction, body.nonce, body.scanned_at)
    return DecisionOut.of(await ingest.verify(question))
