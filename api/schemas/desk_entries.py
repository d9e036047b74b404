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


class _ForWorker(_OfTeam):
    worker_id: UUID


class AdvanceForm(AdvanceIn, _ForWorker):
    """Wages paid ahead, and to whom."""


class PieceWorkForm(PieceWorkIn, _ForWorker):
    """Measured work, and whose."""


class SupplementForm(SupplementIn, _ForWorker):
    """What an earlier month lacked, and whose."""


class DeductionForm(DeductionIn, _ForWorker):
    """What is to be taken off, and whose wage."""


class EntryWithdrawalForm(WithdrawalIn, _OfTeam):
    """Why it is taken back, on the page of which month."""

    month: Month
