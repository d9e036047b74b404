"""When a payslip counts as confirmed: its worker's last answer says so, of just this content.

The database refuses anything else at commit (migration 0027); here the same is asked again, because
whoever owns the tables can switch a trigger off.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.enums import PayslipAnswerState
from core.wage_enums import CallBackOutcome
from db.models import CallBack, Payslip, PayslipAnswer

CONFIRMED = PayslipAnswerState.CONFIRMED
SPOKEN = (CONFIRMED, PayslipAnswerState.DISPUTED)
"""What only the worker says; the other states are about their silence."""


def is_agreed() -> sa.ColumnElement[bool]:
    """Return the condition that the worker of a `Payslip` confirmed what it says."""
    said = _last_answer()
    return sa.and_(
        col(Payslip.answer_state) == CONFIRMED,
        said.where(col(PayslipAnswer.state) == CONFIRMED, col(PayslipAnswer.receipt).is_not(None))
        .where(~_was_denied())
        .exists(),
    )


def list_misstated(session: Session) -> list[UUID]:
    """Return the payslips whose state is not what their workers said last."""
    said = _last_answer()
    disputed = said.where(col(PayslipAnswer.state) == PayslipAnswerState.DISPUTED)
    is_disputed = sa.and_(
        col(Payslip.answer_state) == PayslipAnswerState.DISPUTED, disputed.exists()
    )
    is_silent = sa.and_(
        col(Payslip.answer_state).not_in(SPOKEN), ~said.where(~_was_denied()).exists()
    )
    query = select(Payslip.id).where(~sa.or_(is_agreed(), is_disputed, is_silent))
    return list(session.exec(query.order_by(col(Payslip.id))))


def list_superseded(session: Session) -> list[UUID]:
    """Return the payslips that count beside a later version, or are the last and do not count."""
    later = aliased(Payslip)
    is_followed = (
        select(later.id)
        .where(
            col(later.pay_sheet_id) == Payslip.pay_sheet_id,
            col(later.project_worker_id) == Payslip.project_worker_id,
            col(later.version) > Payslip.version,
        )
        .exists()
    )
    query = select(Payslip.id).where(col(Payslip.is_current) == is_followed)
    return list(session.exec(query.order_by(col(Payslip.id))))


def _last_answer() -> SelectOfScalar[UUID]:
    later = aliased(PayslipAnswer)
    is_followed = select(later.id).where(
        col(later.payslip_id) == PayslipAnswer.payslip_id, col(later.id) > PayslipAnswer.id
    )
    return select(PayslipAnswer.id).where(
        col(PayslipAnswer.payslip_id) == Payslip.id,
        col(PayslipAnswer.person_id) == Payslip.person_id,
        col(PayslipAnswer.content_hash) == Payslip.content_hash,
        ~is_followed.exists(),
    )


def _was_denied() -> sa.ColumnElement[bool]:
    return (
        select(CallBack.id)
        .where(
            col(CallBack.project_id) == PayslipAnswer.project_id,
            col(CallBack.answer_id) == PayslipAnswer.id,
            col(CallBack.outcome) == CallBackOutcome.DENIED,
        )
        .exists()
    )
