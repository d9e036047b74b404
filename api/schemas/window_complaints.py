"""Wire shape of a complaint that an official writes down for whoever called or came."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from api.schemas.auth import Mobile
from api.schemas.cases import Attachments, EmployerName, Mark, Statement, Yuan
from api.schemas.words import Name
from cases.filing import Filing
from core.case_enums import Channel, ComplaintKind, Disclosure
from core.money import parse_yuan


def _refuse_nothing(amount: str) -> str:
    """Nobody complains about nothing: it was mistyped, and would be kept as unknown."""
    if parse_yuan(amount) == 0:
        raise ValueError("an amount of 0 is none")
    return amount


Claimed = Annotated[Yuan, AfterValidator(_refuse_nothing)]


class AssistedComplaintIn(BaseModel):
    """A complaint that an official writes down for somebody, by phone or at the window."""

    statement: Statement
    channel: Literal[Channel.PHONE, Channel.WINDOW] = Channel.WINDOW
    kind: ComplaintKind = ComplaintKind.COMPLAINT
    disclosure: Disclosure = Disclosure.SHIELDED
    project_id: UUID | None = None
    county_code: str | None = Field(
        default=None, pattern=r"^[0-9]{6}$", description="Where the site is, if no project."
    )
    employer_name: EmployerName | None = None
    name: Name | None = Field(default=None, description="Sealed; shown only when unlocked.")
    phone: Mobile | None = None
    months: list[Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]] = (
        Field(default=[], max_length=36)
    )
    amount: Claimed | None = Field(default=None, description="More than 0; left out if unknown.")
    people: int = Field(default=1, ge=1, le=1000)
    mark: Mark | None = None
    attachments: Attachments = []

    def as_filing(self) -> Filing:
        """Return what is filed, without the name, the months and the files."""
        said = self.model_dump(exclude={"amount", "name", "months", "attachments"})
        amount_fen = None if self.amount is None else parse_yuan(self.amount)
        return Filing(**said, amount_fen=amount_fen)
