"""One byte form of a document (RFC 8785), and the hash of it that people sign."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import rfc8785

MOST_EXACT = 2**53 - 1

sorted_json = msgspec.json.Encoder(order="sorted")
"""Writes RFC 8785 of ASCII names, text, exact whole numbers and nothing else."""


def canonical_form(document: Mapping[str, Any]) -> bytes:
    """Return the RFC 8785 bytes of a JSON document.

    TypeError for a float anywhere: amounts are decimal strings, and two programs may print one
    float differently. ValueError for text that no UTF-8 can hold.
    """
    if _is_plain(document):
        # What is left to write one way only, msgspec writes much faster.
        return sorted_json.encode(document)
    return rfc8785.dumps(dict(document))


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex, 64 characters) of the document's canonical form."""
    return hashlib.sha256(canonical_form(document)).hexdigest()


def _is_plain(value: object) -> bool:
    """Tell whether a value has only keys that sort alike everywhere, text, and exact numbers."""
    if type(value) is str or value is None or type(value) is bool:
        return True
    if type(value) is dict:
        are_plain = _are_plain(value.values())
        return are_plain and all(map(str.isascii, value))
    if type(value) is int:
        return abs(value) <= MOST_EXACT
    if isinstance(value, float):
        raise TypeError(f"a float has no one form to sign: {value!r}")
    return isinstance(value, list | tuple) and _are_plain(value)


def _are_plain(values: Iterable[object]) -> bool:
    # Every one is looked at: a float is refused, also behind something that is not plain.
    are_plain = True
    for value in values:
        are_plain = _is_plain(value) and are_plain
    return are_plain
