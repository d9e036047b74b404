"""Wire shapes of payslips that wait: disputes with their replies, visits to the silent."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.bodies import Body
from api.schemas.payslips import DisputeFileOut
from api.schemas.words import Words
from core.enums import VisitOutcome
from db.models import DisputeReply
from payroll.disputes import compute_reply_due
from payroll.follow_up_queries import OpenDispute, Visit


class ReplyIn(Body):
    """Why the payslip is right as it is; the worker reads it."""

    reason: Words


class ReplyOut(BaseModel):
    """What was replied to a dispute."""

    reason: str
    replied_at: datetime

    @classmethod
    def of(cls, reply: DisputeReply | None) -> Self | None:
        """Return the wire shape of a reply; None where nobody has replied."""
        return None if reply is None else cls(reason=reply.reason, replied_at=reply.created_at)


class OpenDisputeOut(BaseModel):
    """What a worker says is wrong, and by when to reply."""

    payslip_id: UUID
    worker_name: str
    month: str
    reason: str | None
    fields: list[str]
    expected: dict[str, str] = Field(description="What the fields should be, the worker says.")
    files: list[DisputeFileOut]
    disputed_at: datetime
    reply_due_date: date = Field(description="Three working days; then the worker is told.")
    reply: ReplyOut | None

    @classmethod
    def of(cls, dispute: OpenDispute) -> Self:
        """Return the wire shape of a dispute."""
        return cls(
            payslip_id=dispute.payslip.id,
            worker_name=dispute.payslip.content["worker_name"],
            month=dispute.payslip.month,
            reason=dispute.answer.reason,
            fields=dispute.answer.fields,
            expected=dispute.answer.expected,
            files=[DisputeFileOut.of(file) for file in dispute.files],
            disputed_at=dispute.answer.created_at,
            reply_due_date=compute_reply_due(dispute),
            reply=ReplyOut.of(dispute.reply),
        )


class VisitReportIn(Body):
    """What came of going to see the worker; it is not the worker's answer."""

    outcome: VisitOutcome
    note: Words


class VisitOut(BaseModel):
    """Whom to see about which month."""

    id: UUID
    payslip_id: UUID
    worker_name: str
    month: str
    asked_at: datetime
    outcome: VisitOutcome | None
    visited_at: datetime | None

    @classmethod
    def of(cls, visit: Visit) -> Self:
        """Return the wire shape of a visit."""
        return cls(
            id=visit.visit.id,
            payslip_id=visit.payslip.id,
            worker_name=visit.payslip.content["worker_name"],
            month=visit.payslip.month,
            asked_at=visit.visit.created_at,
            outcome=visit.visit.outcome,
            visited_at=visit.visit.visited_at,
        )
