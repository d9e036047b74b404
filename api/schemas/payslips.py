"""Wire shapes of what workers see and say about their wages; money in yuan as text."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.bodies import Body
from api.schemas.words import NO_NUL, SEEN, Words
from core.enums import PayRowState, PayslipAnswerState, WageSeverity
from core.money import to_yuan
from db.models import (
    DisputeFile,
    DisputeReply,
    PayBatchRow,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
)
from payroll.answers import OwnPayslip
from payroll.batch_queries import SentRow
from payroll.queries import AT_BANK
from payroll.rejections import RejectionOwner, explain_rejection
from payroll.severity import Reason, ReasonCode, WageStatus

Yuan = Annotated[str, Field(description="Yuan with two decimals.", examples=["7200.00"])]
DisputedField = Literal[
    "work_time", "items", "gross", "deductions", "net", "payment_means", "other"
]


Expectation = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=NO_NUL),
    SEEN,
]


class DisputeFileOut(BaseModel):
    """A photo or recording handed in with a dispute."""

    file_id: UUID
    media_type: str = Field(examples=["image/jpeg", "audio/amr"])
    handed_in_at: datetime

    @classmethod
    def of(cls, file: DisputeFile) -> Self:
        """Return the wire shape of a file."""
        return cls(file_id=file.id, media_type=file.media_type, handed_in_at=file.created_at)


class DisputeOut(BaseModel):
    """What the worker says is wrong."""

    reason: str | None
    fields: list[str]
    expected: dict[str, str] = Field(description="What the fields should be, in your words.")
    files: list[DisputeFileOut]
    disputed_at: datetime
    reply: str | None = Field(
        description="Why the labour manager keeps to it; confirm, or complain."
    )

    @classmethod
    def of(
        cls,
        answer: PayslipAnswer | None,
        reply: DisputeReply | None,
        files: Sequence[DisputeFile] = (),
    ) -> Self | None:
        """Return the wire shape of a dispute; None for a confirmation or no answer."""
        if answer is None or answer.state is not PayslipAnswerState.DISPUTED:
            return None
        return cls(
            reason=answer.reason,
            fields=answer.fields,
            expected=answer.expected,
            files=[DisputeFileOut.of(file) for file in files],
            disputed_at=answer.created_at,
            reply=reply and reply.reason,
        )


class PaymentOut(BaseModel):
    """What the bank said last about a payslip."""

    state: PayRowState
    settled_date: date | None
    rejection: str | None = Field(description="Why the bank refused, in everyday words.")
    owner: RejectionOwner | None = Field(description="Who has to put the rejection right.")
    correct_by: date | None = Field(description="By when; then the line goes into a new file.")

    @classmethod
    def of(cls, row: PayBatchRow | SentRow | None) -> Self | None:
        """Return the wire shape of a bank row; None where no file was sent."""
        if row is None or row.state not in AT_BANK:
            return None
        rejection = None if row.rejection is None else explain_rejection(row.rejection)
        return cls(
            state=row.state,
            settled_date=row.settled_date,
            rejection=rejection and rejection.say,
            owner=rejection and rejection.owner,
            correct_by=row.correct_by,
        )


class PayslipOut(BaseModel):
    """One of your payslips; what the bank says and what you say stand side by side."""

    payslip_id: UUID
    version: int
    is_current: bool
    month: str
    gross: Yuan
    deductions: Yuan
    net: Yuan
    due_date: date
    answer_state: PayslipAnswerState
    payment: PaymentOut | None
    received: bool | None = Field(description="Your own last word on the money.")

    @classmethod
    def of(cls, own: OwnPayslip) -> Self:
        """Return the wire shape of a payslip in a list."""
        return cls(
            **describe_payslip(own.payslip),
            is_current=own.payslip.is_current,
            month=own.payslip.month,
            payment=PaymentOut.of(own.bank_row),
            received=own.received,
        )


class PayslipDetailOut(PayslipOut):
    """A payslip with everything you confirm or dispute."""

    content: dict[str, Any] = Field(description="The fields of 条例 §15, exactly as hashed.")
    content_hash: str = Field(description="SHA-256 of `content` in RFC 8785 form; send it back.")
    answered_at: datetime | None
    dispute: DisputeOut | None
    receipt: str | None = Field(description="JWS of your confirmation.")

    @classmethod
    def of(cls, own: OwnPayslip) -> Self:
        """Return the wire shape of a whole payslip."""
        answer = own.answer
        return cls(
            **PayslipOut.of(own).model_dump(),
            content=own.payslip.content,
            content_hash=own.payslip.content_hash,
            answered_at=None if answer is None else answer.created_at,
            dispute=DisputeOut.of(answer, own.reply, own.files),
            receipt=None if answer is None else answer.receipt,
        )


class ConfirmIn(BaseModel):
    """Which content you agree with."""

    content_hash: str = Field(pattern=r"^[0-9a-f]{64}$", description="As shown to you.")


class ConfirmationOut(BaseModel):
    """Your answer and the proof of it."""

    payslip_id: UUID
    answer_state: PayslipAnswerState
    answered_at: datetime
    content_hash: str
    receipt: str = Field(description="JWS (ES256); verify with `/.well-known/jwks.json`.")

    @classmethod
    def of(cls, answer: PayslipAnswer) -> Self:
        """Return the wire shape of a confirmation."""
        assert answer.receipt is not None  # every confirmation is signed
        return cls(
            payslip_id=answer.payslip_id,
            answer_state=answer.state,
            answered_at=answer.created_at,
            content_hash=answer.content_hash,
            receipt=answer.receipt,
        )


class DisputeIn(Body):
    """What is wrong, in your own words."""

    reason: Words
    fields: list[DisputedField] = Field(default_factory=list, max_length=7)
    expected: dict[DisputedField, Expectation] = Field(
        default_factory=dict, description="What a field should be; naming one disputes it."
    )


class DisputedOut(BaseModel):
    """Your dispute as recorded."""

    payslip_id: UUID
    answer_state: PayslipAnswerState
    answered_at: datetime

    @classmethod
    def of(cls, answer: PayslipAnswer) -> Self:
        """Return the wire shape of a recorded dispute."""
        return cls(
            payslip_id=answer.payslip_id,
            answer_state=answer.state,
            answered_at=answer.created_at,
        )


class ReceivedIn(BaseModel):
    """Did the money arrive?"""

    received: bool


class ReceivedOut(BaseModel):
    """Your word on the money as recorded."""

    payslip_id: UUID
    received: bool
    reported_at: datetime

    @classmethod
    def of(cls, report: PayslipReceived) -> Self:
        """Return the wire shape of a report."""
        return cls(
            payslip_id=report.payslip_id, received=report.received, reported_at=report.created_at
        )


class ReasonOut(BaseModel):
    """Why your wages are not simply fine, and what happens next."""

    code: ReasonCode
    severity: WageSeverity
    month: str | None
    amount: Yuan | None
    say: str
    next: str

    @classmethod
    def of(cls, reason: Reason) -> Self:
        """Return the wire shape of a reason."""
        amount = None if reason.amount_fen is None else to_yuan(reason.amount_fen)
        return cls(
            code=reason.code,
            severity=reason.severity,
            month=reason.month,
            amount=amount,
            say=reason.say,
            next=reason.next,
        )


class WageStatusOut(BaseModel):
    """How your wages stand; the colour is a regional mapping and not part of it."""

    severity: WageSeverity | None = Field(description="0 to 3; null when you are on no project.")
    label: Literal["安", "关注", "预警", "欠薪", "none"]
    reasons: list[ReasonOut] = Field(description="Gravest first.")

    @classmethod
    def of(cls, status: WageStatus) -> Self:
        """Return the wire shape of a status."""
        reasons = [ReasonOut.of(reason) for reason in status.reasons]
        return cls.model_validate(
            {"severity": status.severity, "label": status.label, "reasons": reasons}
        )


def describe_payslip(payslip: Payslip) -> dict[str, Any]:
    """Return what every view of a payslip shows."""
    return {
        "payslip_id": payslip.id,
        "version": payslip.version,
        "gross": to_yuan(payslip.gross_fen),
        "deductions": to_yuan(payslip.deductions_fen),
        "net": to_yuan(payslip.net_fen),
        "due_date": payslip.due_date,
        "answer_state": payslip.answer_state,
    }
