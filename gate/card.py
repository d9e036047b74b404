"""The printed card AX2 as a gate sees it: a spelling, and the hash the server lists it by."""

import base64
import binascii
import hashlib

VERSION = 0x02
TEXT_LENGTH = 24


def card_hash(text: str) -> bytes | None:
    """Return SHA-256 of the card's 15 bytes; None if the text is no printed card.

    Only the hash is listed, so that a stolen gate gives away no card that could be printed.
    """
    spelled = text.strip().upper() if text.isascii() else ""
    if len(spelled) != TEXT_LENGTH:
        return None
    try:
        raw = base64.b32decode(spelled)
    except binascii.Error:
        return None
    return hashlib.sha256(raw).digest() if raw[0] == VERSION else None
