"""Wire shapes of the worker's own card."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.pay_batches import StepUpCode
from api.schemas.words import SEEN
from core.masking import mask_card
from payroll.own_card import ChangedCard, NewCard

CardNumber = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)]
Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=50, pattern=r'^[^=+\-@|,"\x00][^|,"\x00]*$'
    ),
    SEEN,
]


class CardCodeIn(BaseModel):
    """Which card the code shall be good for."""

    project_id: UUID
    bank_card: CardNumber = Field(description="16 to 19 digits.")


class BankCardIn(CardCodeIn):
    """Your own card, and the code that was texted for it."""

    holder_name: Name = Field(description="The name on the card; it must be yours.")
    bank_name: Name = Field(examples=["中国建设银行杭州西湖支行"])
    bank_link_number: str | None = Field(
        default=None, pattern=r"^[0-9]{12}$", description="CNAPS 联行号, if you know it."
    )
    code: StepUpCode

    def to_card(self) -> NewCard:
        """Return the card."""
        return NewCard(self.bank_card, self.holder_name, self.bank_name, self.bank_link_number)


class BankCardOut(BaseModel):
    """Where your wages of a project go from now on."""

    project_id: UUID
    masked_bank_card: str
    bank_name: str
    is_old_card_in_use: bool = Field(
        description="A bank file with the card of before is still on its way."
    )

    @classmethod
    def of(cls, changed: ChangedCard) -> Self:
        """Return the wire shape of a changed card."""
        worker = changed.worker
        return cls(
            project_id=worker.project_id,
            masked_bank_card=mask_card(worker.bank_card or ""),
            bank_name=worker.bank_name or "",
            is_old_card_in_use=changed.is_old_card_in_use,
        )
