"""Wire shape of what is found in one cell of an uploaded sheet."""

from enum import StrEnum
from typing import Generic, Self, TypeVar

from pydantic import BaseModel, Field

from projects.findings import CellFinding, Severity

Code = TypeVar("Code", bound=StrEnum)


class CellFindingOut(BaseModel, Generic[Code]):
    """What is wrong or noteworthy about one cell, and what to do in the sheet."""

    field: str = Field(description="Header of the column.")
    code: Code
    severity: Severity = Field(description="An error keeps the row out, a warning does not.")
    message: str
    message_en: str
    advice: str
    advice_en: str

    @classmethod
    def of(cls, finding: CellFinding[Code]) -> Self:
        """Return the wire shape of one finding."""
        text = finding.text
        return cls(
            field=finding.column,
            code=finding.code,
            severity=finding.severity,
            message=text.message,
            message_en=text.message_en,
            advice=text.advice,
            advice_en=text.advice_en,
        )
