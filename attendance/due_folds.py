"""Folding what the gates have let in since: off their path, before anybody reads the days.

Each admitted check-in is committed with a mark of its own. A fold locks the worker, takes the
worker's marks away and only then reads the check-ins; one that commits meanwhile has a mark that
stays. So a mark can be dealt with twice, and never be lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from attendance import fold_queries, queries, work_days
from core.clock import ONE_DAY
from db.models import FoldDue
from db.session import Database

FOLD_DUE = "attendance.fold_due"
"""The job that folds whatever is due."""
WORKERS_AT_ONCE = 300


def fold_all_due(database: Database) -> None:
    """Fold until nothing is due that nobody else is folding; any number may run side by side."""
    is_done = False
    while not is_done:
        with database.transaction() as session:
            workers = fold_queries.lock_due_workers(session, limit=WORKERS_AT_ONCE)
            _fold_marked(session, workers)
            is_done = not workers


def fold_due_of(session: Session, *, person_id: UUID) -> None:
    """Fold what is due of one person, so that a reader sees every check-in that was answered."""
    workers = fold_queries.list_due_workers(session, person_id)
    if workers:
        queries.lock_workers(session, workers)
        _fold_marked(session, workers)


def _fold_marked(session: Session, worker_ids: Collection[UUID]) -> None:
    for project_id, marks in _take_marks(session, worker_ids).items():
        days = [mark.day for mark in marks]
        work_days.fold_days(
            session,
            project_id=project_id,
            worker_ids={mark.project_worker_id for mark in marks},
            # A crossing can move its neighbours, and before dawn it counts for the day before.
            since=min(days) - 2 * ONE_DAY,
            until=max(days) + ONE_DAY,
        )


def _take_marks(session: Session, worker_ids: Collection[UUID]) -> dict[UUID, list[FoldDue]]:
    """Remove the marks of workers that this transaction has locked; return them by project."""
    marks: Iterable[FoldDue] = session.scalars(
        delete(FoldDue).where(col(FoldDue.project_worker_id).in_(worker_ids)).returning(FoldDue)
    )
    by_project: dict[UUID, list[FoldDue]] = defaultdict(list)
    for mark in marks:
        by_project[mark.project_id].append(mark)
    return by_project
