"""Which terminal is calling: by the secret in its path, or by its serial number if it has to be."""

import hmac
import re

from sqlmodel import Session

from core.crypto import token_hash
from core.enums import DeviceVendor
from db.models import Device
from db.session import blind_index
from devices import terminal_queries
from devices.errors import UnknownTerminalError
from devices.inbox import find_terminal, is_allowed
from devices.zkteco import queries
from devices.zkteco.replies import session_token
from devices.zkteco.settings import read_settings

CODE_CHARACTERS = 16
SERIAL = re.compile(r"[A-Za-z0-9._-]{1,64}")


def find_by_secret(session: Session, *, secret: str, address: str) -> Device:
    """Return the terminal with this secret in its path; UnknownTerminalError."""
    device = terminal_queries.find_by_secret(session, token_hash(secret))
    is_ours = device is not None and device.vendor in queries.VENDORS
    vendor = device.vendor if device is not None and is_ours else DeviceVendor.ZKTECO_ATT
    return find_terminal(session, secret=secret, vendor=vendor, address=address)


def is_own_serial(device: Device, serial_number: str) -> bool:
    """Tell whether a terminal shows the serial number of its device; UnknownTerminalError if none.

    The first one it shows is its own from then on: a path that was copied into another terminal
    does not open.
    """
    if not SERIAL.fullmatch(serial_number):
        raise UnknownTerminalError
    if device.serial_number is None:
        device.serial_number = serial_number
    return device.serial_number == serial_number


def find_by_serial(
    session: Session, *, serial_number: str, address: str, comm_key: str | None, is_hello: bool
) -> Device:
    """Return the terminal that can only be given a host and a port; UnknownTerminalError.

    Only one that was registered so, calling from the few addresses named for it; where a
    communication key was set, it must be right whenever it is shown, and a hello must show it.
    """
    if not SERIAL.fullmatch(serial_number):
        raise UnknownTerminalError
    found = queries.list_by_serial(session, serial_number)
    # By address first: whoever registers another site's serial number must not shut its door.
    found = [
        device
        for device in found
        if read_settings(device.vendor_settings).has_bare_path
        and device.allowed_networks
        and is_allowed(device, address)
    ]
    if len(found) != 1:
        raise UnknownTerminalError
    device = found[0]
    if not _has_key(device, comm_key, is_hello=is_hello):
        raise UnknownTerminalError
    return device


def registry_code(session: Session, device: Device) -> str:
    """Return what an access terminal is registered under; another once its secret is renewed."""
    return _derive(session, device, "zkteco.registry")


def session_id(session: Session, device: Device) -> str:
    """Return the name of an access terminal's session, which lasts as long as its secret."""
    return _derive(session, device, "zkteco.session")


def is_session_token(session: Session, device: Device, token: str) -> bool:
    """Tell whether an access terminal shows the token of its session."""
    expected = session_token(
        registry_code(session, device), device.serial_number or "", session_id(session, device)
    )
    return hmac.compare_digest(expected, token.lower())


def _derive(session: Session, device: Device, context: str) -> str:
    secret = (device.path_secret_hash or b"").hex()
    return blind_index(session, context, f"{device.id}|{secret}").hex()[:CODE_CHARACTERS].upper()


def _has_key(device: Device, comm_key: str | None, *, is_hello: bool) -> bool:
    expected = read_settings(device.vendor_settings).comm_key_hash
    if expected is None:
        return True
    if not comm_key:
        return not is_hello
    return hmac.compare_digest(expected, token_hash(comm_key).hex())
