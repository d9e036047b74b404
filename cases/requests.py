"""Steps that wait for the head: asked for, decided by somebody else, or lapsed with the case."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cases import clockwork, desk_queries, divisions
from cases.desk_errors import OwnRequestError, RequestPendingError
from cases.step import Approval, Form
from core.case_enums import CaseAction, ClockKind
from core.clock import local_date
from db.models import Case, CaseRequest
from notifications.service import notify
from notifications.templates import Template

LAPSED = "案件已经往下办了"


def ask(
    session: Session,
    case: Case,
    action: CaseAction,
    approval: Approval,
    *,
    form: Form,
    requested_by: UUID,
    at: datetime,
) -> CaseRequest:
    """Write a request down and tell who decides; RequestPendingError when the same one waits."""
    if desk_queries.find_open_request(session, case.id, action) is not None:
        raise RequestPendingError
    request = CaseRequest(
        created_at=at,
        case_id=case.id,
        action=action,
        form=form.as_json(),
        requested_by=requested_by,
    )
    session.add(request)
    if approval.within is not None:
        clockwork.start_clock(session, case, approval.within, at=at)
    for person_id in _list_deciders(session, case, asking=requested_by, at=at):
        notify(
            session,
            template=Template.DECISION_ASKED,
            person_id=person_id,
            key=f"case_request:{request.id}",
            number=case.number,
        )
    return request


def decide(
    session: Session,
    case: Case,
    request: CaseRequest,
    *,
    decided_by: UUID,
    is_granted: bool,
    reason: str | None,
    at: datetime,
) -> None:
    """Write a decision down; OwnRequestError for whoever asked."""
    if decided_by == request.requested_by:
        raise OwnRequestError
    _settle(request, is_granted=is_granted, reason=reason, at=at)
    request.decided_by = decided_by
    clockwork.stop_clock(session, case, ClockKind.POLICE_DECISION, at=at)


def let_lapse(session: Session, case: Case, *, at: datetime) -> None:
    """End what still waits when the case has moved on without it."""
    for request in desk_queries.list_requests(session, case.id):
        if request.decided_at is None:
            _settle(request, is_granted=False, reason=LAPSED, at=at)
            clockwork.stop_clock(session, case, ClockKind.POLICE_DECISION, at=at)


def _settle(request: CaseRequest, *, is_granted: bool, reason: str | None, at: datetime) -> None:
    request.decided_at, request.is_granted, request.reason = at, is_granted, reason


def _list_deciders(session: Session, case: Case, *, asking: UUID, at: datetime) -> list[UUID]:
    """Return the heads of the bureau, or of the division above where there are none."""
    for code in (case.county_code, *divisions.superiors_of(case.county_code)):
        heads = desk_queries.list_heads(session, code, on=local_date(at))
        found = [head.person_id for head in heads if head.person_id != asking]
        if found:
            return found
    return []
