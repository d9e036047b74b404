"""What the forms of the kiosk send."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from api.schemas.assisted import CHECK_LENGTH, WitnessCode
from api.schemas.payslips import ConfirmIn, DisputedField
from api.schemas.words import NO_NUL

Pin = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]


def _none_if_blank(text: object) -> object:
    """A form sends an empty field as an empty text."""
    return None if isinstance(text, str) and not text.strip() else text


class CardForm(BaseModel):
    """What the reader typed, and the PIN; a letter's PIN with the worker's own new one."""

    card: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
    pin: Pin
    new_pin: Annotated[Pin | None, BeforeValidator(_none_if_blank)] = None


class WitnessedForm(ConfirmIn):
    """What is agreed with, and the code while it is still on the screen."""

    code: WitnessCode | None = None

    @property
    def check(self) -> str:
        """What kiosk and witness both see."""
        return self.content_hash[:CHECK_LENGTH]


class KioskDisputeForm(BaseModel):
    """What is wrong, by touch; words only from whoever wants to type."""

    fields: Annotated[list[DisputedField], Field(min_length=1, max_length=7)]
    words: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=400, pattern=NO_NUL)
    ] = ""
