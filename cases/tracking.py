"""The number and PIN by which a complaint is followed without an account."""

import re
from datetime import date

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

PREFIX = "AX"
SERIALS = 1_000_000
PINS = 1_000_000
NUMBER = re.compile(r"AX([0-9]{12})([0-9]{2})")
SEPARATORS = re.compile(r"[\s\-－—]+")
FULL_WIDTH = str.maketrans("０１２３４５６７８９ＡＸａｘ", "0123456789AXax")

# OWASP's smallest argon2id: six digits cannot be made strong, guessing is limited by counting.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def format_number(day: date, serial: int) -> str:
    """Return e.g. ``AX26112304271962``: day, serial below one million, two check digits."""
    digits = f"{day:%y%m%d}{serial:06d}"
    return f"{PREFIX}{digits}{_check_digits(digits)}"


def parse_number(text: str) -> str | None:
    """Return the number as stored, or None if it was misread; case and spacing do not matter."""
    compact = SEPARATORS.sub("", text.translate(FULL_WIDTH)).upper()
    match = NUMBER.fullmatch(compact)
    if match is None or match[2] != _check_digits(match[1]):
        return None
    return compact


def format_pin(secret: int) -> str:
    """Return six digits of a random number below one million."""
    return f"{secret:06d}"


def hash_pin(pin: str) -> str:
    """Return what the database keeps of a PIN."""
    return _hasher.hash(pin)


def is_right_pin(pin_hash: str | None, pin: str) -> bool:
    """Compare in the same time whether or not the complaint exists (`pin_hash` None)."""
    try:
        _hasher.verify(pin_hash or _NOBODYS_HASH, pin)
    except VerificationError:
        return False
    return pin_hash is not None


def _check_digits(digits: str) -> str:
    """ISO 7064 MOD 97-10: every wrong digit and every swapped pair of neighbours is noticed."""
    return f"{98 - int(digits) * 100 % 97:02d}"


_NOBODYS_HASH = hash_pin("")
