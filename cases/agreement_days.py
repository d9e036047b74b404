"""The day an agreement names for the money: who is asked and told once it has passed."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cases import agreement_queries, history, queries
from cases.steps import list_done
from cases.telling import tell_complainant, tell_desk
from core.calendar import WORKING_DAYS
from core.case_enums import CaseAction
from core.clock import local_date
from db.models import CaseEvent
from notifications.templates import Template

CHUNK = 500
GRACE_DAYS = 1
"""Working days after it: what was paid on the last day may reach the worker on the next."""


def ask_chunk(session: Session, *, after: UUID | None, at: datetime) -> UUID | None:
    """Ask complainants whether the agreed money came, and tell those who handle their cases.

    Returns where the next chunk begins, None at the end. Running again tells nobody twice.
    """
    agreed = agreement_queries.list_agreed(session, after=after, limit=CHUNK)
    events = defaultdict[UUID, list[CaseEvent]](list)
    for event in queries.list_events(session, [case.id for case, _ in agreed]):
        events[event.case_id].append(event)
    for case, complaint in agreed:
        proposal = agreement_queries.find_proposal(events[case.id])
        if proposal is not None and _is_over(events[case.id], at):
            tell_complainant(session, case, complaint, Template.CASE_AGREEMENT_DUE, proposal)
            tell_desk(session, case, Template.AGREEMENT_DUE, proposal)
    return agreed[-1][0].id if agreed else None


def _is_over(events: list[CaseEvent], at: datetime) -> bool:
    """Tell whether the day has passed and nobody has said that the money came."""
    agreed_by = agreement_queries.find_agreed_by(events)
    if agreed_by is None or history.was_done(CaseAction.CONFIRM_PAID, list_done(events)):
        return False
    return WORKING_DAYS.add_working_days(agreed_by, GRACE_DAYS).due_date <= local_date(at)
