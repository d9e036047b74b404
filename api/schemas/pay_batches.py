"""Wire shapes of bank batches, their release, and what banks answer; money in yuan as text."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.bodies import Body
from api.schemas.payslips import PaymentOut, Yuan
from api.schemas.words import Words
from core.enums import PayBatchState, PayRowState
from core.masking import mask_card
from core.money import to_yuan
from db.models import PayBatch, PayBatchRow, Payslip
from payroll.bank import CreatedBatch
from payroll.bank_results import ImportedResult
from payroll.batch_queries import SentRow, WaitingBatch

StepUpCode = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]


class PayBatchOut(BaseModel):
    """A bank file; its reference and totals stand in its first line."""

    reference: str
    state: PayBatchState
    row_count: int
    total: Yuan
    file_hash: str = Field(
        description="SHA-256 of the `generic` profile's text in UTF-8 without BOM."
    )
    created_at: datetime
    decided_at: datetime | None = Field(description="Released, refused or withdrawn.")
    reason: str | None = Field(description="Why it was refused or withdrawn.")

    @classmethod
    def of(cls, batch: PayBatch) -> Self:
        """Return the wire shape of a batch."""
        return cls(**describe_batch(batch))


class CreatedBatchOut(PayBatchOut):
    """A bank file that was drawn up, and what it could not take along."""

    card_changed: list[str] = Field(
        description="Workers left out because the card is not the one they confirmed."
    )
    card_rejected: list[str] = Field(
        description="Workers left out because a bank said that their account is gone."
    )
    unusable: list[str] = Field(
        description="Workers left out because no bank takes their name or bank as written."
    )
    unproved: list[str] = Field(
        description="Workers left out because the log knows of no such confirmation of theirs."
    )
    remaining_count: int = Field(description="Lines that need another batch.")

    @classmethod
    def of_created(cls, created: CreatedBatch) -> Self:
        """Return the wire shape of a new batch."""
        return cls(
            **describe_batch(created.batch),
            **asdict(created.left_out),
            remaining_count=created.remaining_count,
        )


class WaitingBatchOut(PayBatchOut):
    """A bank file that waits for the second person, and where it belongs."""

    project_id: UUID
    project_name: str
    sheet_id: UUID
    month: str
    team_name: str
    drawn_up_by: str

    @classmethod
    def of_waiting(cls, waiting: WaitingBatch) -> Self:
        """Return the wire shape of a waiting batch."""
        return cls(
            **describe_batch(waiting.batch),
            project_id=waiting.project.id,
            project_name=waiting.project.name,
            sheet_id=waiting.sheet.id,
            month=waiting.sheet.month,
            team_name=waiting.team.name,
            drawn_up_by=waiting.author.name,
        )


class BatchLineOut(BaseModel):
    """One line of a bank file, the card masked."""

    row_number: int
    payslip_id: UUID
    worker_name: str
    masked_account: str
    amount: Yuan
    state: PayRowState
    payment: PaymentOut | None = Field(description="What the bank said; null before release.")

    @classmethod
    def of(cls, row: PayBatchRow | SentRow, worker_name: str) -> Self:
        """Return the wire shape of a line."""
        return cls(
            row_number=row.row_number,
            payslip_id=row.payslip_id,
            worker_name=worker_name,
            masked_account=mask_card(row.account),
            amount=to_yuan(row.amount_fen),
            state=row.state,
            payment=PaymentOut.of(row),
        )


class PayBatchDetailOut(PayBatchOut):
    """A bank file with its lines, as the second person compares it."""

    lines: list[BatchLineOut]

    @classmethod
    def of_lines(cls, batch: PayBatch, lines: Sequence[tuple[PayBatchRow, Payslip]]) -> Self:
        """Return the wire shape of a batch with its lines."""
        shown = [BatchLineOut.of(row, slip.content["worker_name"]) for row, slip in lines]
        return cls(**describe_batch(batch), lines=shown)


class ReleaseIn(Body):
    """The code that was texted for this very file."""

    code: StepUpCode


class ReasonIn(Body):
    """Why a file does not go."""

    reason: Words


class BankResultOut(BaseModel):
    """A batch after a result file."""

    reference: str
    acknowledged: int
    rejected: int
    waiting: int = Field(description="Lines the bank has not decided.")
    changed: int = Field(description="Lines this file decided; 0 when it was imported before.")
    rows: list[BatchLineOut]

    @classmethod
    def of(cls, imported: ImportedResult) -> Self:
        """Return the wire shape of an imported result."""
        return cls(
            reference=imported.batch.reference,
            acknowledged=imported.count(PayRowState.ACKNOWLEDGED),
            rejected=imported.count(PayRowState.REJECTED),
            waiting=imported.count(PayRowState.SUBMITTED),
            changed=imported.changed_count,
            rows=[BatchLineOut.of(row, row.worker_name) for row in imported.rows],
        )


def describe_batch(batch: PayBatch) -> dict[str, Any]:
    """Return what every shape of a batch shows."""
    return {
        "reference": batch.reference,
        "state": batch.state,
        "row_count": batch.row_count,
        "total": to_yuan(batch.total_fen),
        "file_hash": batch.file_hash,
        "created_at": batch.created_at,
        "decided_at": batch.decided_at,
        "reason": batch.reason,
    }
