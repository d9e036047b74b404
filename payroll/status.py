"""Use case of everybody who may see it: how a worker's wages stand today."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from payroll.severity import WageStatus
from payroll.status_projection import find_stored_status, refresh_statuses


def get_wage_status(session: Session, *, person_id: UUID, at: datetime) -> WageStatus:
    """Return severity and reasons as of an instant; reads only what the bank and people said.

    One statement as long as nothing changed since it was worked out (`status_projection`).
    """
    stored = find_stored_status(session, person_id, at=at)
    return stored or refresh_statuses(session, [person_id], at=at)[person_id]
