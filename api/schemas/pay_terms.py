"""Wire shapes of pay terms, entries, advances and what stands behind a line; money in yuan."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.amounts import PLAIN
from api.schemas.attendance import Month
from api.schemas.bodies import Body
from api.schemas.payslips import Yuan
from api.schemas.words import NO_NUL, SEEN, Words
from attendance.day_rules import format_units
from core.enums import (
    CheckInMethod,
    ContractKind,
    Direction,
    Grade,
    PayBasis,
    PayslipAnswerState,
)
from core.money import FEN_PER_YUAN, to_yuan
from core.pay_enums import AllowancePer, DeductionKind, PayEntryKind
from db.models import AgreedTerms, Contract, PayEntry, Payslip
from payroll.advances import AdvanceView
from payroll.line_sources import LineSources, SourceCheckIn, SourceDay
from payroll.pay_rules import Allowance
from payroll.terms import WorkerTerms

LONGEST_NAME = 30
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=NO_NUL),
    SEEN,
]
Source = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL),
    SEEN,
]
PositiveAmount = Annotated[
    Decimal, PLAIN, Field(gt=0, max_digits=9, decimal_places=2, examples=["500.00"])
]


def to_hundredths(amount: Decimal) -> int:
    """Return a number with at most two decimals in hundredths; yuan in fen."""
    return int(amount * FEN_PER_YUAN)


class AllowanceIn(Body):
    """A sum paid beside the price."""

    name: Name = Field(examples=["高温津贴"])
    per: AllowancePer
    amount: PositiveAmount

    def to_allowance(self) -> Allowance:
        """Return what the rules price."""
        return Allowance(self.name, self.per, to_hundredths(self.amount))


class PayTermsIn(Body):
    """What holds from a day on; it replaces what was agreed before, so repeat what goes on."""

    from_date: date
    pays_overtime: bool = Field(
        description="150 % beyond a full day, 200 % on rest days, 300 % on statutory holidays."
    )
    allowances: list[AllowanceIn] = Field(default_factory=list, max_length=10)
    note: Words | None = None


class AllowanceOut(BaseModel):
    """A sum paid beside the price."""

    name: str
    per: AllowancePer
    amount: Yuan


class AgreedTermsOut(BaseModel):
    """What was agreed beside the contract, from a day on."""

    from_date: date
    pays_overtime: bool
    allowances: list[AllowanceOut]
    note: str | None

    @classmethod
    def of(cls, terms: AgreedTerms) -> Self:
        """Return the wire shape of agreed terms."""
        return cls(
            from_date=terms.from_date,
            pays_overtime=terms.pays_overtime,
            allowances=[
                AllowanceOut(name=each["name"], per=each["per"], amount=to_yuan(each["amount_fen"]))
                for each in terms.allowances
            ],
            note=terms.note,
        )


class ContractOut(BaseModel):
    """A contract's price and payday."""

    contract_id: UUID
    kind: ContractKind
    start_date: date
    end_date: date | None
    pay_basis: PayBasis
    unit_price: Yuan
    payday: int = Field(description="Day of the month after the worked one.")

    @classmethod
    def of(cls, contract: Contract) -> Self:
        """Return the wire shape of a contract."""
        return cls(
            contract_id=contract.id,
            kind=contract.kind,
            start_date=contract.start_date,
            end_date=contract.end_date,
            pay_basis=contract.pay_basis,
            unit_price=to_yuan(contract.unit_price_fen),
            payday=contract.payday,
        )


class WorkerTermsOut(BaseModel):
    """Everything a worker's pay is worked out from; each list oldest first."""

    contracts: list[ContractOut]
    agreed: list[AgreedTermsOut]

    @classmethod
    def of(cls, terms: WorkerTerms) -> Self:
        """Return the wire shape of a worker's terms."""
        return cls(
            contracts=[ContractOut.of(each) for each in terms.contracts],
            agreed=[AgreedTermsOut.of(each) for each in terms.agreed],
        )


class PieceWorkIn(Body):
    """Measured work; the amount is worked out, rounded to the fen."""

    month: Month
    name: Name = Field(examples=["砌筑"])
    quantity: PositiveAmount = Field(examples=["36.50"])
    unit: Name = Field(examples=["立方米"])
    unit_price: PositiveAmount = Field(description="Yuan for one unit.", examples=["180.00"])
    note: Words = Field(description="What was measured, where and by whom; the worker reads it.")


class SupplementIn(Body):
    """What an earlier month lacked."""

    month: Month
    for_month: Month
    amount: PositiveAmount
    note: Words


class DeductionIn(Body):
    """What is to be taken off, and what it stands on."""

    month: Month
    kind: DeductionKind = Field(
        description="`damage` and `agreed` need the worker's agreement and are bounded."
    )
    name: Name = Field(examples=["个人所得税"])
    amount: PositiveAmount
    note: Words
    source: Source | None = Field(
        default=None, description="The law, the assessment or the court's paper."
    )


class WithdrawalIn(Body):
    """Why it is taken back."""

    reason: Words


class AdvanceIn(Body):
    """Wages paid ahead."""

    paid_date: date
    amount: PositiveAmount
    note: Words = Field(description="How it was paid; the worker reads it.")


class AdvanceOut(BaseModel):
    """Wages paid ahead, and how much of them payslips have taken off."""

    advance_id: UUID
    project_worker_id: UUID
    paid_date: date
    amount: Yuan
    taken: Yuan
    remaining: Yuan = Field(description="Taken off later payslips; 0.00 once withdrawn.")
    note: str
    withdrawn_at: datetime | None
    withdrawal: str | None

    @classmethod
    def of(cls, view: AdvanceView) -> Self:
        """Return the wire shape of an advance."""
        advance = view.advance
        return cls(
            advance_id=advance.id,
            project_worker_id=advance.project_worker_id,
            paid_date=advance.paid_date,
            amount=to_yuan(advance.amount_fen),
            taken=to_yuan(view.taken_fen),
            remaining=to_yuan(view.remaining_fen),
            note=advance.note,
            withdrawn_at=advance.withdrawn_at,
            withdrawal=advance.withdrawal,
        )


class AdvancesOut(BaseModel):
    """All advances of a worker, newest first."""

    items: list[AdvanceOut]

    @classmethod
    def of(cls, views: list[AdvanceView]) -> Self:
        """Return the wire shape of a worker's advances."""
        return cls(items=[AdvanceOut.of(view) for view in views])


class PayEntryOut(BaseModel):
    """A quantity, a supplement or a deduction."""

    entry_id: UUID
    project_worker_id: UUID
    month: str
    kind: PayEntryKind
    name: str
    amount: Yuan
    note: str
    quantity: str | None
    unit: str | None
    unit_price: Yuan | None
    for_month: str | None
    deduction_kind: DeductionKind | None
    source: str | None
    agreed_at: datetime | None = Field(description="When the worker agreed to a deduction.")
    counts: bool = Field(description="Whether a pay sheet has taken it in.")
    withdrawn_at: datetime | None
    withdrawal: str | None

    @classmethod
    def of(cls, entry: PayEntry) -> Self:
        """Return the wire shape of an entry."""
        price = entry.unit_price_fen
        return cls(
            **entry.model_dump(
                include={
                    "project_worker_id",
                    "month",
                    "kind",
                    "name",
                    "note",
                    "unit",
                    "for_month",
                    "deduction_kind",
                    "source",
                    "agreed_at",
                    "withdrawn_at",
                    "withdrawal",
                }
            ),
            entry_id=entry.id,
            amount=to_yuan(entry.amount_fen),
            quantity=None if entry.quantity is None else format_units(entry.quantity),
            unit_price=None if price is None else to_yuan(price),
            counts=entry.pay_sheet_id is not None,
        )


class PayEntriesOut(BaseModel):
    """Entries, newest first."""

    items: list[PayEntryOut]


class SourceCheckInOut(BaseModel):
    """One crossing or punch."""

    check_in_id: UUID
    occurred_at: datetime
    direction: Direction
    method: CheckInMethod
    grade: Grade
    gate_name: str | None

    @classmethod
    def of(cls, source: SourceCheckIn) -> Self:
        """Return the wire shape of a check-in behind a line."""
        check_in = source.check_in
        return cls(
            check_in_id=check_in.id,
            occurred_at=check_in.occurred_at,
            direction=check_in.direction,
            method=check_in.method,
            grade=check_in.grade,
            gate_name=source.gate_name,
        )


class SourceDayOut(BaseModel):
    """A day behind a line, as its check-ins make it now."""

    date: date
    units: str | None = Field(description="工日 with two decimals; null without check-ins.")
    minutes: int | None
    overtime_minutes: int | None
    check_ins: list[SourceCheckInOut]

    @classmethod
    def of(cls, day: SourceDay) -> Self:
        """Return the wire shape of a day."""
        folded = day.folded
        return cls(
            date=day.date,
            units=None if folded is None else format_units(folded.units),
            minutes=None if folded is None else folded.minutes,
            overtime_minutes=None if folded is None else folded.overtime_minutes,
            check_ins=[SourceCheckInOut.of(each) for each in day.check_ins],
        )


class LineSourcesOut(BaseModel):
    """A line as it was shown, and what it was worked out from."""

    line: dict[str, Any]
    days: list[SourceDayOut]
    entry: PayEntryOut | None

    @classmethod
    def of(cls, sources: LineSources) -> Self:
        """Return the wire shape of what stands behind a line."""
        return cls(
            line=sources.line,
            days=[SourceDayOut.of(day) for day in sources.days],
            entry=None if sources.entry is None else PayEntryOut.of(sources.entry),
        )


class PayslipVersionOut(BaseModel):
    """One version of a payslip."""

    payslip_id: UUID
    version: int
    is_current: bool
    net: Yuan
    answer_state: PayslipAnswerState
    created_at: datetime
    note: str | None = Field(description="Why it differs from the version before.")

    @classmethod
    def of(cls, payslip: Payslip) -> Self:
        """Return the wire shape of a version."""
        return cls(
            payslip_id=payslip.id,
            version=payslip.version,
            is_current=payslip.is_current,
            net=to_yuan(payslip.net_fen),
            answer_state=payslip.answer_state,
            created_at=payslip.created_at,
            note=payslip.content["note"],
        )


class PayslipVersionsOut(BaseModel):
    """All versions, newest first."""

    items: list[PayslipVersionOut]

    @classmethod
    def of(cls, payslips: list[Payslip]) -> Self:
        """Return the wire shape of a payslip's versions."""
        return cls(items=[PayslipVersionOut.of(payslip) for payslip in payslips])
