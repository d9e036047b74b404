"""What the forms of the desk send."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.schemas.auth import Mobile
from api.schemas.devices import Name
from api.schemas.payroll import AdjustmentIn
from api.schemas.words import Words
from core.enums import Role

MOST_LINES = 20
COLUMNS = ("name", "quantity", "unit", "unit_price", "line")
Cell = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)]


class DeskCodeForm(BaseModel):
    """Where to text a code."""

    phone: Mobile


class DeskSignInForm(BaseModel):
    """The code, and which of the number's people and roles."""

    phone: Mobile
    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]
    person_id: UUID | None = None
    role: Role | None = None
    scope: Annotated[str | None, Field(max_length=60)] = None


class KioskForm(BaseModel):
    """What a new kiosk is called."""

    name: Name


class AdjustmentForm(BaseModel):
    """A corrected payslip: worked out anew, or line by line; a line without a name is none."""

    note: Words
    is_recomputed: bool = False
    name: list[Cell] = Field(default_factory=list, max_length=MOST_LINES)
    quantity: list[Cell] = Field(default_factory=list, max_length=MOST_LINES)
    unit: list[Cell] = Field(default_factory=list, max_length=MOST_LINES)
    unit_price: list[Cell] = Field(default_factory=list, max_length=MOST_LINES)
    line: list[Cell] = Field(default_factory=list, max_length=MOST_LINES)
    """Which line of the payslip each was; empty for a new one."""

    @model_validator(mode="after")
    def check_lines(self) -> Self:
        """Refuse lines that are no lines of pay; pydantic's error is a ValueError."""
        self.to_adjustment()
        return self

    def to_adjustment(self) -> AdjustmentIn:
        """Return what the API would be sent."""
        if self.is_recomputed:
            return AdjustmentIn(note=self.note)
        columns = zip(self.name, self.quantity, self.unit, self.unit_price, self.line, strict=True)
        items = [
            {column: cell or None for column, cell in zip(COLUMNS, line, strict=True)}
            for line in columns
            if line[0]
        ]
        return AdjustmentIn.model_validate({"note": self.note, "items": items})
