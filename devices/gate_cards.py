"""Which printed cards a project's gates know, kept up when a gate syncs."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from db.models import GateCard
from devices import card_queries as queries
from devices.queries import lock_blocks


def bring_up_to_date(session: Session, project_id: UUID) -> int:
    """Write down the cards made or ended since a gate last asked; return the last revision.

    Cards of whoever has left or has no contract stay: the block list says why they do not open.
    """
    if queries.list_changes(session, project_id):
        lock_blocks(session, project_id)  # gates that sync at once take turns
        _write(session, project_id, queries.list_changes(session, project_id))
    return queries.get_revision(session, project_id)


def _write(session: Session, project_id: UUID, changes: list[tuple[bytes, bytes | None]]) -> None:
    if not changes:
        return
    revision = queries.get_revision(session, project_id)
    statement = insert(GateCard)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["project_id", "digest"],
            set_={name: statement.excluded[name] for name in ("worker_ref", "revision")},
        ),
        [
            GateCard(
                project_id=project_id, digest=digest, worker_ref=worker_ref, revision=number
            ).model_dump()
            for number, (digest, worker_ref) in enumerate(changes, start=revision + 1)
        ],
    )
