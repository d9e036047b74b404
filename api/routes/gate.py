"""What a paired gate asks: ``/v1/gate``, and what its manager is to look at afterwards."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response

from api.deps import DeviceDep, KeyringDep, ProjectManagerDep, SessionDep, ValkeyDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.gate import (
    AnnulIn,
    AnnulmentOut,
    DecisionOut,
    GateConflictOut,
    SyncOut,
    Upload,
    UploadOut,
    VerifyIn,
    read_upload,
)
from attendance import annulments, conflicts, offline, service
from attendance.errors import AnnulmentTooLateError, ScanNotFoundError
from attendance.rejudge import Arrival
from core.clock import now
from devices.errors import UnknownDeviceError
from devices.heartbeat import Heartbeat, read_heartbeat
from devices.service import note_contact
from devices.sync import sync_gate as make_sync_page
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError

router = APIRouter(tags=["gate"])
NOT_A_DEVICE = (NotSignedInError, UnknownDeviceError)
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing has changed."}}


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


@router.post("/gate/verify", responses=problems(*NOT_A_DEVICE))
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


@router.get("/gate/sync", response_model=SyncOut, responses=NOT_MODIFIED | problems(*NOT_A_DEVICE))
def sync_gate(
    session: SessionDep,
    keyring: KeyringDep,
    device: DeviceDep,
    heard: HeartbeatDep,
    *,
    response: Response,
    cursor: Annotated[str | None, Query(description="`cursor` of the last answer.")] = None,
    if_none_match: Annotated[str | None, Header(description="`ETag` of the last answer.")] = None,
) -> SyncOut | Response:
    """Fetch what a gate needs to decide alone.

    Called by a paired device every half minute. A gate gets the project's keys of eight days and
    who may not enter, changes only; a kiosk or a supervisor's phone gets the time. 304 when
    nothing changed, day keys included. There is no personal data in it.
    """
    heartbeat, at = heard
    note_contact(device, at=at, clock_offset_ms=heartbeat.clock_offset_ms)
    page = make_sync_page(
        session,
        keyring,
        device=device,
        cursor=cursor,
        known_etag=if_none_match and if_none_match.removeprefix("W/").strip('"'),
        at=at,
    )
    if page is None:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": if_none_match or ""})
    response.headers["ETag"] = f'"{page.etag}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return SyncOut.of(page)


@router.post("/gate/scans", responses=problems(*NOT_A_DEVICE))
def take_scans(
    session: SessionDep,
    keyring: KeyringDep,
    device: DeviceDep,
    heard: HeartbeatDep,
    body: Upload,
) -> UploadOut:
    """Upload what a gate decided alone.

    Called by a paired gate with 1 to 1,000 scans, oldest first. Each is recorded, whatever it is,
    and judged again for its own moment: `admitted` is what the gate did, `valid` what is true.
    One result for each, in the same order; a `nonce` that is known returns its first result.
    """
    heartbeat, at = heard
    outcomes = offline.take_scans(
        session,
        keyring,
        device=device,
        reports=read_upload(body),
        arrival=Arrival(at, heartbeat.boot_id, heartbeat.uptime_ms),
        clock_offset_ms=heartbeat.clock_offset_ms,
    )
    return UploadOut.of(outcomes, at=at)


@router.post(
    "/gate/annul", responses=problems(*NOT_A_DEVICE, ScanNotFoundError, AnnulmentTooLateError)
)
def annul_scan(session: SessionDep, device: DeviceDep, body: AnnulIn) -> AnnulmentOut:
    """Say that the turnstile did not turn.

    Called by the gate that reported the scan, within 15 minutes. The scan stays on record and
    counts for nothing; repeating gives the first answer.
    """
    annulment = annulments.annul_scan(session, device=device, nonce=body.nonce, at=now())
    return AnnulmentOut.of(annulment)


@router.get("/projects/{project_id}/gate-conflicts", responses=problems(*NOT_YOURS))
def list_gate_conflicts(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, page: PageDep
) -> Page[GateConflictOut]:
    """List crossings where a gate opened wrongly.

    For the project's labour manager: a code used twice, somebody who had left, a code of an old
    phone. Newest arrival first, names masked.
    """
    listed = conflicts.list_conflicts(
        session, project_id=project_id, before=page.before, limit=page.limit + 1
    )
    return make_page(listed, limit=page.limit, to_item=GateConflictOut.of)
