"""What a terminal is to do, handed out when it asks and ticked off when it answers."""

import structlog
from redis import RedisError

from attendance.zkteco.contact import Contact, Reply
from core.enums import DeviceVendor
from devices.zkteco import commands, replies

PLAN_EVERY_SECONDS = 60
"""How soon somebody who was registered stands in the terminal's list."""

log = structlog.get_logger(__name__)


def hand_out_orders(contact: Contact) -> Reply:
    """Return the next commands; first see whom the terminal does not know yet."""
    device, at = contact.device, contact.call.received_at
    if contact.settings.keeps_people and device.vendor is DeviceVendor.ZKTECO_ATT:
        _plan(contact)
    handed_out = commands.hand_out(contact.session, device=device, at=at)
    return Reply(replies.hand_out(handed_out))


def take_answers(contact: Contact) -> Reply:
    """Note what became of commands."""
    unread = commands.take_returns(
        contact.session, device=contact.device, text=contact.text, at=contact.call.received_at
    )
    if unread:
        contact.keep(contact.text.encode(), notes=["no answer to a command"])
    return Reply(replies.OK)


def _plan(contact: Contact) -> None:
    """Compare the lists, once a minute and not at every poll of every terminal."""
    key = f"zkteco:plan:{contact.device.id}"
    try:
        is_due = contact.valkey.set(key, b"1", nx=True, ex=PLAN_EVERY_SECONDS)
    except RedisError as error:
        log.warning("people_plan_without_valkey", error=type(error).__name__)
        is_due = True
    if is_due:
        commands.plan_people(contact.session, device=contact.device, at=contact.call.received_at)
