"""Text as people type it, and what it may not hold."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from core.text import drop_turns, says_something

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL in text."""


def _refuse_unseen(text: str) -> str:
    if not says_something(text):
        raise PydanticCustomError("unseen_words", "Only characters that nobody can see")
    return drop_turns(text)


def _drop_unseen(text: str) -> str:
    return drop_turns(text) if says_something(text) else ""


SEEN = AfterValidator(_refuse_unseen)
"""Beside `min_length`: U+200B, U+3164 and the like say no more than blanks do."""
EMPTY_IF_UNSEEN = AfterValidator(_drop_unseen)
"""Where nothing need be said: words nobody can see are none."""
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=NO_NUL),
    SEEN,
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=NO_NUL),
    SEEN,
]
