"""Wire shapes of printed cards."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.schemas.words import NO_NUL, SEEN
from core.masking import mask_name
from db.models import WorkerCard
from qr.card_pins import MAX_FAILURES
from qr.cards import LARGEST_BATCH, IssuedCard, number_of

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=200, pattern=NO_NUL),
    SEEN,
    Field(examples=["卡丢了"]),
]
Pin = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class CardOut(BaseModel):
    """A printed card; what it says in its code is not known to the platform."""

    id: UUID
    number: str = Field(description="The label on the card.", examples=["7F3A-09C2"])
    issued_at: datetime
    revoked_at: datetime | None
    revoke_reason: str | None
    is_pin_chosen: bool = Field(description="False: the PIN is still the letter's.")
    is_pin_locked: bool

    @classmethod
    def of(cls, card: WorkerCard) -> Self:
        """Return the wire shape of a card."""
        return cls(
            id=card.id,
            number=number_of(card),
            issued_at=card.created_at,
            revoked_at=card.revoked_at,
            revoke_reason=card.revoke_reason,
            is_pin_chosen=card.pin_chosen_at is not None,
            is_pin_locked=card.pin_failures >= MAX_FAILURES,
        )


class CardIn(BaseModel):
    """A card to be made."""

    replace_because: Reason | None = Field(
        default=None, description="Ends the card the worker has; without it that is refused."
    )


class IssuedCardOut(BaseModel):
    """A new card with its secrets, which exist in this answer only."""

    id: UUID
    number: str
    masked_name: str = Field(examples=["王*明"])
    code: str = Field(description="AX2: goes into the QR picture.")
    pin: str = Field(description="Goes into the sealed letter.")

    @classmethod
    def of(cls, issued: IssuedCard) -> Self:
        """Return the wire shape of an issued card."""
        return cls(
            id=issued.card.id,
            number=number_of(issued.card),
            masked_name=mask_name(issued.holder.person.name),
            code=issued.code,
            pin=issued.pin,
        )


class CardsIn(CardIn):
    """Whose cards to make: a team's who have none, or of the workers named."""

    team_id: UUID | None = None
    worker_ids: list[UUID] = Field(default=[], max_length=LARGEST_BATCH)

    @model_validator(mode="after")
    def _check_one_of(self) -> Self:
        if (self.team_id is None) == (not self.worker_ids):
            raise ValueError("give either team_id or worker_ids")
        if self.team_id is not None and self.replace_because is not None:
            raise ValueError("cards are replaced by worker_ids, not by team")
        return self


class RevokeIn(BaseModel):
    """Why a card ends."""

    reason: Reason


class PinIn(BaseModel):
    """A PIN its owner chose."""

    pin: Pin
