"""Wire shapes of what is done with a complaint by number and PIN, or on behalf of who filed it."""

from typing import Literal

from pydantic import Field

from api.schemas.cases import HandedIn, LookupIn, OwnActionIn
from core.case_enums import Means


class ActByPinIn(LookupIn, OwnActionIn):
    """Number, PIN, and what you say."""


class ActByPinForm(ActByPinIn):
    """What the page sends: the files come with the words."""

    files: HandedIn = Field(default=[])


class ActOnBehalfIn(OwnActionIn):
    """What the complainant says, and how it came in."""

    means: Literal[Means.PHONE, Means.WINDOW] = Field(examples=["phone"])
    pin: str | None = Field(default=None, max_length=20, description="As the caller gives it.")
