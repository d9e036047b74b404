"""What ZKTeco terminals call: ``/t/{secret}/iclock/…``, or ``/iclock/…`` if they must."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from redis import Redis
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from api.deps import AddressDep, KeyringDep, SessionDep, ValkeyDep
from api.errors import BodyTooLargeError
from attendance.zkteco.contact import COMM_KEY, Call
from attendance.zkteco.service import answer_call
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

    def find_device(self, session: Session) -> Device:
        """Return the terminal that may call so; UnknownTerminalError."""
        query = self.call.query
        if self.secret is not None:
            return doors.find_by_secret(
                session,
                secret=self.secret,
                serial_number=query.get("sn", ""),
                address=self.address,
            )
        return doors.find_by_serial(
            session,
            serial_number=query.get("sn", ""),
            address=self.address,
            comm_key=query.get(COMM_KEY),
            is_hello="options" in query,
        )


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
    await run_in_threadpool(_admit, request, Visit(secret, address, head))
    return Visit(secret, address, head.with_body(await _read_body(request)))


def _admit(request: Request, visit: Visit) -> None:
    database: Database = request.app.state.database
    valkey: Redis = request.app.state.valkey
    try:
        with database.transaction() as session:
            visit.find_device(session)
    except UnknownTerminalError:
        count_miss(valkey, caller=visit.address)
        raise


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
def answer_bare_zkteco_terminal(
    visit: VisitDep, session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Answer a terminal that can only be given a host and a port."""
    return _answer(session, valkey, keyring, visit)


@router.api_route("/t/{secret}/iclock/{action:path}", methods=["GET", "POST"])
def answer_zkteco_terminal(
    visit: VisitDep, session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Answer a terminal that has its secret in its path."""
    return _answer(session, valkey, keyring, visit)


def _answer(session: Session, valkey: Redis, keyring: Keyring, visit: Visit) -> Response:
    device = visit.find_device(session)
    reply = answer_call(session, valkey, keyring, device=device, call=visit.call)
    encoding = read_settings(device.vendor_settings).encoding
    return Response(
        reply.text.encode(encoding, "replace"),
        status_code=HTTPStatus.NOT_ACCEPTABLE if reply.is_refused else HTTPStatus.OK,
        headers={"Content-Type": "text/plain"},
    )
