"""Every SELECT about check-ins that wait to be folded."""

from uuid import UUID

from sqlalchemy import Exists, exists, select
from sqlmodel import Session, col

from db.models import FoldDue, ProjectWorker


def list_due_workers(session: Session, person_id: UUID) -> list[UUID]:
    """Return the person's places on projects with check-ins that wait."""
    statement = select(col(ProjectWorker.id)).where(
        col(ProjectWorker.person_id) == person_id, _is_due()
    )
    return list(session.scalars(statement))


def lock_due_workers(session: Session, *, limit: int) -> list[UUID]:
    """Return up to `limit` workers with check-ins that wait, locked as a fold needs them.

    Leaves out those whom another fold or upload holds: it sees the check-ins itself, or their
    marks stay for the next fold.
    """
    statement = (
        select(col(ProjectWorker.id))
        .where(_is_due())
        .order_by(col(ProjectWorker.id))
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return list(session.scalars(statement))


def _is_due() -> Exists:
    return exists().where(
        col(FoldDue.project_id) == ProjectWorker.project_id,
        col(FoldDue.project_worker_id) == ProjectWorker.id,
    )
