"""Wire shapes of a worker's own complaint about wages."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.cases import Attachments, FiledComplaintOut, HandedIn, Mark, Statement
from core.case_enums import Disclosure
from payroll.complaints import OwnComplaint


class MyComplaintIn(BaseModel):
    """What happened; everything else is filled in from your payslip or project."""

    payslip_id: UUID | None = None
    project_id: UUID | None = Field(
        default=None, description="Needed only without a payslip and on several projects."
    )
    statement: Statement = Field(description="What happened, in your own words.")
    disclosure: Disclosure = Field(
        default=Disclosure.SHIELDED, description="Who may learn that it was you."
    )
    mark: Mark | None = Field(
        default=None, description="Fresh for each form: the same mark is the same tap."
    )
    attachments: Attachments = []


class MyComplaintForm(MyComplaintIn):
    """What the phone page sends: the files come with the words."""

    files: HandedIn = []


class MyComplaintOut(FiledComplaintOut):
    """Number, PIN and proof of filing; keep them, the PIN is shown for half an hour."""

    receipt: str = Field(description="JWS (ES256); verify with `/.well-known/jwks.json`.")

    @classmethod
    def of_own(cls, own: OwnComplaint) -> Self:
        """Return the wire shape of a fresh complaint."""
        return cls.model_validate(own, from_attributes=True)
