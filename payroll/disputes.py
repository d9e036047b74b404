"""What the labour manager says to a dispute, and what happens when nothing is said in time."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.calendar import WORKING_DAYS
from core.clock import local_date
from db.base import new_id
from db.models import DisputeReply, Payslip
from identity import audit
from identity.principal import Principal
from notifications.templates import Template
from payroll import follow_up_queries as queries
from payroll.errors import DisputeRepliedError, PayslipNotFoundError
from payroll.follow_up_queries import OpenDispute
from payroll.service import tell_worker

REPLY_DAYS = 3
"""Working days; no law says how soon, the platform does."""


def reply_to_dispute(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    payslip_id: UUID,
    reason: str,
    at: datetime,
) -> DisputeReply:
    """Keep to the payslip and say why; the worker may now accept it or complain.

    The line goes on waiting: only the worker ends a dispute. Raises PayslipNotFoundError,
    NotDisputedError, DisputeRepliedError for a second reply.
    """
    payslip = session.get(Payslip, payslip_id)
    if payslip is None or payslip.project_id != project_id:
        raise PayslipNotFoundError
    dispute = queries.get_dispute(session, payslip)
    reply = DisputeReply(
        id=new_id(),
        created_at=at,
        project_id=project_id,
        payslip_id=payslip_id,
        answer_id=dispute.answer.id,
        replied_by=principal.person_id,
        reason=reason,
    )
    inserted = session.execute(
        insert(DisputeReply)
        .values(reply.model_dump())
        .on_conflict_do_nothing()
        .returning(col(DisputeReply.id))
    )
    if inserted.first() is None:
        raise DisputeRepliedError
    audit.record(
        session,
        actor=principal,
        action="payroll.dispute-rejected",
        subject_kind="payslip",
        subject_id=payslip_id,
        reason=reason,
    )
    tell_worker(session, payslip, Template.DISPUTE_REJECTED, event_id=reply.id)
    return reply


def compute_reply_due(dispute: OpenDispute) -> date:
    """Return the last day for a reply."""
    disputed = local_date(dispute.answer.created_at)
    return WORKING_DAYS.add_working_days(disputed, REPLY_DAYS).due_date


def tell_overdue_chunk(session: Session, *, after: UUID | None, at: datetime) -> UUID | None:
    """Tell the workers of a chunk of disputes nobody replied to in time, each once.

    Returns where the next chunk begins; None at the end.
    """
    disputes = queries.list_unreplied(session, after=after)
    for dispute in disputes:
        if compute_reply_due(dispute) < local_date(at):
            tell_worker(
                session,
                dispute.payslip,
                Template.DISPUTE_OVERDUE,
                event_id=dispute.answer.id,
            )
    return disputes[-1].answer.id if disputes else None
