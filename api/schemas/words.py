"""Text as people type it, and what it may not hold."""

from typing import Annotated

from pydantic import StringConstraints

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL in text."""
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=NO_NUL)
]
