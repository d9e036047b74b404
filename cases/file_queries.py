"""Reading files and sealed bundles of complaints."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from db.models import Complaint, ComplaintFile, EvidenceBundle, StagedFile


def take_staged(session: Session, hashes: Sequence[bytes], *, at: datetime) -> list[StagedFile]:
    """Remove and return these uploads; of two complaints at once only one gets each."""
    statement = (
        delete(StagedFile)
        .where(col(StagedFile.token_hash).in_(hashes), col(StagedFile.expires_at) > at)
        .returning(StagedFile)
    )
    return list(session.scalars(statement))


def delete_expired(session: Session, *, at: datetime) -> int:
    """Delete uploads past their day; return how many."""
    statement = delete(StagedFile).where(col(StagedFile.expires_at) <= at)
    return len(session.execute(statement.returning(col(StagedFile.id))).all())


def list_files(session: Session, complaint_id: UUID) -> list[ComplaintFile]:
    """Return the files of a complaint, oldest first."""
    statement = select(ComplaintFile).where(ComplaintFile.complaint_id == complaint_id)
    return list(session.exec(statement.order_by(col(ComplaintFile.id))))


def find_bundle(session: Session, complaint_id: UUID) -> EvidenceBundle | None:
    """Return the sealed bundle of a complaint."""
    statement = select(EvidenceBundle).where(EvidenceBundle.complaint_id == complaint_id)
    return session.exec(statement).first()


def get_complaint(session: Session, complaint_id: UUID) -> Complaint:
    """Return a complaint that was just filed."""
    return session.get_one(Complaint, complaint_id)
