"""A short way in for a gate's backlog: read, judged and written beside the event loop.

FastAPI would read a thousand scans on the loop, and the gates that are asked right now would wait.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import msgspec
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session
from starlette.datastructures import Headers, State

from api.schemas.gate import (
    EARLIEST,
    INT32_MAX,
    INT53_MAX,
    LATEST,
    LONGEST_WORD,
    MOST_SCANS,
    Upload,
    read_upload,
)
from attendance import offline
from attendance.backlogs import Backlogs
from attendance.ingest import Ingest
from attendance.offline import ScanOutcome, UnreadReport
from attendance.plain_uploads import Known, NotPlainError, take_plain_scans
from attendance.rejudge import Arrival, ScanReport
from core.clock import now
from core.enums import ScanReason, ScanStatus
from core.keyring import Keyring
from devices.health import note_condition
from devices.heartbeat import Condition, Heartbeat, read_condition, read_heartbeat
from devices.service import authenticate_gate

SHORTEST_BACKLOG = 8_000
"""Bytes; what is smaller is no burden to the route."""
FINER_THAN_OURS = re.compile(rb"\d\.\d{7}")
"""Parts of a microsecond, which the two readers round each in its own way."""

Reports = Sequence[ScanReport | UnreadReport]


class _Scan(ScanReport, frozen=True, kw_only=True):
    """`api.schemas.gate.ScanIn`; what it does not take is left to that."""

    nonce: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{8,64}\Z")]
    scanned_at: Annotated[datetime, msgspec.Meta(tz=True)]
    clock_bound_ms: Annotated[int, msgspec.Meta(ge=0, le=INT32_MAX)] | None = None
    reason: Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)]
    decided_offline: bool = True
    sequence: Annotated[int, msgspec.Meta(ge=0, le=INT53_MAX)] | None = None
    boot_id: Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)] | None = None
    uptime_ms: Annotated[int, msgspec.Meta(ge=0, le=INT53_MAX)] | None = None


class _Result(msgspec.Struct):
    """`api.schemas.gate.ScanResultOut`."""

    nonce: str | None
    status: ScanStatus
    check_in_id: UUID | None = None
    admitted: bool | None = None
    valid: bool | None = None
    reason: ScanReason | None = None


class _Told(msgspec.Struct):
    """`api.schemas.gate.UploadOut`."""

    server_time: datetime
    results: list[_Result]


SCANS = msgspec.json.Decoder(list[_Scan])
UPLOAD: TypeAdapter[Upload] = TypeAdapter(Upload)


@dataclass(frozen=True, slots=True)
class Visit:
    """A gate's call but for its body."""

    token: str
    at: datetime
    heartbeat: Heartbeat
    condition: Condition

    @property
    def arrival(self) -> Arrival:
        """When it came, and what the gate's uptime was when it left."""
        return Arrival(self.at, self.heartbeat.boot_id, self.heartbeat.uptime_ms)

    @classmethod
    def of(cls, token: str, headers: Headers) -> "Visit":
        """Return what the headers say."""
        at = now()
        heartbeat = read_heartbeat(
            gate_time=headers.get("gate-time"),
            boot_id=headers.get("gate-boot-id"),
            uptime_ms=headers.get("gate-uptime-ms"),
            at=at,
        )
        condition = read_condition(
            user_agent=headers.get("user-agent"),
            power=headers.get("gate-power"),
            waiting=headers.get("gate-waiting"),
            quarantined=headers.get("gate-quarantined"),
            offline_until=headers.get("gate-offline-until"),
        )
        return cls(token, at, heartbeat, condition)


def take_upload(
    session: Session, keyring: Keyring, *, visit: Visit, reports: Reports
) -> list[ScanOutcome]:
    """Store what a gate decided alone, and what it says about itself.

    Raises UnknownDeviceError, WrongProfileError.
    """
    device = authenticate_gate(session, visit.token)
    outcomes = offline.take_scans(
        session,
        keyring,
        device=device,
        reports=reports,
        arrival=visit.arrival,
        clock_offset_ms=visit.heartbeat.clock_offset_ms,
    )
    note_condition(session, device=device, condition=visit.condition, at=visit.at)
    return outcomes


async def answer_backlog(
    state: State, token: str, headers: Headers, content: bytes
) -> bytes | None:
    """Return the answer to an upload, which is durable; None if the route has to say what it is.

    Raises what the route raises.
    """
    ingest: Ingest = state.ingest
    backlogs: Backlogs = state.backlogs
    known = await ingest.recall(token)
    visit = Visit.of(token, headers)
    if known is not None:
        with suppress(NotPlainError):
            answer = await backlogs.store(partial(_answer_plain, known, visit, content))
            ingest.note_upload(known, visit.at, visit.heartbeat.clock_offset_ms, visit.condition)
            return answer
    return await backlogs.store(partial(_answer, state.keyring, visit, content))


def _answer_plain(known: Known, visit: Visit, content: bytes, session: Session) -> bytes:
    scans = _read_plain(content)
    if scans is None:
        raise NotPlainError
    outcomes = take_plain_scans(session, known, scans=scans, arrival=visit.arrival)
    return _write(outcomes, visit.at)


def _answer(keyring: Keyring, visit: Visit, content: bytes, session: Session) -> bytes | None:
    reports = _read_plain(content) or _read_odd(content)
    if reports is None:
        return None
    return _write(take_upload(session, keyring, visit=visit, reports=reports), visit.at)


def _read_plain(content: bytes) -> list[ScanReport] | None:
    """Read an upload of scans only; None if that has to be read more closely."""
    try:
        scans = SCANS.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    is_plain = not FINER_THAN_OURS.search(content)
    is_plain = is_plain and all(EARLIEST <= scan.scanned_at < LATEST for scan in scans)
    return list(scans) if is_plain and 0 < len(scans) <= MOST_SCANS else None


def _read_odd(content: bytes) -> Reports | None:
    """Read an upload in which something is no scan."""
    try:
        return read_upload(UPLOAD.validate_json(content))
    except ValidationError:
        return None


def _write(outcomes: list[ScanOutcome], at: datetime) -> bytes:
    return msgspec.json.encode(_Told(at, [_tell(outcome) for outcome in outcomes]))


def _tell(outcome: ScanOutcome) -> _Result:
    check_in = outcome.check_in
    if check_in is None:
        return _Result(outcome.nonce, outcome.status)
    return _Result(
        outcome.nonce,
        outcome.status,
        check_in.id,
        check_in.admitted,
        check_in.valid,
        check_in.reason,
    )
