"""Every SELECT about conflicts at gates: not yet listed, listed, counted; and unread uploads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from attendance.errors import ConflictNotFoundError, UnreadScanNotFoundError
from attendance.facts import WorkerCard
from core.enums import AnnulmentReason
from db.models import (
    CheckIn,
    CheckInAnnulment,
    Device,
    GateConflict,
    Person,
    Project,
    ProjectWorker,
    Team,
    UnreadScan,
)

_OK: ColumnElement[str] = literal_column("'ok'")
"""As a parameter it would hide the partial indexes."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A check-in that may concern a worker's day."""

    check_in: CheckIn
    person_id: UUID | None
    day_starts_at: time


@dataclass(frozen=True, slots=True)
class ListedConflict:
    """A conflict with what there is to know about it."""

    conflict: GateConflict
    check_in: CheckIn
    device_name: str | None
    owner_name: str | None
    card: WorkerCard | None
    is_annulled: bool
    """The gate has taken the crossing back: it stays as it is and counts for nothing."""


@dataclass(frozen=True, slots=True)
class GateCounts:
    """How much a project's labour manager has to look at."""

    open_conflicts: int
    unread_scans: int


def list_admitted_wrongly(
    session: Session, *, project_id: UUID | None, limit: int
) -> list[Crossing]:
    """Return crossings where a gate opened wrongly and that are nobody's yet, oldest first."""
    where = and_(col(CheckIn.admitted), col(CheckIn.reason) != _OK)
    return _list_unlisted(session, where, project_id=project_id, limit=limit)


def list_refused_wrongly(
    session: Session, *, project_id: UUID | None, limit: int
) -> list[Crossing]:
    """Return good codes that a gate refused on its own and that are nobody's yet, oldest first.

    A gate that opened and whose turnstile did not turn has refused nobody.
    """
    said = func.coalesce(col(CheckIn.gate_report)["reason"].astext, "")
    where = and_(
        ~col(CheckIn.admitted),
        col(CheckIn.decided_offline),
        col(CheckIn.reason) == _OK,
        said.not_in([reason.value for reason in AnnulmentReason]),
    )
    return _list_unlisted(session, where, project_id=project_id, limit=limit)


def _list_unlisted(
    session: Session, where: ColumnElement[bool], *, project_id: UUID | None, limit: int
) -> list[Crossing]:
    is_listed = exists().where(col(GateConflict.id) == col(CheckIn.id))
    statement = _crossings().where(where, ~is_listed)
    if project_id is not None:
        statement = statement.where(col(CheckIn.project_id) == project_id)
    return _read_crossings(session, statement.order_by(col(CheckIn.id)).limit(limit))


def list_reported_since(
    session: Session, *, project_id: UUID, device_id: UUID, since: datetime
) -> list[Crossing]:
    """Return what a device has reported since an instant and was not listed yet."""
    is_listed = exists().where(col(GateConflict.id) == col(CheckIn.id))
    statement = _crossings().where(
        col(CheckIn.project_id) == project_id,
        col(CheckIn.source_id) == device_id,
        col(CheckIn.received_at) >= since,
        ~is_listed,
    )
    return _read_crossings(session, statement.order_by(col(CheckIn.id)))


def list_conflicts(
    session: Session,
    *,
    project_id: UUID,
    is_open: bool | None,
    before: UUID | None,
    limit: int,
) -> list[ListedConflict]:
    """Return up to `limit` conflicts that arrived before one, newest first."""
    conditions: list[ColumnElement[bool]] = []
    if before is not None:
        conditions.append(col(GateConflict.id) < before)
    if is_open is not None:
        is_resolved = col(GateConflict.resolved_at).is_not(None)
        conditions.append(~is_resolved if is_open else is_resolved)
    return _read_conflicts(session, project_id, *conditions, limit=limit)


def get_conflict(session: Session, *, project_id: UUID, conflict_id: UUID) -> ListedConflict:
    """Return one conflict of the project; ConflictNotFoundError for any other."""
    found = _read_conflicts(session, project_id, col(GateConflict.id) == conflict_id, limit=1)
    if not found:
        raise ConflictNotFoundError
    return found[0]


def lock_conflict(session: Session, conflict: GateConflict) -> None:
    """Let one transaction at a time close it."""
    session.refresh(conflict, with_for_update=True)


def get_crossing(session: Session, check_in: CheckIn) -> Crossing:
    """Return whose crossing it was."""
    statement = _crossings().where(
        col(CheckIn.project_id) == check_in.project_id, col(CheckIn.id) == check_in.id
    )
    return _read_crossings(session, statement)[0]


def list_crossings(
    session: Session, *, project_id: UUID, check_in_ids: Collection[UUID]
) -> list[Crossing]:
    """Return whose crossings these are."""
    statement = _crossings().where(
        col(CheckIn.project_id) == project_id, col(CheckIn.id).in_(check_in_ids)
    )
    return _read_crossings(session, statement)


def count_waiting(session: Session, project_id: UUID) -> GateCounts:
    """Return how many conflicts are open and how many uploads nobody could read."""
    conflicts = select(func.count()).where(
        col(GateConflict.project_id) == project_id, col(GateConflict.resolved_at).is_(None)
    )
    unread = select(func.count()).where(col(UnreadScan.project_id) == project_id)
    return GateCounts(session.scalar(conflicts) or 0, session.scalar(unread) or 0)


def list_unread_scans(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int
) -> list[tuple[UnreadScan, str]]:
    """Return up to `limit` uploads that are no scans, with their gate's name, newest first."""
    statement = (
        select(UnreadScan, col(Device.name))
        .join(Device, col(Device.id) == UnreadScan.device_id)
        .where(col(UnreadScan.project_id) == project_id)
        .order_by(col(UnreadScan.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(UnreadScan.id) < before)
    return [(unread, name) for unread, name in session.execute(statement)]


def get_unread_scan(session: Session, *, project_id: UUID, scan_id: UUID) -> UnreadScan:
    """Return one of the project's unread uploads; UnreadScanNotFoundError for any other."""
    statement = select(UnreadScan).where(
        col(UnreadScan.id) == scan_id, col(UnreadScan.project_id) == project_id
    )
    unread = session.scalars(statement).one_or_none()
    if unread is None:
        raise UnreadScanNotFoundError
    return unread


def _crossings() -> Select[CheckIn, UUID, time]:
    return (
        select(CheckIn, col(ProjectWorker.person_id), col(Project.day_starts_at))
        .join(Project, col(Project.id) == CheckIn.project_id)
        .outerjoin(ProjectWorker, col(ProjectWorker.id) == CheckIn.project_worker_id)
    )


def _read_crossings(session: Session, statement: Select[CheckIn, UUID, time]) -> list[Crossing]:
    return [Crossing(*row) for row in session.execute(statement)]


def _read_conflicts(
    session: Session, project_id: UUID, *conditions: ColumnElement[bool], limit: int
) -> list[ListedConflict]:
    owner = aliased(Person)
    same_check_in = and_(
        col(CheckIn.project_id) == col(GateConflict.project_id),
        col(CheckIn.id) == col(GateConflict.id),
    )
    is_annulled = exists().where(
        col(CheckInAnnulment.project_id) == GateConflict.project_id,
        col(CheckInAnnulment.check_in_id) == GateConflict.id,
    )
    statement = (
        select(GateConflict, CheckIn, col(Device.name), is_annulled)
        .add_columns(col(owner.name), col(Person.name))
        .add_columns(col(ProjectWorker.work_type), col(Team.name))
        .join(CheckIn, same_check_in)
        .outerjoin(owner, col(owner.id) == GateConflict.owner_id)
        .outerjoin(Device, col(Device.id) == CheckIn.device_id)
        .outerjoin(ProjectWorker, col(ProjectWorker.id) == CheckIn.project_worker_id)
        .outerjoin(Person, col(Person.id) == ProjectWorker.person_id)
        .outerjoin(Team, col(Team.id) == ProjectWorker.team_id)
        .where(col(GateConflict.project_id) == project_id, *conditions)
        .order_by(col(GateConflict.id).desc())
        .limit(limit)
    )
    return [
        ListedConflict(
            conflict,
            check_in,
            gate,
            owner_name,
            WorkerCard(name, trade, team) if name else None,
            is_annulled=annulled,
        )
        for conflict, check_in, gate, annulled, owner_name, name, trade, team in session.execute(
            statement
        )
    ]
