"""Whom a complaint is against: where the complainant did not say, roster or project know."""

from sqlmodel import Session

from cases import desk_queries
from core.case_enums import Disclosure
from db.models import Complaint


def find_employer(session: Session, complaint: Complaint) -> str | None:
    """Return the employer's name: as filed, of the worker's team, or the general contractor's.

    The general contractor pays first when a subcontractor owes (条例 §30). Of who is not named
    the team stays out of it: it would lead to them.
    """
    if complaint.employer_name or complaint.project_id is None:
        return complaint.employer_name
    named = None
    if complaint.person_id is not None and complaint.disclosure is Disclosure.NAMED:
        named = desk_queries.find_roster_employer(
            session, project_id=complaint.project_id, person_id=complaint.person_id
        )
    return named or desk_queries.find_general_contractor(session, complaint.project_id)
