"""Wire shapes of wage accounts and of reports on bank statements; money in yuan as text."""

from datetime import date, datetime
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas.bodies import Body
from api.schemas.payslips import Yuan
from api.schemas.projects import FindingOut
from api.schemas.words import Words
from core.money import to_yuan
from db.models import ClosingNotice
from payroll.account_import import StatementReport
from payroll.account_queries import UnpaidMonth
from payroll.accounts import Account
from projects.findings import CellFinding, FindingCode


class UnpaidMonthOut(BaseModel):
    """What published payslips of a month still wait for."""

    month: str
    due_date: date
    unpaid: Yuan

    @classmethod
    def of(cls, month: UnpaidMonth) -> Self:
        """Return the wire shape of a month."""
        return cls(month=month.month, due_date=month.due_date, unpaid=to_yuan(month.unpaid_fen))


class ClosingNoticeOut(BaseModel):
    """公示 before the account is closed (条例 §27)."""

    announced_date: date
    last_date: date = Field(description="The account may be closed after this day.")

    @classmethod
    def of(cls, notice: ClosingNotice) -> Self:
        """Return the wire shape of a notice."""
        return cls(announced_date=notice.announced_date, last_date=notice.last_date)


class WageAccountOut(BaseModel):
    """Whether the account holds what is due."""

    balance: Yuan | None = Field(description="As the bank said last; null without a statement.")
    balance_date: date | None
    labour_costs: Yuan = Field(description="人工费 that came in within 90 days.")
    unpaid: Yuan
    missing: Yuan | None = Field(description="What the balance lacks; null without a statement.")
    months: list[UnpaidMonthOut]
    closing_notice: ClosingNoticeOut | None
    last_import_at: datetime | None = Field(
        description="When the last statement that counts was imported; names it to withdraw it."
    )

    @classmethod
    def of(cls, account: Account) -> Self:
        """Return the wire shape of an account."""
        latest, missing = account.latest, account.missing_fen
        return cls(
            balance=None if latest is None else to_yuan(latest.balance_fen),
            balance_date=latest and latest.booked_date,
            labour_costs=to_yuan(account.labour_costs_fen),
            unpaid=to_yuan(account.unpaid_fen),
            missing=None if missing is None else to_yuan(missing),
            months=[UnpaidMonthOut.of(month) for month in account.unpaid],
            closing_notice=account.notice and ClosingNoticeOut.of(account.notice),
            last_import_at=account.last_import_at,
        )


class StatementFindingOut(FindingOut):
    """A finding with its row, as Excel counts."""

    row: int

    @classmethod
    def of(cls, finding: CellFinding[FindingCode]) -> Self:
        """Return the wire shape of a finding in a statement."""
        return cls(row=finding.row, **FindingOut.of(finding).model_dump())


class StatementReportOut(BaseModel):
    """What became of a statement; with an error in it nothing is taken over."""

    is_dry_run: bool
    is_refused: bool
    imported: int
    known: int = Field(description="Lines that had been taken over before.")
    findings: list[StatementFindingOut]

    @classmethod
    def of(cls, report: StatementReport) -> Self:
        """Return the wire shape of a report."""
        return cls(
            is_dry_run=report.is_dry_run,
            is_refused=report.is_refused,
            imported=report.imported,
            known=report.known,
            findings=[StatementFindingOut.of(finding) for finding in report.findings],
        )


class WithdrawalIn(Body):
    """Why the notice is taken back."""

    reason: Words


class StatementWithdrawalIn(Body):
    """Which statement is taken back, and why."""

    imported_at: AwareDatetime = Field(description="`last_import_at` of the account.")
    reason: Words
