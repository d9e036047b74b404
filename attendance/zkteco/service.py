"""Answering ZKTeco terminals, each kind in its own protocol."""

from redis import Redis
from sqlmodel import Session

from attendance.zkteco import acc, att
from attendance.zkteco.contact import Call, Contact, Reply
from core.enums import DeviceVendor
from core.keyring import Keyring
from db.models import Device
from devices.service import note_contact
from devices.zkteco.redaction import IDENTITY_CARDS, is_biometric, redact_cards, redact_upload
from devices.zkteco.settings import read_settings

TELLING = {("GET", "cdata"), ("POST", "cdata"), ("POST", "registry")}
"""Calls that say who is there or what happened; the others would only repeat it."""


def keep_strange(
    session: Session, valkey: Redis, keyring: Keyring, *, device: Device, call: Call
) -> None:
    """Keep what a terminal with another serial number sends as one of ours; nothing is believed.

    The caller refuses it, so the terminal keeps its rows until somebody has looked.
    """
    if (call.method, call.action) in TELLING:
        settings = read_settings(device.vendor_settings)
        contact = Contact(session, valkey, keyring, device, settings, call)
        contact.keep(_redact(contact), notes=[f"serial number {call.query.get('sn', '')}"])


def _redact(contact: Contact) -> bytes:
    tables = {contact.call.table, contact.call.query.get("tablename", "").upper()}
    if any(map(is_biometric, tables)):
        return b""
    redact = redact_cards if tables & IDENTITY_CARDS else redact_upload
    return redact(contact.text, contact.digest)


def answer_call(
    session: Session, valkey: Redis, keyring: Keyring, *, device: Device, call: Call
) -> Reply:
    """Do what a terminal's call asks for and return what it is to be told.

    The caller sends the answer after the transaction is committed, never before: an acknowledged
    row is a row the terminal forgets. Calls that nobody knows are kept and acknowledged, or the
    terminal would repeat them for ever instead of going on.
    """
    settings = read_settings(device.vendor_settings)
    contact = Contact(session, valkey, keyring, device, settings, call)
    is_acc = device.vendor is DeviceVendor.ZKTECO_ACC
    reply = acc.answer(contact) if is_acc else att.answer(contact)
    note_contact(device, at=call.received_at, clock_offset_ms=None)
    return reply
