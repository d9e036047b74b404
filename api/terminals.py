"""How a vendor's terminal is let in: its secret first, then its body, then a transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from redis import Redis
from starlette.concurrency import run_in_threadpool

from api.deps import AddressDep
from attendance.deliveries import Delivery
from core.clock import now
from core.enums import DeviceVendor
from db.session import Database
from devices.errors import UnknownTerminalError
from devices.inbox import find_terminal
from devices.terminal_limits import count_miss

MOST_READ = 24_000_000
"""Bytes of one body; what follows is read off the line and forgotten. Pictures come last."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that a terminal may make, with its body read."""

    secret: str
    address: str
    delivery: Delivery


def called_by(vendor: DeviceVendor) -> Callable[[Request, str, str], Awaitable[Call]]:
    """Return the dependency that lets this vendor's terminals in.

    Nobody can make us hold a large body without knowing a secret, and no transaction is open
    while a terminal on a mobile line sends its picture.
    """

    async def receive(request: Request, secret: str, address: AddressDep) -> Call:
        await run_in_threadpool(_admit, request, secret, vendor, address)
        received_at = now()
        body, is_cut = await _read_body(request)
        delivery = Delivery(
            path=_path_behind(request, secret),
            content_type=request.headers.get("content-type", ""),
            body=body,
            received_at=received_at,
            is_cut=is_cut,
        )
        return Call(secret, address, delivery)

    return receive


def _admit(request: Request, secret: str, vendor: DeviceVendor, address: str) -> None:
    database: Database = request.app.state.database
    valkey: Redis = request.app.state.valkey
    try:
        with database.transaction() as session:
            find_terminal(session, secret=secret, vendor=vendor, address=address)
    except UnknownTerminalError:
        count_miss(valkey, caller=address)
        raise


async def _read_body(request: Request) -> tuple[bytes, bool]:
    body = bytearray()
    is_cut = False
    async for chunk in request.stream():
        room = MOST_READ - len(body)
        body += chunk[:room]
        is_cut = is_cut or len(chunk) > room
    return bytes(body), is_cut


def _path_behind(request: Request, secret: str) -> str:
    path = request.url.path.partition(secret)[2]
    query = request.url.query
    return f"{path}?{query}" if query else path


HikvisionDep = Annotated[Call, Depends(called_by(DeviceVendor.HIKVISION))]
VguangDep = Annotated[Call, Depends(called_by(DeviceVendor.VGUANG))]
UfaceDep = Annotated[Call, Depends(called_by(DeviceVendor.UFACE))]
FacesluiceDep = Annotated[Call, Depends(called_by(DeviceVendor.FACESLUICE))]
