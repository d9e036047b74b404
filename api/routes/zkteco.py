"""What ZKTeco terminals call: ``/t/{secret}/iclock/…``, or ``/iclock/…`` if they must."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from redis import Redis
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from api.backlogs import store
from api.deps import AddressDep, KeyringDep, ValkeyDep
from api.errors import BodyTooLargeError
from attendance.zkteco.contact import COMM_KEY, Call
from attendance.zkteco.service import answer_call, keep_strange
from core.clock import now
from core.keyring import Keyring
from db.models import Device
from db.session import Database
from devices.errors import UnknownTerminalError
from devices.terminal_limits import count_miss
from devices.zkteco import doors
from devices.zkteco.settings import read_settings

router = APIRouter(include_in_schema=False)
MOST_READ = 12_000_000
"""Bytes of one upload; terminals send their memory in pieces of two megabytes."""
TOKEN = re.compile(r"\btoken=([0-9A-Fa-f]{32})\b")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who says they are calling, from where, and what they want."""

    secret: str | None
    address: str
    call: Call

    def find_device(self, session: Session) -> tuple[Device, bool]:
        """Return the device called as, and whether its own terminal calls; UnknownTerminalError."""
        query = self.call.query
        if self.secret is not None:
            device = doors.find_by_secret(session, secret=self.secret, address=self.address)
            return device, doors.is_own_serial(device, query.get("sn", ""))
        device = doors.find_by_serial(
            session,
            serial_number=query.get("sn", ""),
            address=self.address,
            comm_key=query.get(COMM_KEY),
            is_hello="options" in query,
        )
        return device, True


async def receive_visit(
    request: Request, action: str, address: AddressDep, secret: str | None = None
) -> Visit:
    """Let a terminal in before its body is read, and no transaction is open while it sends."""
    head = Call(
        method=request.method,
        action=action.removesuffix(".aspx"),
        query={name.lower(): value for name, value in request.query_params.items()},
        body=b"",
        content_type=request.headers.get("content-type", ""),
        token=_read_token(request),
        received_at=now(),
        is_bare=secret is None,
    )
    is_own = await run_in_threadpool(_admit, request, Visit(secret, address, head))
    visit = Visit(secret, address, head.with_body(await _read_body(request)))
    if not is_own:
        await run_in_threadpool(_keep_strange, request, visit)
        raise UnknownTerminalError
    return visit


def _admit(request: Request, visit: Visit) -> bool:
    """Tell whether the device's own terminal calls."""
    database: Database = request.app.state.database
    valkey: Redis = request.app.state.valkey
    try:
        with database.transaction() as session:
            return visit.find_device(session)[1]
    except UnknownTerminalError:
        count_miss(valkey, caller=visit.address)
        raise


def _keep_strange(request: Request, visit: Visit) -> None:
    """Keep what another terminal sends as one of ours, before it is refused."""
    database: Database = request.app.state.database
    valkey, keyring = request.app.state.valkey, request.app.state.keyring
    with database.transaction() as session:
        device, is_own = visit.find_device(session)
        if not is_own:
            keep_strange(session, valkey, keyring, device=device, call=visit.call)


def _read_token(request: Request) -> str | None:
    found = TOKEN.search(request.headers.get("cookie", ""))
    return found[1] if found else None


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_READ:
            raise BodyTooLargeError(limit_bytes=MOST_READ)
    return bytes(body)


VisitDep = Annotated[Visit, Depends(receive_visit)]


@router.api_route("/iclock/{action:path}", methods=["GET", "POST"])
async def answer_bare_zkteco_terminal(
    request: Request, visit: VisitDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Answer a terminal that can only be given a host and a port."""
    return await _answer(request, valkey, keyring, visit)


@router.api_route("/t/{secret}/iclock/{action:path}", methods=["GET", "POST"])
async def answer_zkteco_terminal(
    request: Request, visit: VisitDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Answer a terminal that has its secret in its path."""
    return await _answer(request, valkey, keyring, visit)


async def _answer(request: Request, valkey: Redis, keyring: Keyring, visit: Visit) -> Response:
    """Take what a terminal sends out of its memory, a line for each crossing, as a backlog."""

    def answer(session: Session) -> Response:
        device, is_own = visit.find_device(session)
        if not is_own:
            raise UnknownTerminalError
        reply = answer_call(session, valkey, keyring, device=device, call=visit.call)
        encoding = read_settings(device.vendor_settings).encoding
        return Response(
            reply.text.encode(encoding, "replace"),
            status_code=HTTPStatus.NOT_ACCEPTABLE if reply.is_refused else HTTPStatus.OK,
            headers={"Content-Type": "text/plain"},
        )

    return await store(request, answer, crossings=visit.call.body.count(b"\n"))
