"""Every SELECT on worker codes."""

from uuid import UUID

from sqlmodel import Session, select

from db.models import WorkerCode


def find_worker_code(session: Session, person_id: UUID) -> WorkerCode | None:
    """Return the person's code, if one was ever issued."""
    return session.exec(select(WorkerCode).where(WorkerCode.person_id == person_id)).one_or_none()
