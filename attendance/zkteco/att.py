"""Attendance terminals (PUSH 2.x): hello, uploads, and what they are to do."""

from collections.abc import Callable

from attendance.terminals import take_pins
from attendance.zkteco import orders
from attendance.zkteco.contact import Contact, Reply
from devices.zkteco import queries
from devices.zkteco.attlog import parse_attlog
from devices.zkteco.redaction import IDENTITY_CARDS, is_biometric, redact_cards, redact_upload
from devices.zkteco.replies import OK, acknowledge_lines, offer_att_options
from devices.zkteco.stamps import keep_stamp

ATTLOG = "ATTLOG"
KNOWN_TABLES = {"OPERLOG", "OPTIONS", "ERRORLOG"}


def answer(contact: Contact) -> Reply:
    """Answer one call of an attendance terminal."""
    call = contact.call
    handle = HANDLERS.get((call.method, call.action))
    return handle(contact) if handle else _take_unknown(contact)


def _greet(contact: Contact) -> Reply:
    if "options" not in contact.call.query:
        return Reply(OK)
    stamps = queries.list_stamps(contact.session, contact.device.id)
    return Reply(offer_att_options(contact.device.serial_number or "", stamps))


def _take_table(contact: Contact) -> Reply:
    if contact.call.table == ATTLOG:
        return _take_attlog(contact)
    return _take_other(contact)


def _take_attlog(contact: Contact) -> Reply:
    """Store every punch; lines nobody can read are kept too, and acknowledged with the others."""
    call = contact.call
    attlog = parse_attlog(contact.text.encode())
    punches = [line.punch for line in attlog.lines]
    take_pins(contact.session, device=contact.device, punches=punches, at=call.received_at)
    notes = [f"line {fault.number}: {fault.column}" for fault in attlog.faults]
    contact.keep(redact_upload(contact.text, contact.digest), notes=notes)
    _keep_stamp(contact)
    count = len(attlog.lines) + len(attlog.faults)
    return Reply(acknowledge_lines(count, contact.settings))


def _take_other(contact: Contact) -> Reply:
    """Take what is no attendance: people and faces of a terminal make nobody a worker here."""
    call = contact.call
    if is_biometric(call.table):
        return Reply(OK)
    count = sum(1 for line in contact.text.split("\n") if line.strip("\r\0 "))
    if call.table in IDENTITY_CARDS:
        contact.keep(redact_cards(contact.text, contact.digest), notes=[])
    else:
        notes = [] if call.table in KNOWN_TABLES else [f"table {call.table[:40] or 'missing'}"]
        contact.keep(redact_upload(contact.text, contact.digest), notes=notes)
    _keep_stamp(contact)
    return Reply(acknowledge_lines(count, contact.settings))


def _keep_stamp(contact: Contact) -> None:
    call = contact.call
    stamp = call.query.get("stamp", call.query.get("opstamp", ""))
    keep_stamp(contact.session, device=contact.device, table=call.table, stamp=stamp)


def _take_unknown(contact: Contact) -> Reply:
    call = contact.call
    if call.body:
        body = redact_upload(contact.text, contact.digest)
        contact.keep(body, notes=[f"{call.method} {call.action[:40]}"])
    return Reply(OK)


def _drop_picture(_contact: Contact) -> Reply:
    return Reply(OK)


def _stay_in_touch(_contact: Contact) -> Reply:
    return Reply(OK)


HANDLERS: dict[tuple[str, str], Callable[[Contact], Reply]] = {
    ("GET", "cdata"): _greet,
    ("POST", "cdata"): _take_table,
    ("GET", "getrequest"): orders.hand_out_orders,
    ("POST", "devicecmd"): orders.take_answers,
    ("POST", "fdata"): _drop_picture,
    ("GET", "ping"): _stay_in_touch,
}
