"""The server of the simulation: the product's services on PostgreSQL, heard over bad lines."""

import json
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from redis import Redis
from sqlmodel import Session

from api.schemas.gate import (
    AnnulIn,
    AnnulmentOut,
    DecisionOut,
    SyncOut,
    Upload,
    UploadOut,
    VerifyIn,
    read_upload,
)
from attendance import annulments, offline, service
from attendance.rejudge import Arrival
from core.errors import DomainError
from core.keyring import Keyring
from db.models import Device
from db.session import Database
from devices.heartbeat import Heartbeat, read_heartbeat
from devices.service import authenticate
from devices.sync import sync_gate
from gate.wire import format_instant
from tests.gate.wire_server import Fault, Headers, Reply
from tests.simulation.true_time import TrueTime

UPLOAD: TypeAdapter[Any] = TypeAdapter(Upload)
GONE = 410
BROKEN = 500


@dataclass
class Line:
    """The way from one gate to the server."""

    is_up: bool = True
    delay: float = 0.05
    """Seconds each way, for calls that nobody at the gate waits for."""
    faults: list[Fault] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    """Holds up an answer until the gate has stopped waiting."""

    def let_go(self) -> None:
        """Deliver what was held up."""
        self.release.set()
        self.release = threading.Event()
        self.faults = [fault for fault in self.faults if fault.held is None]


@dataclass(frozen=True)
class Hearing:
    """One scan as the server heard it, from a question or an upload."""

    at: datetime
    nonce: str
    boot_id: str
    decided: bool | None
    """Whether the server let somebody in; None: it was told what the gate had done."""
    is_annulment: bool = False


@dataclass(frozen=True)
class _Call:
    """One request of a gate that is known."""

    device: Device
    path: str
    headers: Headers
    body: Any


@dataclass
class Server:
    """Answers as `/v1/gate/*` does, each call in its own transaction."""

    database: Database
    valkey: Redis
    keyring: Keyring
    time: TrueTime
    lines: dict[str, Line] = field(default_factory=dict)
    """By device token."""
    hearings: list[Hearing] = field(default_factory=list)
    uploads: list[tuple[Headers, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the time for the `Date` header."""
        return self.time.now

    def meet(self, _method: str, path: str, headers: Headers) -> Fault | None:
        """Say what goes wrong on the gate's line."""
        line = self.lines[_token_of(headers)]
        if not line.is_up:
            return None
        due = next((fault for fault in line.faults if path.startswith(fault.path)), None)
        if due is None:
            return Fault("")
        line.faults.remove(due)
        return due

    def answer(self, _method: str, path: str, headers: Headers, body: Any) -> Reply:
        """Do the work; whatever the product raises unforeseen is kept for the end."""
        try:
            with self.database.transaction() as session:
                device = authenticate(session, _token_of(headers))
                route = self._routes[path.partition("?")[0]]
                reply = route(session, _Call(device, path, headers, body))
        except DomainError as refusal:
            return GONE, {"code": refusal.code}, {}
        except Exception:  # noqa: BLE001 - the test fails by it at the end
            self.failures.append(traceback.format_exc())
            return BROKEN, None, {}
        self._note(path, headers, body, reply)
        return reply

    @property
    def _routes(self) -> dict[str, Callable[..., Reply]]:
        return {
            "/v1/gate/sync": self._sync,
            "/v1/gate/verify": self._verify,
            "/v1/gate/scans": self._take,
            "/v1/gate/annul": self._annul,
        }

    def _sync(self, session: Session, call: _Call) -> Reply:
        with self._travelling(call.headers):
            cursor = call.path.partition("cursor=")[2] or None
            known = call.headers.get("if-none-match", "").strip('"')
            page = sync_gate(
                session,
                self.keyring,
                device=call.device,
                cursor=cursor,
                known_etag=known or None,
                at=self.time.now,
            )
        if page is None:
            return 304, None, {"ETag": f'"{known}"', "Server-Time": format_instant(self.time.now)}
        return 200, SyncOut.of(page).model_dump(mode="json"), {"ETag": f'"{page.etag}"'}

    def _verify(self, session: Session, call: _Call) -> Reply:
        question = VerifyIn.model_validate(call.body)
        decision = service.verify_scan(
            session,
            self.valkey,
            self.keyring,
            device=call.device,
            code=question.code,
            direction=question.direction,
            nonce=question.nonce,
            scanned_at=question.scanned_at,
        )
        return 200, DecisionOut.of(decision).model_dump(mode="json"), {}

    def _take(self, session: Session, call: _Call) -> Reply:
        with self._travelling(call.headers):
            at = self.time.now
            heard = _heartbeat(call.headers, at)
            outcomes = offline.take_scans(
                session,
                self.keyring,
                device=call.device,
                reports=read_upload(UPLOAD.validate_json(json.dumps(call.body))),
                arrival=Arrival(at, heard.boot_id, heard.uptime_ms),
                clock_offset_ms=heard.clock_offset_ms,
            )
            answer = UploadOut.of(outcomes, at=at).model_dump(mode="json")
        return 200, answer, {}

    def _annul(self, session: Session, call: _Call) -> Reply:
        nonce = AnnulIn.model_validate(call.body).nonce
        annulment = annulments.annul_scan(
            session, device=call.device, nonce=nonce, at=self.time.now
        )
        return 200, AnnulmentOut.of(annulment).model_dump(mode="json"), {}

    def _note(self, path: str, headers: Headers, body: Any, reply: Reply) -> None:
        """Keep for the observer in which order what was committed."""
        boot_id = headers["gate-boot-id"]
        if path == "/v1/gate/verify":
            assert reply[1] is not None
            is_admitted = reply[1]["decision"] == "admitted"
            self.hearings.append(Hearing(self.time.now, body["nonce"], boot_id, is_admitted))
        elif path == "/v1/gate/scans":
            if all("direction" in scan for scan in body):
                self.uploads.append((headers, body))
            self.hearings += [Hearing(self.time.now, scan["nonce"], boot_id, None) for scan in body]
        elif path == "/v1/gate/annul":
            self.hearings.append(Hearing(self.time.now, body["nonce"], boot_id, None, True))

    def _travelling(self, headers: Headers) -> "_Journey":
        return _Journey(self.time, self.lines[_token_of(headers)].delay)


class _Journey:
    """Time passes while a call and its answer are under way."""

    def __init__(self, time: TrueTime, delay: float) -> None:
        self._time = time
        self._delay = delay

    def __enter__(self) -> None:
        self._time.pass_time(self._delay)

    def __exit__(self, *_: object) -> None:
        self._time.pass_time(self._delay / 3)


def _token_of(headers: Headers) -> str:
    return headers["authorization"].removeprefix("Bearer ")


def _heartbeat(headers: Headers, at: datetime) -> Heartbeat:
    return read_heartbeat(
        gate_time=headers.get("gate-time"),
        boot_id=headers.get("gate-boot-id"),
        uptime_ms=headers.get("gate-uptime-ms"),
        at=at,
    )
