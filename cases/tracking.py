"""The number by which a complaint is followed without an account."""

import re
from datetime import date

PREFIX = "AX"
SERIALS = 1_000_000
NUMBER = re.compile(r"AX([0-9]{12})([0-9]{2})")
SEPARATORS = re.compile(r"[\s\-－—]+")
FULL_WIDTH = str.maketrans("０１２３４５６７８９ＡＸａｘ", "0123456789AXax")


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


def parse_pin(text: str) -> str:
    """Return a PIN as it was given out: people write blanks and full-width digits."""
    return SEPARATORS.sub("", text.translate(FULL_WIDTH))


def _check_digits(digits: str) -> str:
    """ISO 7064 MOD 97-10: every wrong digit and every swapped pair of neighbours is noticed."""
    return f"{98 - int(digits) * 100 % 97:02d}"
