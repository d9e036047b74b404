"""What a paired gate asks: ``/v1/gate``; its one question is in `gate_verify`."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sqlmodel import Session

from api.backlogs import store
from api.deps import DeviceDep, GateDep, KeyringDep, SessionDep
from api.problems import problems
from api.refused_calls import GateRoute
from api.routes.gate_verify import get_token
from api.schemas.gate import (
    AnnulIn,
    AnnulmentOut,
    LookIn,
    LookOut,
    SyncOut,
    Upload,
    UploadOut,
    read_upload,
)
from api.strict_json import StrictRouter
from api.upload_door import Visit, take_upload
from attendance import annulments, looks
from attendance.errors import (
    AnnulledError,
    AnnulmentTooLateError,
    GatesBusyError,
    LookTooLateError,
    NothingToLookAtError,
    ScanNotFoundError,
    StorageUnavailableError,
)
from core.clock import now
from devices.errors import UnknownDeviceError, WrongProfileError
from devices.health import note_condition
from devices.heartbeat import Condition, Heartbeat, read_condition, read_heartbeat
from devices.service import note_contact
from devices.sync import sync_gate as make_sync_page
from identity.errors import NotSignedInError

router = StrictRouter(tags=["gate"])
uploads = APIRouter(tags=["gate"], route_class=GateRoute)
NOT_A_DEVICE = (NotSignedInError, UnknownDeviceError)
NOT_A_GATE = (*NOT_A_DEVICE, WrongProfileError)
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {
        "description": "Nothing has changed.",
        "headers": {
            "Server-Time": {
                "description": "What `server_time` would say; `Date` is too coarse for a clock.",
                "schema": {"type": "string", "format": "date-time"},
            }
        },
    }
}


def get_heartbeat(
    gate_time: Annotated[
        str | None, Header(description="The gate's corrected time when it sent the call.")
    ] = None,
    gate_boot_id: Annotated[
        str | None, Header(description="New at every start of the gate's computer.")
    ] = None,
    gate_uptime_ms: Annotated[str | None, Header(description="Since that start.")] = None,
) -> tuple[Heartbeat, datetime]:
    """Return what the call says about the gate's clock, and when it was heard."""
    at = now()
    heartbeat = read_heartbeat(
        gate_time=gate_time, boot_id=gate_boot_id, uptime_ms=gate_uptime_ms, at=at
    )
    return heartbeat, at


HeartbeatDep = Annotated[tuple[Heartbeat, datetime], Depends(get_heartbeat)]


def get_condition(
    user_agent: Annotated[str | None, Header()] = None,
    gate_power: Annotated[
        str | None, Header(description="`mains` or `battery`, and percent: `battery 80`.")
    ] = None,
    gate_waiting: Annotated[str | None, Header(description="Scans not delivered yet.")] = None,
    gate_quarantined: Annotated[
        str | None, Header(description="Scans put aside because they were refused.")
    ] = None,
    gate_offline_until: Annotated[
        str | None, Header(description="The last day the gate has keys for.")
    ] = None,
) -> Condition:
    """Return what the call says about the gate's computer."""
    return read_condition(
        user_agent=user_agent,
        power=gate_power,
        waiting=gate_waiting,
        quarantined=gate_quarantined,
        offline_until=gate_offline_until,
    )


ConditionDep = Annotated[Condition, Depends(get_condition)]


@router.get("/gate/sync", response_model=SyncOut, responses=NOT_MODIFIED | problems(*NOT_A_DEVICE))
def sync_gate(
    session: SessionDep,
    keyring: KeyringDep,
    device: DeviceDep,
    heard: HeartbeatDep,
    condition: ConditionDep,
    *,
    response: Response,
    cursor: Annotated[str | None, Query(description="`cursor` of the last answer.")] = None,
    if_none_match: Annotated[str | None, Header(description="`ETag` of the last answer.")] = None,
) -> SyncOut | Response:
    """Fetch what a gate needs to decide alone.

    Called by a paired device every half minute. A gate gets the project's keys of yesterday
    and eight days from today, and who may not enter, changes only; a kiosk or a supervisor's
    phone gets the time. 304 when nothing changed, day keys included. There is no personal data
    in it.
    """
    heartbeat, at = heard
    note_contact(device, at=at, clock_offset_ms=heartbeat.clock_offset_ms)
    note_condition(session, device=device, condition=condition, at=at, is_sync=True)
    page = make_sync_page(
        session,
        keyring,
        device=device,
        cursor=cursor,
        known_etag=if_none_match and if_none_match.removeprefix("W/").strip('"'),
        at=at,
    )
    if page is None:
        said = {"ETag": if_none_match or "", "Server-Time": at.isoformat(timespec="milliseconds")}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=said)
    response.headers["ETag"] = f'"{page.etag}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return SyncOut.of(page)


@uploads.post(
    "/gate/scans", responses=problems(*NOT_A_GATE, GatesBusyError, StorageUnavailableError)
)
async def take_scans(
    request: Request,
    token: Annotated[str, Depends(get_token)],
    keyring: KeyringDep,
    heard: HeartbeatDep,
    condition: ConditionDep,
    *,
    body: Upload,
) -> UploadOut:
    """Upload what a gate decided alone.

    Called by a paired gate with 1 to 1,000 scans, oldest first. Each is recorded, whatever it is,
    and judged again for its own moment: `admitted` is what the gate did, `valid` what is true.
    One result for each, in the same order; a `nonce` that is known returns its first result.
    Backlogs wait their turn: on 503 send the same again after `Retry-After`.
    """
    heartbeat, at = heard
    visit, reports = Visit(token, at, heartbeat, condition), read_upload(body)

    def take(session: Session) -> UploadOut:
        return UploadOut.of(take_upload(session, keyring, visit=visit, reports=reports), at=at)

    return await store(request, take, crossings=len(reports))


@router.post(
    "/gate/looks",
    responses=problems(
        *NOT_A_GATE, ScanNotFoundError, NothingToLookAtError, AnnulledError, LookTooLateError
    ),
)
def confirm_look(session: SessionDep, device: GateDep, body: LookIn) -> LookOut:
    """Say that a guard compared a card's photo with the face.

    Called by the gate that reported the scan, within 15 minutes. A card opens for whoever holds
    it; only with this is the crossing of grade B. Somebody else's card is annulled instead.
    Repeating gives the first answer.
    """
    return LookOut.of(looks.confirm_look(session, device=device, nonce=body.nonce, at=now()))


@router.post(
    "/gate/annul", responses=problems(*NOT_A_GATE, ScanNotFoundError, AnnulmentTooLateError)
)
def annul_scan(session: SessionDep, device: GateDep, body: AnnulIn) -> AnnulmentOut:
    """Say that the turnstile did not turn.

    Or that a guard saw somebody else with the card. Called by the gate that reported the scan,
    within 15 minutes. The scan stays on record and counts for nothing; repeating gives the first
    answer. `not_the_holder` is listed among the project's gate conflicts.
    """
    annulment = annulments.annul_scan(
        session, device=device, nonce=body.nonce, reason=body.reason, at=now()
    )
    return AnnulmentOut.of(annulment)


router.include_router(uploads)
