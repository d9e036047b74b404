"""Taking faces, fingerprints, passwords and identity cards out of what is kept; pure.

PIPL §28: biometrics and identity cards are sensitive, and attendance needs neither.
"""

import re
from collections.abc import Callable

from devices.vendors.redaction import redact_text
from devices.zkteco.events import read_fields

BIOMETRICS = {
    "ATTPHOTO",
    "BIODATA",
    "BIOPHOTO",
    "FACE",
    "FACEV7",
    "FINGERTMP",
    "FP",
    "FVEIN",
    "FVTEMPLATE",
    "PALM",
    "TEMPLATEV10",
    "USERPIC",
}
"""Tables, and the first words of lines in other tables."""
IDENTITY_CARDS = {"IDCARD", "IDENTITYCARD"}
CARD_NUMBER = "id_num"
PASSWORD = re.compile(r"(?i)\b(passwd|password|pwd)=[^\t\r\n]*")
LINE_HEAD = re.compile(r"[A-Za-z0-9]+")

Digest = Callable[[str], str]


def is_biometric(table: str) -> bool:
    """Tell whether all of a table is dropped."""
    return table.upper() in BIOMETRICS


def redact_upload(text: str, digest: Digest) -> bytes:
    """Return what may be kept of an upload."""
    kept = (_redact_line(line, digest) for line in text.split("\n"))
    return b"\n".join(line for line in kept if line is not None)


def redact_cards(text: str, digest: Digest) -> bytes:
    """Return who showed an identity card, by a keyed hash of its number and nothing else."""
    found = [read_fields(line.strip("\r\0 ")) for line in text.split("\n") if line.strip("\r\0 ")]
    lines = [
        f"identitycard\tpin={fields.get('pin', '')[:30]}\thash={_hash(fields, digest)}"
        for fields in found
    ]
    return "\n".join(lines).encode()


def _redact_line(line: str, digest: Digest) -> bytes | None:
    head = LINE_HEAD.match(line)
    if head is not None and is_biometric(head[0]):
        return None
    return redact_text(PASSWORD.sub(r"\1=", line), digest)


def _hash(fields: dict[str, str], digest: Digest) -> str:
    number = fields.get(CARD_NUMBER, "").upper()
    return digest(number) if number else ""
