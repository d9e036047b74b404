"""Reading files and sealed bundles of complaints."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, delete, union_all
from sqlmodel import Session, SQLModel, col, select

from db.models import Complaint, ComplaintFile, EvidenceBundle, StagedFile

STAGED = "staged_file"


def take_staged(session: Session, hashes: Sequence[bytes], *, at: datetime) -> list[StagedFile]:
    """Remove and return these uploads; of two complaints at once only one gets each."""
    statement = (
        delete(StagedFile)
        .where(col(StagedFile.token_hash).in_(hashes), col(StagedFile.expires_at) > at)
        .returning(StagedFile)
    )
    return list(session.scalars(statement))


def list_staged_digests(session: Session, hashes: Sequence[bytes], *, at: datetime) -> list[str]:
    """Return what these uploads hold, each once; those that are gone or taken are left out."""
    statement = (
        select(StagedFile.digest)
        .where(col(StagedFile.token_hash).in_(hashes), col(StagedFile.expires_at) > at)
        .order_by(col(StagedFile.id))
    )
    return list(dict.fromkeys(session.exec(statement)))


def lock_expired(session: Session, *, at: datetime, limit: int) -> list[StagedFile]:
    """Return uploads past their day, locked; those that another run has are left to it."""
    statement = (
        select(StagedFile)
        .where(col(StagedFile.expires_at) <= at)
        .order_by(col(StagedFile.expires_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.exec(statement))


def list_named(
    session: Session, digests: Collection[str], *, besides: Collection[StagedFile]
) -> set[str]:
    """Return which of these files any row of any table names, other than these uploads."""
    if not digests:
        return set()
    own = col(StagedFile.id).not_in([file.id for file in besides])
    named = [
        select(column).where(column.in_(digests), *([own] if table.name == STAGED else []))
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("digest") and not isinstance(column.type, LargeBinary)
    ]
    return set(session.execute(union_all(*named)).scalars())


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
