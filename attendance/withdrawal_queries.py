"""Every SELECT about what was entered by hand or imported, and what was taken back of it."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from attendance.errors import SheetImportNotFoundError
from core.clock import ONE_DAY, day_start, month_start, next_month
from core.enums import CheckInMethod, Direction
from db.models import (
    AttendanceSheet,
    CheckIn,
    CheckInAnnulment,
    EntryWithdrawal,
    Project,
    ProjectWorker,
    SheetImport,
)

Which = tuple[ColumnElement[bool], ...]
"""Conditions on check-ins and whose they are."""
ENTERED = (CheckInMethod.MANUAL, CheckInMethod.IMPORTED)
_SAME_CHECK_IN = and_(
    col(CheckInAnnulment.project_id) == col(CheckIn.project_id),
    col(CheckInAnnulment.check_in_id) == col(CheckIn.id),
)
_SAME_WORKER = and_(
    col(ProjectWorker.project_id) == col(CheckIn.project_id),
    col(ProjectWorker.id) == col(CheckIn.project_worker_id),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A check-in that somebody entered or imported, and with what it was taken back, if it was."""

    id: UUID
    project_worker_id: UUID
    person_id: UUID
    team_id: UUID
    direction: Direction
    at: datetime
    withdrawal: EntryWithdrawal | None


@dataclass(frozen=True, slots=True)
class WithdrawnEntry:
    """What stays to be seen of a check-in that was taken back."""

    project_id: UUID
    project_name: str
    project_worker_id: UUID
    direction: Direction
    at: datetime
    method: CheckInMethod
    note: str | None
    """Why it had been entered, or from where it came."""
    withdrawal: EntryWithdrawal


def of_ids(project_id: UUID, check_in_ids: Collection[UUID]) -> Which:
    """Say: these check-ins of the project."""
    return col(CheckIn.project_id) == project_id, col(CheckIn.id).in_(check_in_ids)


def of_import(sheet_import: SheetImport) -> Which:
    """Say: the check-ins of the import."""
    first = month_start(sheet_import.month)
    return (
        col(CheckIn.project_id) == sheet_import.project_id,
        col(CheckIn.source_id) == sheet_import.id,
        *_between(first, next_month(first) + ONE_DAY),  # its last day may end on the next
    )


def of_person(person_id: UUID, *, first: date, until: date) -> Which:
    """Say: the person's on all projects, from a day to before another."""
    return col(ProjectWorker.person_id) == person_id, *_between(first, until)


def of_workers(worker_ids: Collection[UUID], *, first: date, until: date) -> Which:
    """Say: these workers', from a day to before another."""
    return col(ProjectWorker.id).in_(worker_ids), *_between(first, until)


def list_workers(session: Session, which: Which) -> set[UUID]:
    """Return whose entries they are."""
    statement = select(col(CheckIn.project_worker_id)).distinct().where(*which, _is_entered())
    return {worker_id for worker_id in session.scalars(statement) if worker_id is not None}


def list_entries(session: Session, which: Which) -> list[Entry]:
    """Return the entries, in the order of the clock."""
    statement = (
        select(col(CheckIn.id), col(ProjectWorker.id), col(ProjectWorker.person_id))
        .add_columns(col(ProjectWorker.team_id), col(CheckIn.direction), col(CheckIn.occurred_at))
        .add_columns(EntryWithdrawal)
        .join(ProjectWorker, _SAME_WORKER)
        .outerjoin(CheckInAnnulment, _SAME_CHECK_IN)
        .outerjoin(EntryWithdrawal, col(EntryWithdrawal.id) == CheckInAnnulment.withdrawal_id)
        .where(*which, _is_entered())
        .order_by(col(CheckIn.occurred_at), col(CheckIn.id))
    )
    return [Entry(*row) for row in session.execute(statement)]


def list_withdrawn(session: Session, which: Which) -> list[WithdrawnEntry]:
    """Return what was taken back, in the order of the clock."""
    statement = (
        select(col(CheckIn.project_id), col(Project.name), col(ProjectWorker.id))
        .add_columns(col(CheckIn.direction), col(CheckIn.occurred_at), col(CheckIn.method))
        .add_columns(col(CheckIn.note), EntryWithdrawal)
        .join(ProjectWorker, _SAME_WORKER)
        .join(Project, col(Project.id) == CheckIn.project_id)
        .join(CheckInAnnulment, _SAME_CHECK_IN)
        .join(EntryWithdrawal, col(EntryWithdrawal.id) == CheckInAnnulment.withdrawal_id)
        .where(*which)
        .order_by(col(CheckIn.occurred_at), col(CheckIn.id))
    )
    return [WithdrawnEntry(*row) for row in session.execute(statement)]


def list_sheets(
    session: Session, *, team_ids: Collection[UUID], months: Collection[str]
) -> list[AttendanceSheet]:
    """Return the teams' sheets of these months (``YYYY-MM``)."""
    statement = select(AttendanceSheet).where(
        col(AttendanceSheet.team_id).in_(team_ids), col(AttendanceSheet.month).in_(months)
    )
    return list(session.scalars(statement))


def get_import(session: Session, *, project_id: UUID, import_id: UUID) -> SheetImport:
    """Return the project's import; SheetImportNotFoundError for any other."""
    statement = select(SheetImport).where(
        col(SheetImport.id) == import_id, col(SheetImport.project_id) == project_id
    )
    sheet_import = session.scalars(statement).one_or_none()
    if sheet_import is None:
        raise SheetImportNotFoundError
    return sheet_import


def list_imports(
    session: Session, *, project_id: UUID, month: str | None, before: UUID | None, limit: int
) -> list[SheetImport]:
    """Return up to `limit` imports older than one, newest first."""
    statement = (
        select(SheetImport)
        .where(col(SheetImport.project_id) == project_id)
        .order_by(col(SheetImport.id).desc())
        .limit(limit)
    )
    if month is not None:
        statement = statement.where(col(SheetImport.month) == month)
    if before is not None:
        statement = statement.where(col(SheetImport.id) < before)
    return list(session.scalars(statement))


def count_withdrawn_days(
    session: Session, sheet_import: SheetImport
) -> list[tuple[EntryWithdrawal, int]]:
    """Return with what days of an import were taken back, and how many, the first first."""
    statement = (
        select(EntryWithdrawal, func.count())
        .join(CheckInAnnulment, col(CheckInAnnulment.withdrawal_id) == EntryWithdrawal.id)
        .join(CheckIn, _SAME_CHECK_IN)
        .where(*of_import(sheet_import), col(CheckIn.direction) == Direction.IN)
        .group_by(col(EntryWithdrawal.id))
        .order_by(col(EntryWithdrawal.id))
    )
    return [(withdrawal, count) for withdrawal, count in session.execute(statement)]


def count_withdrawn(
    session: Session, worker_ids: Collection[UUID], *, instants: Collection[datetime]
) -> dict[UUID, Counter[tuple[Direction, datetime]]]:
    """Return by worker how often an entry of a direction and instant was taken back."""
    statement = (
        select(col(ProjectWorker.id), col(CheckIn.direction), col(CheckIn.occurred_at))
        .join(CheckIn, _SAME_WORKER)
        .join(CheckInAnnulment, _SAME_CHECK_IN)
        .where(
            col(ProjectWorker.id).in_(worker_ids),
            col(CheckIn.occurred_at).in_(instants),
            col(CheckInAnnulment.withdrawal_id).is_not(None),
        )
    )
    counts: dict[UUID, Counter[tuple[Direction, datetime]]] = defaultdict(Counter)
    for worker_id, direction, at in session.execute(statement):
        counts[worker_id][direction, at] += 1
    return counts


def _is_entered() -> ColumnElement[bool]:
    return col(CheckIn.method).in_(ENTERED)


def _between(first: date, until: date) -> Which:
    return (
        col(CheckIn.occurred_at) >= day_start(first),
        col(CheckIn.occurred_at) < day_start(until),
    )
