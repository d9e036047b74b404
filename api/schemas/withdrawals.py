"""Wire shapes of entries that are taken back, and of imported foreign sheets."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.attendance import Month
from api.schemas.days import Reason
from attendance.withdrawals import SAYS, ImportView, ImportWithdrawal, WithdrawalResult
from core.day_enums import WithdrawalOutcome
from db.models import EntryWithdrawal


class ImportWithdrawalIn(BaseModel):
    """Why what a file brought is taken back."""

    reason: Reason = Field(examples=["传错了文件，这是别的班组的考勤表"])


class WithdrawalIn(BaseModel):
    """What is taken back, and why."""

    reason: Reason = Field(examples=["补错了人，应该是另一位同名的工人"])
    check_in_ids: list[UUID] = Field(
        min_length=1, max_length=500, description="Entered by hand or imported."
    )


class WithdrawalOut(BaseModel):
    """Who took back what, the first time."""

    id: UUID
    reason: str
    withdrawn_by_id: UUID
    withdrawn_at: datetime

    @classmethod
    def of(cls, withdrawal: EntryWithdrawal) -> Self:
        """Return the wire shape of a withdrawal."""
        return cls(
            id=withdrawal.id,
            reason=withdrawal.reason,
            withdrawn_by_id=withdrawal.withdrawn_by_id,
            withdrawn_at=withdrawal.created_at,
        )


class WithdrawalResultOut(BaseModel):
    """What became of one check-in."""

    check_in_id: UUID
    outcome: WithdrawalOutcome
    say: str = Field(description="In plain words, and what to do instead.")
    withdrawal: WithdrawalOut | None = Field(description="Null while it counts.")

    @classmethod
    def of(cls, result: WithdrawalResult) -> Self:
        """Return the wire shape of a result."""
        return cls(
            check_in_id=result.check_in_id,
            outcome=result.outcome,
            say=SAYS[result.outcome],
            withdrawal=result.withdrawal and WithdrawalOut.of(result.withdrawal),
        )


class WithdrawalsOut(BaseModel):
    """What became of every check-in, in the same order."""

    withdrawn: int
    results: list[WithdrawalResultOut]

    @classmethod
    def of(cls, results: list[WithdrawalResult]) -> Self:
        """Return the wire shape of the results."""
        return cls(
            withdrawn=sum(result.withdrawal is not None for result in results),
            results=[WithdrawalResultOut.of(result) for result in results],
        )


class SheetImportOut(BaseModel):
    """A foreign sheet that was imported."""

    id: UUID
    month: Month
    file_hash: str = Field(description="SHA-256 of the file.")
    imported_at: datetime
    imported_by: str | None = Field(description="Masked.")
    days: int
    withdrawn_days: int = Field(description="Of `days`, taken back.")
    withdrawals: list[WithdrawalOut] = Field(description="The first first.")

    @classmethod
    def of(cls, view: ImportView) -> Self:
        """Return the wire shape of an import."""
        sheet_import = view.sheet_import
        return cls(
            id=sheet_import.id,
            month=sheet_import.month,
            file_hash=sheet_import.file_hash,
            imported_at=sheet_import.created_at,
            imported_by=view.masked_name,
            days=sheet_import.days,
            withdrawn_days=view.withdrawn_days,
            withdrawals=[WithdrawalOut.of(withdrawal) for withdrawal in view.withdrawals],
        )


class KeptDaysOut(BaseModel):
    """Days that were not taken back, and why."""

    outcome: WithdrawalOutcome
    days: int
    say: str


class ImportWithdrawalOut(BaseModel):
    """What became of an import that was to be taken back."""

    sheet_import: SheetImportOut
    kept: list[KeptDaysOut] = Field(description="Empty when no day of it counts any more.")

    @classmethod
    def of(cls, done: ImportWithdrawal) -> Self:
        """Return the wire shape of what was done."""
        return cls(
            sheet_import=SheetImportOut.of(done.view),
            kept=[
                KeptDaysOut(outcome=outcome, days=days, say=SAYS[outcome])
                for outcome, days in done.kept.items()
            ],
        )
