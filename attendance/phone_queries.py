"""Every SELECT for phone punches: the worker's place, what was punched before, where they were."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from attendance.facts import PhoneWorker, SeenCheckIn
from attendance.rules import CLOCK_TRUST_MS, Span
from attendance.scan_queries import IS_STANDING
from core.enums import CheckInMethod, Direction
from db.models import CheckIn, Contract, ProjectFence, ProjectWorker


def find_phone_worker(session: Session, *, project_id: UUID, person_id: UUID) -> PhoneWorker | None:
    """Return the person's place on the project, left or not, with its contracts."""
    statement = (
        select(col(ProjectWorker.id), col(ProjectWorker.entered_date), col(ProjectWorker.left_date))
        .add_columns(col(Contract.start_date), col(Contract.end_date))
        .outerjoin(Contract, col(Contract.project_worker_id) == ProjectWorker.id)
        .where(
            col(ProjectWorker.project_id) == project_id, col(ProjectWorker.person_id) == person_id
        )
    )
    rows = session.execute(statement).all()
    if not rows:
        return None
    worker_id, entered, left = rows[0][:3]
    contracts = tuple(Span(start, end) for *_, start, end in rows if start is not None)
    return PhoneWorker(worker_id, Span(entered, left), contracts)


def find_punch_since(
    session: Session,
    *,
    project_id: UUID,
    project_worker_id: UUID,
    direction: Direction,
    since: datetime,
) -> CheckIn | None:
    """Return the worker's latest phone punch one way since an instant."""
    statement = (
        select(CheckIn)
        .where(
            col(CheckIn.project_id) == project_id,
            col(CheckIn.project_worker_id) == project_worker_id,
            col(CheckIn.occurred_at) > since,
            col(CheckIn.method) == CheckInMethod.POSTER,
            col(CheckIn.direction) == direction,
        )
        .order_by(col(CheckIn.occurred_at).desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def find_last_seen(session: Session, *, person_id: UUID, since: datetime) -> SeenCheckIn | None:
    """Return the person's latest check-in on any project that says where they were.

    A phone punch says so itself, any other by the fence of its project. Only clocks that are
    believed, and no crossing that was annulled.
    """
    statement = (
        select(col(CheckIn.occurred_at), col(CheckIn.location), ProjectFence)
        .join(
            ProjectWorker,
            (col(ProjectWorker.project_id) == CheckIn.project_id)
            & (col(ProjectWorker.id) == CheckIn.project_worker_id),
        )
        .outerjoin(ProjectFence, col(ProjectFence.project_id) == CheckIn.project_id)
        .where(
            col(ProjectWorker.person_id) == person_id,
            col(CheckIn.occurred_at) > since,
            col(CheckIn.clock_bound_ms) <= CLOCK_TRUST_MS,
            col(CheckIn.valid),
            IS_STANDING,
            col(CheckIn.location).is_not(None)
            | ((col(CheckIn.method) != CheckInMethod.POSTER) & col(ProjectFence.id).is_not(None)),
        )
        .order_by(col(CheckIn.occurred_at).desc())
        .limit(1)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else SeenCheckIn(*row)


def list_phone_punches(
    session: Session, *, person_id: UUID, before: UUID | None, limit: int
) -> list[CheckIn]:
    """Return up to `limit` of the person's phone punches made before one, newest first."""
    statement = (
        select(CheckIn)
        .join(
            ProjectWorker,
            (col(ProjectWorker.project_id) == CheckIn.project_id)
            & (col(ProjectWorker.id) == CheckIn.project_worker_id),
        )
        .where(
            col(ProjectWorker.person_id) == person_id,
            col(CheckIn.method) == CheckInMethod.POSTER,
        )
        .order_by(col(CheckIn.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(CheckIn.id) < before)
    return list(session.scalars(statement))
