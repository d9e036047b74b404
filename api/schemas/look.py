"""Wire shapes of looking at somebody's code: three viewers, three answers."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.gate import ShownWorkerOut
from api.schemas.payslips import WageStatusOut
from core.enums import ScanReason, Tone
from core.masking import mask_id_number
from payroll.look import InspectorView, SupervisorView
from payroll.look_queries import CountyEngagement
from projects.dictionaries import WORK_TYPE

VALID = "这是有效的安薪码"
NOT_VALID = "这不是有效的安薪码，请让对方刷新后再扫"
LONGEST_CODE = 256


class LookIn(BaseModel):
    """What was scanned."""

    code: str = Field(max_length=LONGEST_CODE, examples=["AFCEM2DJNJUHNCVSCP4RQSDP4EZ7MHYZLDPVY"])


class LookOut(BaseModel):
    """All that a stranger learns."""

    valid: bool
    say: str = Field(examples=[VALID])

    @classmethod
    def of(cls, *, is_valid: bool) -> Self:
        """Return the wire shape of a stranger's look."""
        return cls(valid=is_valid, say=VALID if is_valid else NOT_VALID)


class SupervisorLookOut(BaseModel):
    """May somebody be here, and who is it."""

    reason: ScanReason
    tone: Tone
    say: str
    worker: ShownWorkerOut | None = Field(description="Only when the code proved who it is.")
    photo: str | None = Field(description="JPEG of 120×160 pixels, base64; null without one.")

    @classmethod
    def of(cls, view: SupervisorView) -> Self:
        """Return the wire shape of a supervisor's look."""
        return cls(
            reason=view.reason,
            tone=view.tone,
            say=view.say,
            worker=view.worker and ShownWorkerOut.of(view.worker),
            photo=view.photo,
        )


class CountyEngagementOut(BaseModel):
    """A project of the inspector's county that the worker is on."""

    project_id: UUID
    project_name: str
    team_name: str
    trade: str

    @classmethod
    def of(cls, engagement: CountyEngagement) -> Self:
        """Return the wire shape of an engagement."""
        return cls(
            project_id=engagement.project_id,
            project_name=engagement.project_name,
            team_name=engagement.team_name,
            trade=WORK_TYPE.name_of(engagement.work_type),
        )


class InspectionOut(BaseModel):
    """Who it is, where they work in the county, and how their wages stand."""

    person_id: UUID
    name: str
    masked_id_number: str | None = Field(description="Unmasked with a reason.")
    engagements: list[CountyEngagementOut]
    wages: WageStatusOut

    @classmethod
    def of(cls, view: InspectorView) -> Self:
        """Return the wire shape of an inspector's look."""
        person = view.person
        return cls(
            person_id=person.id,
            name=person.name,
            masked_id_number=person.id_number and mask_id_number(person.id_number),
            engagements=[CountyEngagementOut.of(engagement) for engagement in view.engagements],
            wages=WageStatusOut.of(view.wages),
        )
