"""Taking pictures and identity numbers out of what is kept of a terminal's message; pure.

PIPL §28: a face and an identity card are sensitive, and attendance needs neither.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

PICTURES = {"pic", "picture", "img", "image", "imgbase64", "photo", "sanppic", "snappic"}
IDENTITIES = {"idcard", "idcardnum", "idcardno", "idnum", "idcardinfo", "telnum", "phone"}
LONGEST_VALUE = 2_000
DEEPEST = 20
IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
BASE64_RUN = re.compile(r"[0-9A-Za-z+/=]{512,}")

Digest = Callable[[str], str]


def redact_json(document: object, digest: Digest) -> bytes:
    """Return a JSON document that still reads the same, but for pictures and identities."""
    return json.dumps(_redact(document, "", digest, DEEPEST)).encode()


def redact_form(fields: Sequence[tuple[str, str]], digest: Digest) -> bytes:
    """Return the same for the fields of a form."""
    pairs = [(name, _redact(value, name, digest, DEEPEST)) for name, value in fields]
    return urlencode(pairs, errors="replace").encode()


def redact_text(text: str, digest: Digest) -> bytes:
    """Return the same for something that could not be read."""
    short = BASE64_RUN.sub(lambda run: f"[picture, {len(run[0])} characters]", text)
    return _hide_numbers(short, digest).encode("utf-8", "replace")


def _redact(value: object, name: str, digest: Digest, depth: int) -> object:
    if name.lower() in IDENTITIES:
        return f"[hash {digest(_name_identity(value))}]" if value else value
    if depth == 0:
        return "[too deep]"
    if isinstance(value, Mapping):
        return {key: _redact(inner, key, digest, depth - 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_redact(inner, name, digest, depth - 1) for inner in value]
    return _redact_text(value, name, digest) if isinstance(value, str) else value


def _redact_text(value: str, name: str, digest: Digest) -> str:
    is_picture = name.lower() in PICTURES and value
    if is_picture or value.startswith("data:image") or len(value) > LONGEST_VALUE:
        return f"[picture, {len(value)} characters]"
    return _hide_numbers(value, digest)


def _hide_numbers(text: str, digest: Digest) -> str:
    return IDENTITY_NUMBER.sub(lambda number: f"[hash {digest(number[0])}]", text)


def _name_identity(value: object) -> str:
    """Return the identity number inside whatever the terminal read off a card."""
    text = str(value)
    number = IDENTITY_NUMBER.search(text)
    return number[0] if number else text
