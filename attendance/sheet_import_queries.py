"""Every SELECT about whom a foreign sheet means and what it may not touch."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from attendance.rules import Span
from core.enums import SheetState
from db.models import AttendanceSheet, Person, ProjectWorker


@dataclass(frozen=True, slots=True)
class ImportWorker:
    """Somebody on the project's roster."""

    id: UUID
    name: str
    team_id: UUID
    stay: Span


def list_workers(
    session: Session, *, project_id: UUID, indexes: Collection[bytes], names: Collection[str]
) -> tuple[dict[bytes, list[ImportWorker]], dict[str, list[ImportWorker]]]:
    """Return the project's workers with these document numbers (blind indexes), and these names."""
    statement = (
        select(col(Person.id_number_index), col(Person.name), col(ProjectWorker.id))
        .add_columns(col(ProjectWorker.team_id))
        .add_columns(col(ProjectWorker.entered_date), col(ProjectWorker.left_date))
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .where(
            col(ProjectWorker.project_id) == project_id,
            or_(col(Person.id_number_index).in_(indexes), col(Person.name).in_(names)),
        )
    )
    by_index: dict[bytes, list[ImportWorker]] = defaultdict(list)
    by_name: dict[str, list[ImportWorker]] = defaultdict(list)
    for index, name, worker_id, team_id, entered, left in session.execute(statement):
        worker = ImportWorker(worker_id, name, team_id, Span(entered, left))
        by_name[name].append(worker)
        if index is not None:
            by_index[index].append(worker)
    return by_index, by_name


def list_locked_teams(session: Session, *, project_id: UUID, month: str) -> set[UUID]:
    """Return the teams whose sheet of the month is locked."""
    statement = select(col(AttendanceSheet.team_id)).where(
        col(AttendanceSheet.project_id) == project_id,
        col(AttendanceSheet.month) == month,
        col(AttendanceSheet.state) == SheetState.LOCKED,
    )
    return set(session.scalars(statement))
