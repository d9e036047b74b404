"""What vendors' terminals call: ``/t/{secret}/…``, in their own formats (docs/terminals.md)."""

from collections.abc import Callable
from functools import partial

from fastapi import APIRouter, Request, Response
from redis import Redis
from sqlmodel import Session

from api.backlogs import store
from api.deps import KeyringDep, SessionDep, ValkeyDep
from api.terminals import Call, FacesluiceDep, HikvisionDep, UfaceDep, VguangDep
from attendance.deliveries import Answer, describe, take_delivery
from core.enums import DeviceVendor
from core.keyring import Keyring
from db.models import Device
from devices.inbox import find_terminal
from devices.remote_checks import ask_to_answer
from devices.vendors import facesluice, hikvision, uface, vguang
from devices.vendors.reading import Reading, Terminal

router = APIRouter(prefix="/t/{secret}", include_in_schema=False)
PLAIN = "text/plain; charset=utf-8"
JSON = "application/json"

Read = Callable[[bytes, Terminal], Reading]


@router.post("/hikvision")
def take_hikvision_events(
    call: HikvisionDep, session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Take events of a Hikvision terminal, and have its questions answered."""
    read = partial(hikvision.read, content_type=call.delivery.content_type)
    device, _, answers = _take(
        session, valkey, keyring, call=call, vendor=DeviceVendor.HIKVISION, read=read
    )
    for answer in answers:
        ask_to_answer(
            session,
            device=device,
            reference=answer.question.reference or "",
            opens=answer.opens,
            say=answer.say,
            at=call.delivery.received_at,
        )
    return Response()


@router.post("/vguang")
def answer_vguang_reader(
    call: VguangDep, session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Tell a VGuang reader whether to open."""
    read = partial(vguang.read, at=call.delivery.received_at)
    _, _, answers = _take(
        session, valkey, keyring, call=call, vendor=DeviceVendor.VGUANG, read=read
    )
    opens = bool(answers) and all(answer.opens for answer in answers)
    return Response(vguang.OPEN if opens else vguang.DENY, media_type=PLAIN)


@router.post("/uface/recog")
def take_uface_record(
    call: UfaceDep, session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Take a recognition of a uface terminal on the site network."""
    _, reading, _ = _take(
        session, valkey, keyring, call=call, vendor=DeviceVendor.UFACE, read=uface.read_callback
    )
    return Response(reading.reply, media_type=JSON)


@router.post("/uface/beat")
def take_uface_heartbeat(
    call: UfaceDep, session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Take the sign of life of a uface terminal."""
    _, reading, _ = _take(
        session, valkey, keyring, call=call, vendor=DeviceVendor.UFACE, read=uface.read_heartbeat
    )
    return Response(reading.reply, media_type=JSON)


@router.post("/uface/cloud")
def take_uface_cloud_record(
    call: UfaceDep, session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Take a recognition that the uface cloud passes on."""
    _, reading, _ = _take(
        session, valkey, keyring, call=call, vendor=DeviceVendor.UFACE, read=uface.read_cloud
    )
    return Response(reading.reply, media_type=PLAIN)


@router.post("/facesluice")
async def take_facesluice_records(
    request: Request, call: FacesluiceDep, valkey: ValkeyDep, keyring: KeyringDep
) -> Response:
    """Take records of a facesluice gate, and acknowledge each; one that was alone sends a list."""

    def take(session: Session) -> bytes:
        _, reading, _ = _take(
            session,
            valkey,
            keyring,
            call=call,
            vendor=DeviceVendor.FACESLUICE,
            read=facesluice.read,
        )
        return reading.reply

    reply = await store(request, take, crossings=facesluice.count_records(call.delivery.body))
    return Response(reply, media_type=JSON)


def _take(
    session: Session,
    valkey: Redis,
    keyring: Keyring,
    *,
    call: Call,
    vendor: DeviceVendor,
    read: Read,
) -> tuple[Device, Reading, list[Answer]]:
    """Read and store a message; the answer leaves after the commit."""
    device = find_terminal(session, secret=call.secret, vendor=vendor, address=call.address)
    reading = read(call.delivery.body, describe(session, device))
    answers = take_delivery(
        session, valkey, keyring, device=device, delivery=call.delivery, reading=reading
    )
    return device, reading, answers
