"""Wire shapes of asking for the wage ledger."""

from typing import Annotated

from pydantic import BaseModel, Field

from payroll.ledger import LedgerPart

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-10"])]


class LedgerIn(BaseModel):
    """Which months and lines, and why whole numbers are needed."""

    first_month: Month
    last_month: Month
    part: LedgerPart = LedgerPart.ALL
    unmask_reason: str | None = Field(
        default=None,
        max_length=200,
        description="Why identity, phone and card numbers must be whole; each worker sees it.",
    )
