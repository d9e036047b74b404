"""Who investigates a case: two inspectors at least, none with an interest in it (回避)."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cases import desk_queries
from cases.desk_errors import ConflictOfInterestError, NoInspectorHereError
from db.models import Case, CaseHandler, Complaint


def take_on(
    session: Session, case: Case, complaint: Complaint, person_id: UUID, *, at: datetime
) -> CaseHandler:
    """Let somebody investigate the case; ConflictOfInterestError, also for whoever stepped back."""
    return assign(session, case, complaint, person_id, assigned_by=person_id, at=at)


def assign(
    session: Session,
    case: Case,
    complaint: Complaint,
    person_id: UUID,
    *,
    assigned_by: UUID,
    at: datetime,
) -> CaseHandler:
    """Let an inspector of the county investigate; assigning somebody twice changes nothing."""
    known = desk_queries.find_handler(session, case.id, person_id)
    if _is_recused(known) or desk_queries.is_party(session, person_id, complaint):
        raise ConflictOfInterestError
    handler = known or CaseHandler(
        created_at=at, case_id=case.id, person_id=person_id, assigned_by=assigned_by
    )
    handler.left_at = None
    session.add(handler)
    session.flush()
    return handler


def check_unbiased(session: Session, case: Case, complaint: Complaint, person_id: UUID) -> None:
    """Raise ConflictOfInterestError for whoever stepped back from the case, or is part of it."""
    known = desk_queries.find_handler(session, case.id, person_id)
    if _is_recused(known) or desk_queries.is_party(session, person_id, complaint):
        raise ConflictOfInterestError


def _is_recused(known: CaseHandler | None) -> bool:
    return known is not None and known.recusal is not None


def check_inspector(session: Session, person_id: UUID, county_code: str) -> None:
    """Raise NoInspectorHereError for whoever is no inspector of this county."""
    known = desk_queries.list_inspectors(session, [county_code])
    if person_id not in {person.id for person in known}:
        raise NoInspectorHereError


def recuse(session: Session, case: Case, person_id: UUID, *, reason: str, at: datetime) -> None:
    """Take somebody off the case for good, with the conflict of interest; HandlerNotFoundError."""
    handler = desk_queries.get_handler(session, case.id, person_id)
    handler.left_at, handler.recusal = at, reason
