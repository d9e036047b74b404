"""Keeping work days true: folding again whatever new check-ins may have changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Select, Uuid, cast, delete, func, select, tuple_
from sqlmodel import Session, col

from attendance import fold_queries, queries
from attendance.day_rules import RuleBook
from attendance.facts import RecordedCrossing
from attendance.folding import MAX_SHIFT, RULE_VERSION, Crossing, FoldedDay, fold, settle
from core.clock import ONE_DAY, day_start, month_start, next_month, now
from db.base import new_id
from db.bulk import put_rows
from db.models import WorkDay

DAY_KEY = ("project_id", "project_worker_id", "work_date")
REPLACED = (
    "first_in_at",
    "last_out_at",
    "minutes",
    "units",
    "overtime_minutes",
    "state",
    "grades",
    "rule_version",
)
_DAY = tuple_(col(WorkDay.project_worker_id), col(WorkDay.work_date))


def fold_month(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID], month: str
) -> None:
    """Fold these workers' month (``YYYY-MM``) again from its check-ins."""
    first = month_start(month)
    fold_days(
        session,
        project_id=project_id,
        worker_ids=worker_ids,
        since=first,
        until=next_month(first) - ONE_DAY,
    )


def fold_days(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID], since: date, until: date
) -> None:
    """Fold the days from `since` to `until` (both included) again from their check-ins.

    A constant number of statements, however many workers. The workers stay locked until the
    transaction ends, so that no other fold overlooks what this one has just seen.
    """
    if not worker_ids:
        return
    queries.lock_workers(session, worker_ids)
    rules = queries.get_day_rules(session, project_id)
    begin, end = reach(since, until, rules)
    recorded = queries.list_crossings(
        session, project_id=project_id, worker_ids=worker_ids, since=begin, until=end
    )
    accepted = fold_queries.list_confirmed_days(
        session, project_id=project_id, worker_ids=worker_ids, since=since, until=until
    )
    folded = {
        worker_id: settle(days, accepted.get(worker_id, {}))
        for worker_id, days in _fold_each(recorded, rules, worker_ids).items()
    }
    store_days(session, project_id=project_id, folded=folded, since=since, until=until)


def reach(since: date, until: date, rules: RuleBook) -> tuple[datetime, datetime]:
    """Return the instants between which check-ins can matter for these days.

    A day takes exits up to one shift's length after its end, and gives its own early exits to
    the day before.
    """
    before, after = since - ONE_DAY, until + ONE_DAY
    begin = day_start(before, at=rules.on(before).day_starts_at)
    return begin, day_start(after, at=rules.on(after).day_starts_at) + MAX_SHIFT


def store_days(
    session: Session,
    *,
    project_id: UUID,
    folded: Mapping[UUID, Sequence[FoldedDay]],
    since: date,
    until: date,
) -> None:
    """Replace the stored days from `since` to `until` of these workers by the folded ones."""
    kept = [
        (worker_id, day)
        for worker_id, days in folded.items()
        for day in days
        if since <= day.work_date <= until
    ]
    theirs = (
        col(WorkDay.project_worker_id).in_(folded),
        col(WorkDay.work_date).between(since, until),
        _DAY.not_in(_pair([(worker_id, day.work_date) for worker_id, day in kept])),
    )
    _remove(session, project_id, *theirs)
    _put(session, project_id, kept)


def replace_days(
    session: Session,
    *,
    project_id: UUID,
    replaced: Mapping[UUID, Sequence[date]],
    folded: Mapping[UUID, Sequence[FoldedDay]],
) -> None:
    """Replace single stored days, of each worker others, by the folded ones among them."""
    kept = [(worker_id, day) for worker_id, days in folded.items() for day in days]
    gone = {(worker_id, day) for worker_id, days in replaced.items() for day in days}
    gone.difference_update((worker_id, day.work_date) for worker_id, day in kept)
    if gone:
        _remove(session, project_id, _DAY.in_(_pair(sorted(gone))))
    _put(session, project_id, kept)


def _fold_each(
    recorded: Iterable[RecordedCrossing], rules: RuleBook, worker_ids: Collection[UUID]
) -> dict[UUID, list[FoldedDay]]:
    crossings: dict[UUID, list[Crossing]] = defaultdict(list)
    for record in recorded:
        crossings[record.project_worker_id].append(record.crossing)
    return {worker_id: fold(crossings[worker_id], rules) for worker_id in worker_ids}


def _remove(session: Session, project_id: UUID, *which: ColumnElement[bool]) -> None:
    """Remove days whose check-ins now belong to a neighbour, e.g. a late entry of a night shift."""
    session.execute(
        delete(WorkDay).where(col(WorkDay.project_id) == project_id, *which),
        execution_options={"synchronize_session": False},
    )


def _pair(days: Sequence[tuple[UUID, date]]) -> Select[UUID, date]:
    """Return the query for these days as they are."""
    pairs = func.unnest(
        cast([worker_id for worker_id, _ in days], ARRAY(Uuid)),
        cast([day for _, day in days], ARRAY(Date)),
    )
    given = pairs.table_valued("worker_id", "work_date").render_derived()
    return select(given.c.worker_id, given.c.work_date)


def _put(session: Session, project_id: UUID, days: Sequence[tuple[UUID, FoldedDay]]) -> None:
    at = now()
    put_rows(
        session,
        WorkDay,
        [_row(project_id, worker_id, day, at) for worker_id, day in days],
        key=DAY_KEY,
        replaced=REPLACED,
    )


def _row(project_id: UUID, worker_id: UUID, day: FoldedDay, at: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "created_at": at,
        "project_id": project_id,
        "project_worker_id": worker_id,
        "work_date": day.work_date,
        "first_in_at": day.first_in_at,
        "last_out_at": day.last_out_at,
        "minutes": day.minutes,
        "units": day.units,
        "overtime_minutes": day.overtime_minutes,
        "state": day.state,
        "grades": day.grades,
        "rule_version": RULE_VERSION,
    }
