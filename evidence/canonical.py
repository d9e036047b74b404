"""One byte form of a document (RFC 8785), and the hash of it that people sign."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785


def canonical_form(document: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of a JSON document.

    TypeError for a float anywhere: amounts are decimal strings, and two programs may print one
    float differently.
    """
    _refuse_floats(document)
    return rfc8785.dumps(dict(document))


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex, 64 characters) of the document's canonical form."""
    return hashlib.sha256(canonical_form(document)).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"a float has no one form to sign: {value!r}")
    if isinstance(value, Mapping):
        for member in value.values():
            _refuse_floats(member)
    elif isinstance(value, list | tuple):
        for member in value:
            _refuse_floats(member)
