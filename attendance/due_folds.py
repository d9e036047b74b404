"""Folding what the gates have let in since: off their path, before anybody reads the days.

Each admitted check-in is committed with a mark of its own. A fold locks the worker, takes the
worker's marks away and only then reads the check-ins; one that commits meanwhile has a mark that
stays. So a mark can be dealt with twice, and never be lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from attendance import fold_queries, queries, work_days
from core.clock import ONE_DAY, local_date, next_month, now
from db import outbox
from db.models import FoldDue, RefoldDue
from db.session import Database

FOLD_DUE = "attendance.fold_due"
"""The job that folds whatever is due."""
WORKERS_AT_ONCE = 300
REFOLDED_AT_ONCE = 50
"""Fewer, because these are folded over months."""
WAKE_SECONDS = 5


def wake_fold(session: Session, *, source: str, at: datetime) -> None:
    """Have it folded soon what is due; whatever one source brings within seconds is one job.

    Sources do not share, so that none waits here for another's commit. A mark that is committed
    after its job ran is folded by the next one, or within a minute.
    """
    span = int(at.timestamp()) // WAKE_SECONDS
    ends_at = datetime.fromtimestamp((span + 1) * WAKE_SECONDS, UTC)
    outbox.enqueue(session, FOLD_DUE, dedupe_key=f"{FOLD_DUE}:{source}:{span}", due_at=ends_at)


def fold_all_due(database: Database) -> None:
    """Fold until nothing is due that nobody else is folding; any number may run side by side."""
    is_done = False
    while not is_done:
        with database.transaction() as session:
            workers = fold_queries.lock_due_workers(session, limit=WORKERS_AT_ONCE)
            _fold_marked(session, workers)
            is_done = not workers
    while refold_chunk(database):
        pass


def refold_chunk(database: Database) -> bool:
    """Fold the unlocked days of some workers whose days count otherwise now; False when none do."""
    with database.transaction() as session:
        workers = fold_queries.lock_refold_workers(session, limit=REFOLDED_AT_ONCE)
        refold(session, workers, until=local_date(now()))
        return bool(workers)


def refold(session: Session, worker_ids: Collection[UUID], *, until: date) -> None:
    """Fold what is marked of these workers again, up to a day; days of locked sheets stay."""
    marks = session.scalars(
        delete(RefoldDue)
        .where(col(RefoldDue.project_worker_id).in_(worker_ids))
        .returning(RefoldDue)
    )
    locked = fold_queries.list_locked_months(session, worker_ids)
    alike: dict[tuple[UUID, date, frozenset[str]], list[UUID]] = defaultdict(list)
    for mark in marks:
        months = frozenset(locked.get(mark.project_worker_id, ()))
        alike[mark.project_id, mark.since_date, months].append(mark.project_worker_id)
    for (project_id, since, months), workers in alike.items():
        for first, last in list_open_spans(since, until, months):
            work_days.fold_days(
                session, project_id=project_id, worker_ids=workers, since=first, until=last
            )


def list_open_spans(since: date, until: date, locked: Collection[str]) -> list[tuple[date, date]]:
    """Return the days from `since` to `until` by month, without locked months."""
    spans = []
    first = since
    while first <= until:
        last = min(next_month(first.replace(day=1)) - ONE_DAY, until)
        if f"{first:%Y-%m}" not in locked:
            spans.append((first, last))
        first = last + ONE_DAY
    return spans


def fold_due_of(session: Session, *, person_id: UUID) -> None:
    """Fold what is due of one person, so that a reader sees every check-in that was answered."""
    workers = fold_queries.list_due_workers(session, person_id)
    if workers:
        queries.lock_workers(session, workers)
        _fold_marked(session, workers)


def fold_due_workers(session: Session, worker_ids: Collection[UUID]) -> None:
    """Fold what is due of these workers, before they are paid by their days."""
    queries.lock_workers(session, worker_ids)
    _fold_marked(session, worker_ids)


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
