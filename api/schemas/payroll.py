"""Wire shapes of pay sheets and bank batches; money in yuan as text."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.amounts import PLAIN
from api.schemas.attendance import Month
from api.schemas.bodies import Body
from api.schemas.payslips import DisputeOut, PaymentOut, Yuan, describe_payslip
from api.schemas.words import NO_NUL, SEEN, Words
from core.enums import PaySheetState, PayslipAnswerState
from core.money import FEN_PER_YUAN, to_yuan
from db.models import PaySheet, Payslip
from payroll.corrections import LineIn
from payroll.newer import NewerKind
from payroll.service import PayLine, Publication, SheetOverview

ShortText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30, pattern=NO_NUL), SEEN
]
Amount = Annotated[Decimal, PLAIN, Field(ge=0, max_digits=9, decimal_places=2)]


class PaySheetIn(Body):
    """Which team's month is to be paid."""

    month: Month
    team_id: UUID


class PaySheetOut(BaseModel):
    """A pay sheet without its lines."""

    id: UUID
    team_id: UUID
    month: str
    state: PaySheetState
    published_at: datetime | None
    approved_at: datetime | None

    @classmethod
    def of(cls, sheet: PaySheet) -> Self:
        """Return the wire shape of a sheet."""
        return cls.model_validate(sheet, from_attributes=True)


class PublicationOut(PaySheetOut):
    """A published sheet, and who must be told in another way."""

    payslip_count: int
    without_phone: list[str] = Field(description="Names of workers who got no message.")

    @classmethod
    def of_publication(cls, publication: Publication) -> Self:
        """Return the wire shape of a publication."""
        return cls(
            **PaySheetOut.of(publication.sheet).model_dump(),
            payslip_count=publication.payslip_count,
            without_phone=list(publication.without_phone),
        )


class PayLineOut(BaseModel):
    """One worker's line as the labour manager sees it."""

    payslip_id: UUID
    project_worker_id: UUID
    worker_name: str
    version: int
    gross: Yuan
    deductions: Yuan
    net: Yuan
    due_date: date
    answer_state: PayslipAnswerState
    dispute: DisputeOut | None
    payment: PaymentOut | None
    missing: list[str] = Field(description="Mandatory fields (条例 §15) still to be completed.")
    remarks: list[str] = Field(description="What worker and manager should know before agreeing.")
    approved_at: datetime | None = Field(description="Null: not paid before another approval.")
    promised: Yuan | None = Field(
        description="What an earlier version said, where that was more; owed until agreed with."
    )
    has_phone: bool

    @classmethod
    def of(cls, line: PayLine) -> Self:
        """Return the wire shape of a line."""
        return cls(
            **describe_payslip(line.payslip),
            project_worker_id=line.payslip.project_worker_id,
            worker_name=line.payslip.content["worker_name"],
            dispute=DisputeOut.of(line.answer, line.reply),
            payment=PaymentOut.of(line.bank_row),
            missing=line.missing,
            remarks=line.payslip.content.get("remarks", []),
            approved_at=line.payslip.approved_at,
            promised=_to_yuan(line.payslip.promised_fen),
            has_phone=line.has_phone,
        )


class NewerOut(BaseModel):
    """Something that came after a draft was drawn up, or a line was published."""

    kind: NewerKind
    worker_name: str | None = Field(description="Null for what concerns everybody on the sheet.")


class SheetOverviewOut(PaySheetOut):
    """A pay sheet with its current lines."""

    net: Yuan
    lines: list[PayLineOut]
    newer: list[NewerOut] = Field(
        description="What a draft does not know yet: draw it up again, it cannot be published."
        " On a published sheet whose days changed: adjust them, nothing is approved or paid before."
    )

    @classmethod
    def of_overview(cls, overview: SheetOverview) -> Self:
        """Return the wire shape of an overview."""
        return cls(
            **PaySheetOut.of(overview.sheet).model_dump(),
            net=to_yuan(overview.net_fen),
            lines=[PayLineOut.of(line) for line in overview.lines],
            newer=[NewerOut.model_validate(each, from_attributes=True) for each in overview.newer],
        )


class PayItemIn(Body):
    """One line of pay: a quantity at a price; the amount is worked out, rounded to the fen.

    A line of the payslip that is sent as it was stays as it was; a changed one keeps its own unit
    and what its price is for. A new one has the price of one of its unit.
    """

    name: ShortText
    quantity: Amount = Field(examples=["22.5"])
    unit: ShortText = Field(examples=["工日"])
    unit_price: Amount = Field(
        description="Yuan for what the payslip's line is priced by; for one unit of a new line.",
        examples=["350.00"],
    )
    amount: Amount | None = Field(
        default=None, description="What it comes to; refused unless it does.", examples=["7875.00"]
    )
    line: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None,
        description="Which line of the payslip it was, counted from 1; "
        "absent: the one of this name and unit, if any.",
    )

    def to_line(self) -> LineIn:
        """Return what the payslip's line is corrected to."""
        return LineIn(
            name=self.name,
            quantity=int(self.quantity * FEN_PER_YUAN),
            unit=self.unit,
            unit_price_fen=int(self.unit_price * FEN_PER_YUAN),
            amount_fen=None if self.amount is None else int(self.amount * FEN_PER_YUAN),
            number=self.line,
        )


class AdjustmentIn(Body):
    """Why a payslip changes, and its new lines; anything else is refused."""

    items: list[PayItemIn] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        description="What was earned, line by line; absent: worked out again from attendance. "
        "Piece work, supplements, deductions and advances on record are added either way.",
    )
    note: Words = Field(description="What was changed and why; the worker reads it.")

    def to_lines(self) -> list[LineIn] | None:
        """Return the lines, or None to work them out again."""
        return None if self.items is None else [item.to_line() for item in self.items]


class AdjustedOut(BaseModel):
    """The new version of a payslip; the worker has not answered it."""

    payslip_id: UUID
    version: int
    gross: Yuan
    deductions: Yuan
    net: Yuan
    due_date: date
    answer_state: PayslipAnswerState

    @classmethod
    def of(cls, payslip: Payslip) -> Self:
        """Return the wire shape of a new version."""
        return cls(**describe_payslip(payslip))


def _to_yuan(fen: int | None) -> str | None:
    return None if fen is None else to_yuan(fen)
