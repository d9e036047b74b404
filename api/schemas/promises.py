"""Wire shapes of what a division promises to do in less time than the law leaves it."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.words import NO_NUL, SEEN
from core.case_enums import ClockKind
from db.models import LocalPromise

Source = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL),
    SEEN,
]


class PromiseIn(BaseModel):
    """What a division promises, from a day on."""

    kind: ClockKind
    days: int = Field(ge=1, le=365, description="Fewer than the law's, in the law's own unit.")
    source: Source = Field(description="Where it was promised; shown to people.")
    from_date: date


class PromiseOut(BaseModel):
    """A promise of a division."""

    id: UUID
    kind: ClockKind
    days: int
    source: str
    from_date: date

    @classmethod
    def of(cls, promise: LocalPromise) -> Self:
        """Return the wire shape of a promise."""
        return cls.model_validate(promise, from_attributes=True)


class PromisesOut(BaseModel):
    """What a division promises today."""

    items: list[PromiseOut]
