"""Reading again what could not be read before its terminal was set up as it stands."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlmodel import Session

from attendance.deliveries import describe, is_another
from attendance.terminals import take_punches
from core.enums import MessageState
from core.keyring import Keyring
from db.models import Device, DeviceMessage
from devices import queries, terminal_queries
from devices.vendors import facesluice, hikvision, uface
from devices.vendors.reading import Reading, Terminal

MOST_AT_ONCE = 1_000
READERS: dict[str, Callable[[bytes, Terminal], Reading]] = {
    "/hikvision": partial(hikvision.read, content_type=""),
    "/uface/recog": uface.read_callback,
    "/uface/cloud": uface.read_cloud,
    uface.PULLED: uface.read_pulled,
    "/facesluice": facesluice.read,
}
"""By path; a question that went unanswered is over, so readers that only ask are not here."""


@dataclass(frozen=True, slots=True)
class Rereading:
    """How many messages were read now, and how many still cannot be."""

    read: int
    still_unread: int


def reread_messages(
    session: Session, keyring: Keyring, *, project_id: UUID, device_id: UUID, at: datetime
) -> Rereading:
    """Take in the terminal's unread messages, up to 1,000, that can be read by now.

    What had been understood of them before is not stored twice. Raises DeviceNotFoundError.
    """
    device = queries.get_device(session, project_id=project_id, device_id=device_id)
    messages = terminal_queries.lock_unread(session, device_id=device_id, limit=MOST_AT_ONCE)
    terminal = describe(session, device)
    read = 0
    for message in messages:
        reading = _read(device, terminal, message)
        # What happened then says nothing about the terminal's clock now.
        late = [replace(punch, is_resent=True) for punch in reading.punches]
        take_punches(session, keyring, device=device, punches=late, at=at)
        if not reading.unread:
            message.state = MessageState.TAKEN
            read += 1
    session.flush()
    return Rereading(read, len(messages) - read)


def _read(device: Device, terminal: Terminal, message: DeviceMessage) -> Reading:
    reader = READERS.get(message.path.partition("?")[0])
    if reader is None:
        return Reading(unread=("no reader",))
    reading = reader(base64.b64decode(message.body), terminal)
    is_strange = is_another(device, reading.serial_number)
    return Reading(unread=("serial number",)) if is_strange else reading
