"""Numbers as people write them: digits and a point."""

import re

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

WRITTEN = re.compile(r"\s*[+-]?[0-9]*\.?[0-9]*\s*")


def _refuse_notation(given: object) -> object:
    if isinstance(given, str) and not WRITTEN.fullmatch(given):
        raise PydanticCustomError("plain_number", "Digits and a decimal point only")
    return given


PLAIN = BeforeValidator(_refuse_notation)
"""On a Decimal: `1e3` or `1_000` is a slip, not somebody's way of writing a thousand yuan."""
