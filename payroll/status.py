"""Use case of everybody who may see it: how a worker's wages stand today."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from cases.queries import list_own_cases
from core.calendar import WORKING_DAYS
from core.clock import local_date
from payroll import queries, rules
from payroll.queries import PublishedWage, UnpaidWork
from payroll.severity import DueWage, WageStatus, judge_wage_status
from projects.queries import list_current_projects

LATEST_PAYDAY = 31
"""Without a contract wages are due by the end of the next month at the latest (条例 §14)."""


def get_wage_status(session: Session, *, person_id: UUID, at: datetime) -> WageStatus:
    """Return severity and reasons as of an instant; reads only what the bank and people said."""
    today = local_date(at)
    published = queries.list_published_wages(session, person_id)
    unpaid = queries.list_work_without_payslip(session, person_id, before=today.replace(day=1))
    wages = [_published_wage(wage) for wage in published]
    wages += [_missing_wage(work) for work in unpaid]
    return judge_wage_status(
        wages,
        [case.state for _, case in list_own_cases(session, person_id=person_id)],
        is_engaged=bool(list_current_projects(session, person_id, today)),
        today=today,
    )


def _published_wage(wage: PublishedWage) -> DueWage:
    return DueWage(
        month=wage.payslip.month,
        due_date=wage.payslip.due_date,
        arrears_after=timedelta(days=wage.arrears_after_days),
        amount_fen=wage.payslip.net_fen,
        answer=wage.payslip.answer_state,
        bank_state=wage.bank_state,
        received=wage.received,
    )


def _missing_wage(work: UnpaidWork) -> DueWage:
    payday = LATEST_PAYDAY if work.payday is None else work.payday
    return DueWage(
        month=work.month,
        due_date=rules.compute_due_date(work.month, payday, WORKING_DAYS),
        arrears_after=timedelta(days=work.arrears_after_days),
        amount_fen=None,
        answer=None,
        bank_state=None,
        received=None,
    )
