"""What of a scanned text may stand on the gate's disk: nothing that opens, nothing personal.

A live code is dead within a minute and is kept as it is: the server judges its tags. A card opens
until it is revoked, so only what the server knows it by is kept. People also hold identity cards
and other codes to a reader; of what is neither, enough stays to tell what kind of thing it was.
"""

import re

from gate.wire import LONGEST_CODE
from qr import code as ax

LONG_NUMBER = re.compile(r"\d(?:[ .-]?\d){5,}[Xx]?")
LONG_WORD = re.compile(r"[\w-]{20,}", re.ASCII)
"""A token, or a code of ours with something before it."""
VALUE = re.compile(r'(:\s*")[^"]+')
"""In JSON; the names of its members stay."""
OTHER_BYTES = re.compile(r"(?:\\x[0-9a-f]{2})+")
"""As `gate.ports.lines` spells them: Chinese, above all."""
STARS = "***"


def to_keepable(text: str) -> str:
    """Return what is written down and uploaded of a scanned text."""
    match ax.tell_kind(text):
        case ax.CodeKind.LIVE:
            return text
        case ax.CodeKind.CARD:
            return ax.encode_card_reference(ax.read_card_digest(text))
        case None:
            return _mask(text)


def is_kept_card(kept: str) -> bool:
    """Tell whether a kept text stands for a printed card."""
    return kept.startswith(ax.CARD_REFERENCE)


def _mask(text: str) -> str:
    for pattern in (OTHER_BYTES, LONG_NUMBER, LONG_WORD):
        text = pattern.sub(STARS, text)
    return VALUE.sub(rf"\1{STARS}", text)[:LONGEST_CODE]
