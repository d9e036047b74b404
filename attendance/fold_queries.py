"""Every SELECT about what waits to be folded, what a fold must heed, and what it left uncertain."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Exists,
    Select,
    Uuid,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    union,
)
from sqlmodel import Session, col

from attendance.facts import RecordedCrossing
from attendance.queries import CROSSING, read_crossing
from attendance.rules import CLOCK_TRUST_MS, LONGEST_WAIT
from attendance.scan_queries import IS_STANDING
from core.enums import SheetState, WorkDayState
from db.base import UtcDateTime
from db.bulk import is_any
from db.models import (
    AttendanceSheet,
    CheckIn,
    DayConfirmation,
    FoldDue,
    ProjectWorker,
    RefoldDue,
    WorkDay,
)

WorkerSpan = tuple[UUID, datetime, datetime]
"""Of whom, from when to before when."""
# A parameter would hide the partial index.
_TRUST: ColumnElement[int] = literal_column(str(CLOCK_TRUST_MS))


def list_due_workers(session: Session, person_id: UUID) -> list[UUID]:
    """Return the person's places on projects with check-ins that wait."""
    statement = select(col(ProjectWorker.id)).where(
        col(ProjectWorker.person_id) == person_id, _is_due()
    )
    return list(session.scalars(statement))


def list_waiting_workers(session: Session, worker_ids: Collection[UUID]) -> set[UUID]:
    """Return who among these has a check-in, or days that count otherwise now, to be folded yet."""
    due = select(col(FoldDue.project_worker_id)).where(
        is_any(col(FoldDue.project_worker_id), "project_worker_ids")
    )
    otherwise = select(col(RefoldDue.project_worker_id)).where(
        is_any(col(RefoldDue.project_worker_id), "project_worker_ids")
    )
    asked = {"project_worker_ids": worker_ids}
    return set(session.scalars(union(due, otherwise), asked))


def lock_due_workers(session: Session, *, limit: int) -> list[UUID]:
    """Return up to `limit` workers with check-ins that wait, locked as a fold needs them.

    Leaves out those whom another fold or upload holds: it sees the check-ins itself, or their
    marks stay for the next fold.
    """
    return _lock_some(session, _is_due(), limit)


def lock_refold_workers(session: Session, *, limit: int) -> list[UUID]:
    """Return up to `limit` workers whose days count otherwise now, locked as a fold needs them."""
    is_due = exists().where(
        col(RefoldDue.project_id) == ProjectWorker.project_id,
        col(RefoldDue.project_worker_id) == ProjectWorker.id,
    )
    return _lock_some(session, is_due, limit)


def list_confirmed_days(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID], since: date, until: date
) -> Mapping[UUID, Mapping[date, set[tuple[int, int]]]]:
    """Return what (minutes, units) these workers have accepted for which days."""
    statement = (
        select(col(DayConfirmation.project_worker_id), col(DayConfirmation.work_date))
        .add_columns(col(DayConfirmation.minutes), col(DayConfirmation.units))
        .where(
            col(DayConfirmation.project_id) == project_id,
            is_any(col(DayConfirmation.project_worker_id), "project_worker_ids"),
            col(DayConfirmation.work_date).between(since, until),
        )
    )
    accepted: dict[UUID, dict[date, set[tuple[int, int]]]] = defaultdict(lambda: defaultdict(set))
    found = session.execute(statement, {"project_worker_ids": worker_ids})
    for worker_id, day, minutes, units in found:
        accepted[worker_id][day].add((minutes, units))
    return accepted


def list_crossings_within(
    session: Session, *, project_id: UUID, spans: Sequence[WorkerSpan]
) -> list[RecordedCrossing]:
    """Return the valid check-ins within these spans by clocks that are believed, not annulled."""
    columns = zip(*spans, strict=True)
    asked = func.unnest(
        *(
            cast(list(values), ARRAY(kind))
            for values, kind in zip(columns, (Uuid, UtcDateTime, UtcDateTime), strict=True)
        )
    )
    span = asked.table_valued("worker_id", "since", "until").render_derived(name="span")
    within = (
        select(*CROSSING)
        .where(
            col(CheckIn.project_id) == project_id,
            col(CheckIn.project_worker_id) == span.c.worker_id,
            col(CheckIn.occurred_at) >= span.c.since,
            col(CheckIn.occurred_at) < span.c.until,
            # Said again for all, so that other months are not even opened.
            col(CheckIn.occurred_at) >= min(since for _, since, _ in spans),
            col(CheckIn.occurred_at) < max(until for _, _, until in spans),
            col(CheckIn.clock_bound_ms) <= _TRUST,
            col(CheckIn.valid),
            IS_STANDING,
        )
        .order_by(col(CheckIn.occurred_at))  # span after span by its index, never the whole month
        .lateral()
    )
    statement = select(within).select_from(span.join(within, true()))
    return [read_crossing(row) for row in session.execute(statement)]


def list_untrusted_crossings(
    session: Session,
    *,
    project_id: UUID,
    worker_ids: Collection[UUID],
    since: datetime,
    until: datetime,
) -> list[RecordedCrossing]:
    """Return these workers' valid check-ins between two instants by clocks nobody believes; few."""
    statement = select(*CROSSING).where(
        col(CheckIn.project_id) == project_id,
        is_any(col(CheckIn.project_worker_id), "project_worker_ids"),
        col(CheckIn.received_at) >= since,
        col(CheckIn.received_at) < until + LONGEST_WAIT,
        col(CheckIn.clock_bound_ms) > _TRUST,
        col(CheckIn.valid),
        IS_STANDING,
    )
    found = session.execute(statement, {"project_worker_ids": worker_ids})
    crossings = [read_crossing(row) for row in found]
    return [record for record in crossings if since <= record.crossing.at < until]


def list_locked_months(session: Session, worker_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Return the months (``YYYY-MM``) of each worker whose sheet is locked."""
    statement = (
        select(col(ProjectWorker.id), col(AttendanceSheet.month))
        .join(AttendanceSheet, col(AttendanceSheet.team_id) == ProjectWorker.team_id)
        .where(
            col(ProjectWorker.id).in_(worker_ids),
            col(AttendanceSheet.state) == SheetState.LOCKED,
        )
    )
    months: dict[UUID, set[str]] = defaultdict(set)
    for worker_id, month in session.execute(statement):
        months[worker_id].add(month)
    return months


def find_last_locked_month(session: Session, project_id: UUID) -> str | None:
    """Return the latest month (``YYYY-MM``) of which the project has a locked sheet."""
    statement = (
        select(col(AttendanceSheet.month))
        .where(
            col(AttendanceSheet.project_id) == project_id,
            col(AttendanceSheet.state) == SheetState.LOCKED,
        )
        .order_by(col(AttendanceSheet.month).desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def list_unsure_days(
    session: Session, *, since: date, until: date, after: tuple[date, UUID] | None, limit: int
) -> list[tuple[WorkDay, UUID]]:
    """Return days from `since` to `until` that need confirmation, each with its person."""
    statement = (
        select(WorkDay, col(ProjectWorker.person_id))
        .join(ProjectWorker, col(ProjectWorker.id) == WorkDay.project_worker_id)
        .where(
            col(WorkDay.state) == WorkDayState.NEEDS_CONFIRMATION,
            col(WorkDay.work_date).between(since, until),
        )
        .order_by(col(WorkDay.work_date), col(WorkDay.id))
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(col(WorkDay.work_date), col(WorkDay.id)) > after)
    return [(day, person_id) for day, person_id in session.execute(statement)]


def select_everybody(project_id: UUID, *, since: date) -> Select[UUID, UUID, date]:
    """Return the query for the project's workers, each with the date."""
    return select(col(ProjectWorker.project_id), col(ProjectWorker.id), literal(since, Date)).where(
        col(ProjectWorker.project_id) == project_id
    )


def select_outdated(version: int) -> Select[UUID, UUID, date]:
    """Return the query for workers with days of an earlier version, and since when."""
    locked = (
        exists()
        .where(
            col(AttendanceSheet.team_id) == ProjectWorker.team_id,
            col(AttendanceSheet.month) == func.to_char(WorkDay.work_date, "YYYY-MM"),
            col(AttendanceSheet.state) == SheetState.LOCKED,
        )
        .correlate(ProjectWorker, WorkDay)
    )
    return (
        select(col(WorkDay.project_id), col(WorkDay.project_worker_id), func.min(WorkDay.work_date))
        .join(ProjectWorker, col(ProjectWorker.id) == WorkDay.project_worker_id)
        .where(col(WorkDay.rule_version) < version, ~locked)
        .group_by(col(WorkDay.project_id), col(WorkDay.project_worker_id))
    )


def _lock_some(session: Session, is_due: Exists, limit: int) -> list[UUID]:
    statement = (
        select(col(ProjectWorker.id))
        .where(is_due)
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
