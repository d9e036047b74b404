"""Wire shapes of the report on an imported pay sheet; money in yuan as text."""

from typing import Self

from pydantic import BaseModel, Field

from api.schemas.findings import CellFindingOut
from api.schemas.payslips import Yuan
from core.money import to_yuan
from payroll.pay_findings import PayFindingCode
from payroll.pay_import import PayImportReport, PayRowResult
from projects.findings import FindingCode


class PayFindingOut(CellFindingOut[PayFindingCode | FindingCode]):
    """What is wrong or noteworthy about one cell, and what to do in the sheet."""


class PayRowOut(BaseModel):
    """What became of one row, or in a dry run would become of it."""

    row: int = Field(description="Row number as Excel shows it.")
    masked_name: str
    is_rejected: bool
    net: Yuan | None
    findings: list[PayFindingOut]

    @classmethod
    def of(cls, result: PayRowResult) -> Self:
        """Return the wire shape of one row."""
        return cls(
            row=result.row,
            masked_name=result.masked_name,
            is_rejected=result.is_rejected,
            net=None if result.net_fen is None else to_yuan(result.net_fen),
            findings=[PayFindingOut.of(finding) for finding in result.findings],
        )


class PayImportOut(BaseModel):
    """Every row of the file, in its order."""

    is_dry_run: bool
    imported: int
    rejected: int
    without_row: list[str] = Field(
        description="Masked names with attendance and no row; their lines stay as worked out."
    )
    rows: list[PayRowOut]

    @classmethod
    def of(cls, report: PayImportReport) -> Self:
        """Return the wire shape of a report."""
        return cls(
            is_dry_run=report.is_dry_run,
            imported=report.imported,
            rejected=report.rejected,
            without_row=list(report.without_row),
            rows=[PayRowOut.of(row) for row in report.rows],
        )
