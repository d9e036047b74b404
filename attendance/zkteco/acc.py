"""Access terminals (security PUSH 3.x): registration, live events, and what was buffered."""

from collections.abc import Callable

from attendance.zkteco import orders
from attendance.zkteco.contact import Contact, Reply
from attendance.zkteco.events import note_state, take_events
from attendance.zkteco.questions import answer_question
from devices.zkteco import doors
from devices.zkteco.events import NUMBER, read_lines
from devices.zkteco.redaction import IDENTITY_CARDS, is_biometric, redact_cards, redact_upload
from devices.zkteco.replies import OK, acknowledge_table, offer_acc_options

TRANSACTION = "TRANSACTION"
KNOWN_TABLES = {"ERRORLOG", "OPTIONS", "USER"}
HELLOS = {("GET", "cdata"), ("POST", "registry")}
DATED_QR_KEY = "1"
"""QR scheme 1: the key is the date, so that anybody can make codes."""


def answer(contact: Contact) -> Reply:
    """Answer one call of an access terminal."""
    call = contact.call
    if (call.method, call.action) not in HELLOS and not _has_session(contact):
        return Reply("406", is_refused=True)
    handle = HANDLERS.get((call.method, call.action))
    return handle(contact) if handle else _take_unknown(contact)


def _has_session(contact: Contact) -> bool:
    """Tell whether the terminal may go on: its token is right, or its path says it all."""
    token = contact.call.token
    if token is None:
        return not contact.call.is_bare
    return doors.is_session_token(contact.session, contact.device, token)


def _greet(contact: Contact) -> Reply:
    """Say hello: an unregistered terminal is to register first."""
    session, device = contact.session, contact.device
    if device.paired_at is None:
        return Reply(OK)
    return Reply(
        offer_acc_options(
            session_id=doors.session_id(session, device),
            registry_code=doors.registry_code(session, device),
        )
    )


def _register(contact: Contact) -> Reply:
    """Register a terminal, but none that itself opens for codes that anybody can make."""
    fields = {
        name.strip("~ ").lower(): value.strip()
        for name, _, value in (part.partition("=") for part in contact.text.split(","))
    }
    if fields.get("qrcodedecrypttype") == DATED_QR_KEY:
        contact.keep(contact.call.body, notes=["QR scheme 1 is switched on in the terminal"])
        return Reply("406", is_refused=True)
    contact.keep(redact_upload(contact.text, contact.digest), notes=[])
    device = contact.device
    device.paired_at = device.paired_at or contact.call.received_at
    return Reply(f"RegistryCode={doors.registry_code(contact.session, device)}")


def _send_options(contact: Contact) -> Reply:
    session_id = doors.session_id(contact.session, contact.device)
    return Reply(offer_acc_options(session_id=session_id))


def _take_table(contact: Contact) -> Reply:
    call = contact.call
    if "authtype" in call.query:
        return answer_question(contact)
    if call.table == "TABLEDATA":
        return _take_table_data(contact)
    if call.table == "RTLOG":
        take_events(contact, is_live=True)
    elif call.table == "RTSTATE":
        note_state(contact)
    else:
        _keep_other(contact, call.table)
    return Reply(OK)


def _take_table_data(contact: Contact) -> Reply:
    """Take rows out of the terminal's memory, each table acknowledged by its name and number."""
    table = contact.call.query.get("tablename", "")
    count = 0 if is_biometric(table) else len(read_lines(contact.text))
    said = contact.call.query.get("count", "")
    if table.upper() == TRANSACTION:
        take_events(contact, is_live=False)
    elif table.upper() in IDENTITY_CARDS:
        contact.keep(redact_cards(contact.text, contact.digest), notes=[])
    elif not is_biometric(table):
        _keep_other(contact, table.upper())
    number = int(said) if NUMBER.fullmatch(said) else count
    return Reply(acknowledge_table(table[:40], number, contact.settings))


def _keep_other(contact: Contact, table: str) -> None:
    """Keep what is no attendance: people in a terminal make nobody a worker here."""
    notes = [] if table in KNOWN_TABLES else [f"table {table[:40] or 'missing'}"]
    contact.keep(redact_upload(contact.text, contact.digest), notes=notes)


def _take_unknown(contact: Contact) -> Reply:
    call = contact.call
    if call.body:
        body = redact_upload(contact.text, contact.digest)
        contact.keep(body, notes=[f"{call.method} {call.action[:40]}"])
    return Reply(OK)


def _stay_in_touch(_contact: Contact) -> Reply:
    return Reply(OK)


HANDLERS: dict[tuple[str, str], Callable[[Contact], Reply]] = {
    ("GET", "cdata"): _greet,
    ("POST", "cdata"): _take_table,
    ("POST", "registry"): _register,
    ("GET", "push"): _send_options,
    ("POST", "push"): _send_options,
    ("GET", "getrequest"): orders.hand_out_orders,
    ("POST", "devicecmd"): orders.take_answers,
    ("GET", "ping"): _stay_in_touch,
}
