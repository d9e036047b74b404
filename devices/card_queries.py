"""Every SELECT on the printed cards that gates know."""

from uuid import UUID

from sqlmodel import Session, col, func, select

from db.models import GateCard, ProjectWorker, WorkerCard, WorkerCode


def get_revision(session: Session, project_id: UUID) -> int:
    """Return the last revision of the project's list of cards; 0 before there is one."""
    statement = select(func.max(GateCard.revision)).where(GateCard.project_id == project_id)
    return session.exec(statement).one() or 0


def list_gate_cards(
    session: Session, *, project_id: UUID, after: int, upto: int, limit: int
) -> list[GateCard]:
    """Return up to `limit` entries whose revision lies after one and not after another."""
    statement = (
        select(GateCard)
        .where(
            GateCard.project_id == project_id,
            GateCard.revision > after,
            GateCard.revision <= upto,
        )
        .order_by(col(GateCard.revision))
        .limit(limit)
    )
    return list(session.exec(statement))


def list_changes(session: Session, project_id: UUID) -> list[tuple[bytes, bytes | None]]:
    """Return the cards for which the list differs from what is true: (digest, worker_ref)."""
    good = (
        select(col(WorkerCard.digest), col(WorkerCode.worker_ref))
        .join(WorkerCode, col(WorkerCode.person_id) == WorkerCard.person_id)
        .join(ProjectWorker, col(ProjectWorker.person_id) == WorkerCard.person_id)
        .where(ProjectWorker.project_id == project_id, col(WorkerCard.revoked_at).is_(None))
        .subquery()
    )
    listed = (
        select(col(GateCard.digest), col(GateCard.worker_ref))
        .where(GateCard.project_id == project_id)
        .subquery()
    )
    digest = func.coalesce(good.c.digest, listed.c.digest).label("digest")
    statement = (
        select(digest, good.c.worker_ref)
        .select_from(good)
        .join(listed, good.c.digest == listed.c.digest, full=True)
        .where(good.c.worker_ref.is_distinct_from(listed.c.worker_ref))
        .order_by(digest)
    )
    return [(card, worker_ref) for card, worker_ref in session.exec(statement)]
