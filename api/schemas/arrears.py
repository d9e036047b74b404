"""Wire shapes of what is owed and of what a year paid; money in yuan as text."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.payslips import Yuan
from core.money import to_yuan
from payroll.arrears import Age, Arrear, EmployerArrears
from payroll.arrears_report import ArrearsReport
from payroll.year import PayYear, YearMonth


class ArrearOut(BaseModel):
    """A wage past its due date, or what has not arrived of it."""

    worker_name: str
    project_id: UUID
    project_name: str
    employer_name: str
    month: str
    due_date: date
    open: Yuan | None = Field(description="Null: worked, but no payslip says how much it is.")
    days_late: int
    age: Age

    @classmethod
    def of(cls, arrear: Arrear) -> Self:
        """Return the wire shape of what is late."""
        wage = arrear.wage
        return cls(
            worker_name=wage.worker_name,
            project_id=wage.project_id,
            project_name=wage.project_name,
            employer_name=wage.employer_name,
            month=wage.month,
            due_date=wage.due_date,
            open=None if arrear.open_fen is None else to_yuan(arrear.open_fen),
            days_late=arrear.days_late,
            age=arrear.age,
        )


class MyArrearsOut(BaseModel):
    """All that is owed to you past its due date."""

    total: Yuan
    items: list[ArrearOut] = Field(description="The oldest first.")

    @classmethod
    def of(cls, arrears: list[Arrear]) -> Self:
        """Return the wire shape of a worker's arrears."""
        total = sum(arrear.open_fen or 0 for arrear in arrears)
        return cls(total=to_yuan(total), items=[ArrearOut.of(arrear) for arrear in arrears])


class EmployerArrearsOut(BaseModel):
    """All that one employer owes past its due dates."""

    employer_id: UUID
    employer_name: str
    people: int
    open: Yuan
    unknown_months: int = Field(description="Months worked in without a payslip; in no sum.")
    oldest_due_date: date
    by_age: dict[Age, Yuan]

    @classmethod
    def of(cls, owed: EmployerArrears) -> Self:
        """Return the wire shape of an employer's arrears."""
        return cls(
            employer_id=owed.employer_id,
            employer_name=owed.employer_name,
            people=owed.people,
            open=to_yuan(owed.open_fen),
            unknown_months=owed.unknown_count,
            oldest_due_date=owed.oldest_due_date,
            by_age={age: to_yuan(fen) for age, fen in owed.fen_by_age.items()},
        )


class ProjectArrearsOut(BaseModel):
    """What is late on a project."""

    on: date
    employers: list[EmployerArrearsOut]
    items: list[ArrearOut] = Field(description="Line by line, the oldest first.")

    @classmethod
    def of(cls, report: ArrearsReport) -> Self:
        """Return the wire shape of a project's arrears."""
        return cls(
            on=report.on,
            employers=[EmployerArrearsOut.of(owed) for owed in report.employers],
            items=[ArrearOut.of(arrear) for arrear in report.arrears],
        )


class CountyArrearsOut(BaseModel):
    """Which employers of a county are late."""

    items: list[EmployerArrearsOut] = Field(description="Whoever owes the most first.")


class YearMonthOut(BaseModel):
    """One month on one project."""

    month: str
    project_name: str
    employer_name: str
    payslip_id: UUID | None = Field(description="Null: worked, but there is no payslip.")
    units: str | None = Field(description="工日, decimal text.")
    due_date: date
    due: Yuan | None
    paid: Yuan = Field(description="What banks say has arrived.")
    open: Yuan | None
    paid_date: date | None = Field(description="When the last of it arrived.")

    @classmethod
    def of(cls, month: YearMonth) -> Self:
        """Return the wire shape of a month."""
        return cls(
            month=month.month,
            project_name=month.project_name,
            employer_name=month.employer_name,
            payslip_id=month.payslip_id,
            units=month.units,
            due_date=month.due_date,
            due=None if month.due_fen is None else to_yuan(month.due_fen),
            paid=to_yuan(month.paid_fen),
            open=None if month.open_fen is None else to_yuan(month.open_fen),
            paid_date=month.paid_date,
        )


class PayYearOut(BaseModel):
    """Your year."""

    year: int
    due: Yuan
    paid: Yuan
    open: Yuan
    months: list[YearMonthOut]

    @classmethod
    def of(cls, year: PayYear) -> Self:
        """Return the wire shape of a year."""
        return cls(
            year=year.year,
            due=to_yuan(year.due_fen),
            paid=to_yuan(year.paid_fen),
            open=to_yuan(year.open_fen),
            months=[YearMonthOut.of(month) for month in year.months],
        )
