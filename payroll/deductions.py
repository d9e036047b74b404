"""What may be taken off a month's wage, and how much of an advance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from core.money import to_yuan
from core.pay_enums import DeductionKind
from payroll.term_errors import DeductionTooLargeError, NegativeNetError

NEEDS_CONSENT = (DeductionKind.DAMAGE, DeductionKind.AGREED)
"""What stands on nothing but the worker's word; also what the bounds are about."""
LARGEST_SHARE = 20
"""Percent of the month's wage (工资支付暂行规定 §16)."""
ADVANCE = "预支"


@dataclass(frozen=True, slots=True)
class Deduction:
    """One entered deduction, in fen."""

    entry_id: UUID
    kind: DeductionKind
    name: str
    amount_fen: int
    note: str
    source: str | None
    agreed_at: datetime | None

    @property
    def may_be_taken(self) -> bool:
        """Tell whether nothing is missing that the law asks for."""
        return self.kind not in NEEDS_CONSENT or self.agreed_at is not None


@dataclass(frozen=True, slots=True)
class OpenAdvance:
    """An advance of which something is still to be taken off."""

    id: UUID
    paid_date: date
    remaining_fen: int


@dataclass(frozen=True, slots=True)
class DeductionLine:
    """One line a payslip takes off; exactly one of the ids is set."""

    name: str
    kind: str
    amount_fen: int
    reason: str
    entry_id: UUID | None = None
    advance_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Wage:
    """What the bounds of deductions are measured against."""

    worker_name: str
    earned_fen: int
    """For the month's own work: supplements of other months do not widen the bounds."""
    gross_fen: int
    minimum_fen: int | None
    """最低工资 of the county; None where nobody has entered it."""


def compute_deductions(
    wage: Wage, deductions: Sequence[Deduction], advances: Sequence[OpenAdvance]
) -> tuple[DeductionLine, ...]:
    """Return what the payslip takes off: what is lawful, then advances, the oldest first.

    What the worker has not agreed to is left out. An advance is wages already paid, so no share
    bounds it; what a month cannot bear stays open for the next. Raises DeductionTooLargeError,
    NegativeNetError.
    """
    taken = [each for each in deductions if each.may_be_taken]
    _check_bounds(wage, sum(each.amount_fen for each in taken if each.kind in NEEDS_CONSENT))
    total = sum(each.amount_fen for each in taken)
    if total > wage.gross_fen:
        raise NegativeNetError(
            name=wage.worker_name, gross=to_yuan(wage.gross_fen), deductions=to_yuan(total)
        )
    lines = [_describe(each) for each in taken]
    return (*lines, *_take_advances(advances, wage.gross_fen - total))


def compute_limit(wage: Wage) -> int:
    """Return the most that may be deducted for damage and by agreement: never below zero.

    20 % of the month's wage, and only what lies above the minimum wage.
    """
    share = wage.earned_fen * LARGEST_SHARE // 100
    if wage.minimum_fen is None:
        return share
    return max(0, min(share, wage.earned_fen - wage.minimum_fen))


def _check_bounds(wage: Wage, asked_fen: int) -> None:
    limit = compute_limit(wage)
    if asked_fen <= limit:
        return
    is_share = limit == wage.earned_fen * LARGEST_SHARE // 100
    raise DeductionTooLargeError(
        name=wage.worker_name,
        limit=to_yuan(limit),
        asked=to_yuan(asked_fen),
        bound="当月工资的 20%" if is_share else "扣完不能低于当地最低工资",
        bound_en="20 % of the month's wage" if is_share else "the minimum wage must remain",
    )


def _describe(deduction: Deduction) -> DeductionLine:
    grounds = [deduction.note]
    if deduction.source:
        grounds.append(f"依据：{deduction.source}")
    if deduction.agreed_at:
        grounds.append("本人已同意")
    return DeductionLine(
        name=deduction.name,
        kind=deduction.kind.value,
        amount_fen=deduction.amount_fen,
        reason="；".join(grounds),
        entry_id=deduction.entry_id,
    )


def _take_advances(advances: Sequence[OpenAdvance], available_fen: int) -> list[DeductionLine]:
    lines = []
    for advance in sorted(advances, key=lambda each: (each.paid_date, each.id)):
        taken = min(advance.remaining_fen, available_fen)
        if taken > 0:
            available_fen -= taken
            reason = f"{advance.paid_date.isoformat()} 预支的工资"
            lines.append(DeductionLine(ADVANCE, "advance", taken, reason, advance_id=advance.id))
    return lines
