"""What taking an entry or an advance back does to the payslips that counted it."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from core.enums import PaySheetState
from db.models import PayEntry, PaySheet, Payslip, WageAdvance
from identity.principal import Principal
from payroll import queries
from payroll.corrections import restore_item
from payroll.errors import PayslipAtBankError
from payroll.pay_rules import PayItem
from payroll.service import adjust_payslip


def replace_payslips(
    session: Session,
    withdrawn: PayEntry | WageAdvance,
    sheets: Iterable[PaySheet],
    *,
    principal: Principal,
    reason: str,
    at: datetime,
    county_facts: Path | None,
) -> None:
    """Give the worker a new version of each payslip that counted it, otherwise as it was earned.

    Drafts are left to be drawn up again. Raises PayslipAtBankError once the money is on its way,
    and what `adjust_payslip` refuses.
    """
    for sheet in sheets:
        if sheet.state is PaySheetState.DRAFT:
            continue
        if sheet.state is PaySheetState.SETTLED:
            raise PayslipAtBankError
        payslip = queries.get_current_payslip(session, sheet.id, withdrawn.project_worker_id)
        adjust_payslip(
            session,
            principal=principal,
            project_id=sheet.project_id,
            payslip_id=payslip.id,
            items=_keep_earned(payslip),
            note=reason,
            at=at,
            county_facts=county_facts,
        )


def _keep_earned(payslip: Payslip) -> tuple[PayItem, ...]:
    """Return the lines as shown; what is on record is added anew."""
    lines = [line for line in payslip.content["items"] if not line["entry_id"]]
    return tuple(restore_item(line, payslip.month) for line in lines)
