"""What the check-in form of the phone page sends."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from api.schemas.check_ins import Accuracy, Latitude, Longitude, PosterToken
from api.schemas.gate import Nonce
from attendance.phone import PunchIn
from attendance.phone_rules import USUAL_ACCURACY_M, Location
from core.enums import Direction


def _none_if_blank(text: object) -> object:
    """A form sends a field nobody filled as an empty text."""
    return None if text == "" else text


class PunchForm(BaseModel):
    """Which way, and where the phone is unless it does not say."""

    poster_token: PosterToken
    direction: Direction
    nonce: Nonce
    latitude: Annotated[Latitude | None, BeforeValidator(_none_if_blank)] = None
    longitude: Annotated[Longitude | None, BeforeValidator(_none_if_blank)] = None
    accuracy: Annotated[Accuracy | None, BeforeValidator(_none_if_blank)] = None
    agreed_version: str | None = None
    """Of the notice, when its box was ticked just now."""

    def to_punch(self) -> PunchIn:
        """Return what the service records."""
        return PunchIn(
            poster_token=self.poster_token,
            direction=self.direction,
            nonce=self.nonce,
            location=self._find_location(),
            notice_version=self.agreed_version,
        )

    def _find_location(self) -> Location | None:
        if self.latitude is None or self.longitude is None:
            return None
        accuracy = USUAL_ACCURACY_M if self.accuracy is None else self.accuracy
        return Location(self.latitude, self.longitude, accuracy)
