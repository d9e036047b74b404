"""Wire shapes of answers at a kiosk: the code, the witness, and the call afterwards."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.words import Words
from core.masking import mask_name
from core.wage_enums import CallBackOutcome, CallBackReason
from payroll.assisted import ShownCode
from payroll.assisted_queries import AskedWitness, OpenCall

WitnessCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$"), Field(examples=["314159"])]
CHECK_LENGTH = 8
CHECK_DESCRIPTION = "Shown to both: the beginning of the content's hash."


class WitnessCodeOut(BaseModel):
    """What the kiosk shows large on its screen."""

    code: str
    check: str = Field(description=CHECK_DESCRIPTION)
    expires_at: datetime

    @classmethod
    def of(cls, shown: ShownCode) -> Self:
        """Return the wire shape of a fresh code."""
        return cls(
            code=shown.code,
            check=shown.request.content_hash[:CHECK_LENGTH],
            expires_at=shown.request.expires_at,
        )


class WitnessCodeIn(BaseModel):
    """The digits on the kiosk's screen."""

    code: WitnessCode


class WitnessRequestOut(BaseModel):
    """Whom you are to stand beside; no amount."""

    request_id: UUID
    worker_name: str = Field(description="Masked.")
    project_name: str
    month: str
    check: str = Field(description=CHECK_DESCRIPTION)
    expires_at: datetime

    @classmethod
    def of(cls, asked: AskedWitness) -> Self:
        """Return the wire shape of a request."""
        return cls(
            request_id=asked.request.id,
            worker_name=mask_name(asked.worker.name),
            project_name=asked.project.name,
            month=asked.payslip.month,
            check=asked.request.content_hash[:CHECK_LENGTH],
            expires_at=asked.request.expires_at,
        )


class StatementIn(WitnessCodeIn):
    """The digits on the kiosk's screen, and the request they were looked up for."""

    request_id: UUID


class CallBackOut(BaseModel):
    """Whom to ask whether the confirmation was theirs, and who stood beside them."""

    call_id: UUID
    reason: CallBackReason
    due_date: date
    person_id: UUID
    worker_name: str
    project_id: UUID
    project_name: str
    payslip_id: UUID
    month: str
    answered_at: datetime
    witness_name: str
    outcome: CallBackOutcome | None

    @classmethod
    def of(cls, one: OpenCall) -> Self:
        """Return the wire shape of a call-back."""
        return cls(
            call_id=one.call.id,
            reason=one.call.reason,
            due_date=one.call.due_date,
            person_id=one.worker.id,
            worker_name=one.worker.name,
            project_id=one.project.id,
            project_name=one.project.name,
            payslip_id=one.payslip.id,
            month=one.payslip.month,
            answered_at=one.answer.created_at,
            witness_name=one.witness.name,
            outcome=one.call.outcome,
        )


class CallBackIn(BaseModel):
    """What the worker said, and how you reached them."""

    outcome: CallBackOutcome
    note: Words
