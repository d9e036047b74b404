"""Every SELECT about who is on a site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col

from attendance.rules import CLOCK_TRUST_MS
from attendance.scan_queries import IS_STANDING
from core.enums import Direction
from db.models import CheckIn, Device, Person, ProjectWorker, Team


@dataclass(frozen=True, slots=True)
class LastCrossing:
    """Where a worker was seen last."""

    project_worker_id: UUID
    name: str
    work_type: str
    team_id: UUID
    team_name: str
    direction: Direction
    at: datetime
    gate: str | None


def list_last_crossings(
    session: Session, *, project_id: UUID, since: datetime, until: datetime
) -> list[LastCrossing]:
    """Return the last crossing of everybody seen between two instants, by team and name.

    Of an entry and an exit at the same instant the entry counts: nobody is left behind.
    """
    seen = _select_crossings(project_id, since, until).subquery()
    last = (
        select(seen.c.project_worker_id, seen.c.direction, seen.c.at, seen.c.device_id)
        .ext(distinct_on(seen.c.project_worker_id))
        .order_by(seen.c.project_worker_id, seen.c.at.desc(), seen.c.direction)
        .subquery()
    )
    statement = (
        select(col(ProjectWorker.id), col(Person.name), col(ProjectWorker.work_type))
        .add_columns(col(Team.id), col(Team.name), last.c.direction, last.c.at, col(Device.name))
        .join(last, last.c.project_worker_id == ProjectWorker.id)
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .outerjoin(Device, col(Device.id) == last.c.device_id)
        .order_by(col(Team.name), col(Team.id), col(Person.name), col(ProjectWorker.id))
    )
    return [LastCrossing(*row) for row in session.execute(statement)]


def count_unrecognised(
    session: Session, *, project_id: UUID, since: datetime, until: datetime
) -> int:
    """Return how often a gate let in somebody whom it did not know, between two instants."""
    statement = select(func.count()).where(
        col(CheckIn.project_id) == project_id,
        col(CheckIn.project_worker_id).is_(None),
        col(CheckIn.occurred_at) >= since,
        col(CheckIn.occurred_at) <= until,
        col(CheckIn.direction) == Direction.IN,
        col(CheckIn.admitted),
        IS_STANDING,
    )
    return session.scalars(statement).one()


def _select_crossings(project_id: UUID, since: datetime, until: datetime) -> CompoundSelect[Any]:
    """Select what gates let in and out, by the gate's clock or else by arrival.

    Each branch keeps to its own index and partitions, see `queries.list_crossings`.
    """
    trust: ColumnElement[int] = literal_column(str(CLOCK_TRUST_MS))
    branches = (
        (col(CheckIn.occurred_at), col(CheckIn.clock_bound_ms) <= trust),
        (col(CheckIn.received_at), col(CheckIn.clock_bound_ms) > trust),
    )
    return union_all(
        *(
            select(
                col(CheckIn.project_worker_id),
                col(CheckIn.direction),
                at.label("at"),
                col(CheckIn.device_id),
            ).where(
                col(CheckIn.project_id) == project_id,
                col(CheckIn.project_worker_id).is_not(None),
                at >= since,
                at <= until,
                is_believed,
                or_(col(CheckIn.valid), col(CheckIn.admitted)),
                IS_STANDING,
            )
            for at, is_believed in branches
        )
    )
