"""What the desk's forms of advances, piece work, supplements and deductions send."""

from uuid import UUID

from pydantic import BaseModel

from api.schemas.attendance import Month
from api.schemas.pay_terms import (
    AdvanceIn,
    DeductionIn,
    PieceWorkIn,
    SupplementIn,
    WithdrawalIn,
)


class _OfTeam(BaseModel):
    team_id: UUID
    """Whose page it was sent from."""


class EntryForm(_OfTeam):
    """Something entered for one worker, on the page of which month."""

    worker_id: UUID
    month: Month

    @property
    def shown_in(self) -> str:
        """The month whose page shows it."""
        return self.month


class AdvanceForm(AdvanceIn, EntryForm):
    """Wages paid ahead, and to whom."""

    @property
    def shown_in(self) -> str:
        """The month it was paid in, whatever page it was sent from."""
        return f"{self.paid_date:%Y-%m}"


class PieceWorkForm(PieceWorkIn, EntryForm):
    """Measured work, and whose."""


class SupplementForm(SupplementIn, EntryForm):
    """What an earlier month lacked, and whose."""


class DeductionForm(DeductionIn, EntryForm):
    """What is to be taken off, and whose wage."""


class EntryWithdrawalForm(WithdrawalIn, _OfTeam):
    """Why it is taken back, on the page of which month."""

    month: Month
