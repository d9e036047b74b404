"""Six-digit PINs: how they are written, kept, compared, and which are guessed first."""

from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

PINS = 1_000_000
PIN_DIGITS = 6
UP, DOWN = 2 * "0123456789", 2 * "9876543210"

# OWASP's smallest argon2id: six digits cannot be made strong, guessing is limited by counting.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def format_pin(secret: int) -> str:
    """Return six digits of a random number below one million."""
    return f"{secret:0{PIN_DIGITS}d}"


def hash_pin(pin: str) -> str:
    """Return what the database keeps of a PIN."""
    return _hasher.hash(pin)


def is_right_pin(pin_hash: str | None, pin: str) -> bool:
    """Compare in the same time whether or not there is a PIN (`pin_hash` None)."""
    try:
        _hasher.verify(pin_hash or _NOBODYS_HASH, pin)
    except VerificationError:
        return False
    return pin_hash is not None


def is_guessable(pin: str, *, known_numbers: Iterable[str] = ()) -> bool:
    """Tell whether a PIN is what others try first: 888888, 123456, 131313, 121121, a birthday.

    `known_numbers` are numbers that others know of the person: identity number, phone.
    """
    half, third = PIN_DIGITS // 2, PIN_DIGITS // 3
    is_repeated = pin[:third] * 3 == pin or pin[:half] * 2 == pin
    is_row = pin in UP or pin in DOWN
    return is_repeated or is_row or any(pin in number for number in known_numbers)


_NOBODYS_HASH = hash_pin("")
