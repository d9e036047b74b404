"""Asking workers who have not answered their payslip, and sending somebody to see the silent.

Silence is written down as silence. Nothing here, nor anything that comes of it, is an answer.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.clock import local_date
from core.enums import PayslipAnswerState, VisitOutcome
from db.base import new_id
from db.models import PayslipVisit
from identity import audit
from identity.principal import Principal
from notifications.service import Telling, notify_many
from notifications.templates import Template
from payroll import follow_up_queries as queries
from payroll import rules
from payroll.follow_up_queries import Visit, Waiting
from payroll.managers import tell_managers


def remind_chunk(session: Session, *, after: UUID | None, at: datetime) -> UUID | None:
    """Remind the workers of a chunk of waiting payslips; return where the next chunk begins.

    Each is reminded once on day 1, 3 and 5; from day 6 on the payslip counts as unanswered and a
    visit is asked for. Running again on the same day does nothing. None at the end.
    """
    waiting = queries.list_waiting(session, after=after)
    today = local_date(at)
    days = {one.payslip_id: (today - local_date(one.shown_at)).days for one in waiting}
    reminders: dict[UUID, list[Telling]] = {}
    for one in waiting:
        if number := rules.choose_reminder(days[one.payslip_id]):
            reminders.setdefault(one.project_id, []).append(_remind(one, number))
    for project_id, tellings in reminders.items():
        notify_many(
            session,
            template=Template.PAYSLIP_REMINDER,
            tellings=tellings,
            project_id=project_id,
        )
    _give_up(session, [one for one in waiting if rules.is_silent(days[one.payslip_id])], at)
    return waiting[-1].payslip_id if waiting else None


def report_visit(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    visit_id: UUID,
    outcome: VisitOutcome,
    note: str,
    at: datetime,
) -> Visit:
    """Note what came of a visit; somebody not found becomes unreachable, never confirmed.

    Raises VisitNotFoundError when it is not open.
    """
    visit = queries.settle_visit(
        session,
        project_id=project_id,
        visit_id=visit_id,
        outcome=outcome,
        note=note,
        by=principal.person_id,
        at=at,
    )
    if outcome is VisitOutcome.NOT_FOUND:
        queries.set_unanswered(session, [visit.payslip.id], PayslipAnswerState.UNREACHABLE)
    audit.record(
        session,
        actor=principal,
        action="payroll.visit-reported",
        subject_kind="payslip",
        subject_id=visit.payslip.id,
        reason=note,
        outcome=outcome.value,
    )
    return visit


def _remind(one: Waiting, number: int) -> Telling:
    return Telling(one.person_id, f"payroll:{one.payslip_id}:{number}", {"month": one.month})


def _give_up(session: Session, silent: list[Waiting], at: datetime) -> None:
    if not silent:
        return
    ids = [one.payslip_id for one in silent]
    queries.set_unanswered(session, ids, PayslipAnswerState.NO_RESPONSE)
    visits = [
        PayslipVisit(
            id=new_id(), created_at=at, project_id=one.project_id, payslip_id=one.payslip_id
        )
        for one in silent
    ]
    queries.add_visits(session, visits)
    for project_id, month in sorted({(one.project_id, one.month) for one in silent}):
        tell_managers(session, Template.VISIT_DUE, project_id=project_id, month=month, at=at)
