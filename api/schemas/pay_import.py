"""Wire shapes of the report on an imported pay sheet; money in yuan as text."""

from typing import Self

from pydantic import BaseModel, Field

from api.schemas.payslips import Yuan
from core.money import to_yuan
from payroll.pay_findings import PayFinding, PayFindingCode
from payroll.pay_import import PayImportReport, PayRowResult
from projects.findings import Finding, FindingCode, Severity


class PayFindingOut(BaseModel):
    """What is wrong or noteworthy about one cell, and what to do in the sheet."""

    field: str = Field(description="Header of the column.", examples=["实发工资"])
    code: PayFindingCode | FindingCode
    severity: Severity = Field(description="An error keeps the row out, a warning does not.")
    message: str
    message_en: str
    advice: str
    advice_en: str

    @classmethod
    def of(cls, finding: PayFinding | Finding) -> Self:
        """Return the wire shape of one finding."""
        text = finding.text
        return cls(
            field=finding.column,
            code=finding.code,
            severity=finding.severity,
            message=text.message,
            message_en=text.message_en,
            advice=text.advice,
            advice_en=text.advice_en,
        )


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
