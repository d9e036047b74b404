"""What the forms of the phone page send."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.attendance import ConfirmDayIn, ObjectionIn
from api.schemas.auth import Mobile
from api.schemas.check_ins import PosterToken


class CodeForm(BaseModel):
    """Where to text a code."""

    phone: Mobile
    poster_token: PosterToken | None = None


class SignInForm(BaseModel):
    """The code, and who of those who share the phone."""

    phone: Mobile
    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]
    person_id: UUID | None = None
    poster_token: PosterToken | None = None


class ConfirmDayForm(ConfirmDayIn):
    """Which day is right as it is shown."""

    work_date: date = Field(ge=date(2020, 1, 1), le=date(2099, 12, 31))


class ObjectionForm(ObjectionIn):
    """Which day is wrong, and why."""

    work_date: date = Field(ge=date(2020, 1, 1), le=date(2099, 12, 31))
