"""Every SELECT about single days: their crossings, objections, and entries made by hand."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from attendance import queries
from attendance.errors import ObjectionNotFoundError
from attendance.facts import ObjectionView, SeenCrossing
from attendance.rules import Span
from db.models import (
    CheckIn,
    Contract,
    Device,
    ObjectionPhoto,
    ObjectionReply,
    ProjectWorker,
    WorkDay,
    WorkDayObjection,
)


def list_seen_crossings(
    session: Session,
    *,
    project_id: UUID,
    worker_ids: Collection[UUID],
    since: datetime,
    until: datetime,
) -> list[SeenCrossing]:
    """Return these workers' counted check-ins between two instants, with the gates' names."""
    recorded = queries.list_crossings(
        session, project_id=project_id, worker_ids=worker_ids, since=since, until=until
    )
    statement = (
        select(col(CheckIn.id), col(CheckIn.method), col(Device.name), col(CheckIn.note))
        .outerjoin(Device, col(Device.id) == CheckIn.device_id)
        .where(
            col(CheckIn.project_id) == project_id,
            col(CheckIn.id).in_([record.crossing.id for record in recorded]),
        )
    )
    words = {row[0]: row[1:] for row in session.execute(statement)}
    return [
        SeenCrossing(record.project_worker_id, record.crossing, *words[record.crossing.id])
        for record in recorded
    ]


def find_work_day(session: Session, *, project_worker_id: UUID, day: date) -> WorkDay | None:
    """Return a worker's day as it is folded."""
    statement = select(WorkDay).where(
        col(WorkDay.project_worker_id) == project_worker_id, col(WorkDay.work_date) == day
    )
    return session.scalars(statement).one_or_none()


def find_waiting_objection(
    session: Session, *, project_id: UUID, worker_id: UUID, day: date, note: str
) -> WorkDayObjection | None:
    """Return the worker's objection to a day in these words that has no answer yet, or None."""
    statement = (
        select(WorkDayObjection)
        .outerjoin(ObjectionReply, col(ObjectionReply.objection_id) == WorkDayObjection.id)
        .where(
            col(WorkDayObjection.project_id) == project_id,
            col(WorkDayObjection.project_worker_id) == worker_id,
            col(WorkDayObjection.work_date) == day,
            col(WorkDayObjection.note) == note,
            col(ObjectionReply.id).is_(None),
        )
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def get_own_objection(session: Session, *, person_id: UUID, objection_id: UUID) -> WorkDayObjection:
    """Return the person's own objection, locked; ObjectionNotFoundError for any other."""
    statement = (
        select(WorkDayObjection)
        .join(ProjectWorker, col(ProjectWorker.id) == WorkDayObjection.project_worker_id)
        .where(col(WorkDayObjection.id) == objection_id, col(ProjectWorker.person_id) == person_id)
        .with_for_update(of=WorkDayObjection)
    )
    objection = session.scalars(statement).one_or_none()
    if objection is None:
        raise ObjectionNotFoundError
    return objection


def get_objection(session: Session, *, project_id: UUID, objection_id: UUID) -> WorkDayObjection:
    """Return the project's objection; ObjectionNotFoundError for any other."""
    statement = select(WorkDayObjection).where(
        col(WorkDayObjection.id) == objection_id, col(WorkDayObjection.project_id) == project_id
    )
    objection = session.scalars(statement).one_or_none()
    if objection is None:
        raise ObjectionNotFoundError
    return objection


def view_objection(session: Session, *, project_id: UUID, objection_id: UUID) -> ObjectionView:
    """Return the project's objection with its reply; ObjectionNotFoundError for any other."""
    objection = get_objection(session, project_id=project_id, objection_id=objection_id)
    statement = select(ObjectionReply).where(col(ObjectionReply.objection_id) == objection_id)
    reply = session.scalars(statement).one_or_none()
    (view,) = queries.view_objections(session, [(objection, reply)])
    return view


def list_project_objections(
    session: Session, *, project_id: UUID, is_open: bool | None, before: UUID | None, limit: int
) -> list[ObjectionView]:
    """Return up to `limit` objections older than one, newest first; answered or not, if asked."""
    statement = (
        select(WorkDayObjection, ObjectionReply)
        .outerjoin(ObjectionReply, col(ObjectionReply.objection_id) == WorkDayObjection.id)
        .where(col(WorkDayObjection.project_id) == project_id)
        .order_by(col(WorkDayObjection.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(WorkDayObjection.id) < before)
    if is_open is not None:
        replied = col(ObjectionReply.id)
        statement = statement.where(replied.is_(None) if is_open else replied.is_not(None))
    return queries.view_objections(
        session, [(objection, reply) for objection, reply in session.execute(statement)]
    )


def list_photos(session: Session, *, objection_id: UUID) -> list[ObjectionPhoto]:
    """Return the pictures that go with an objection, oldest first."""
    statement = (
        select(ObjectionPhoto)
        .where(col(ObjectionPhoto.objection_id) == objection_id)
        .order_by(col(ObjectionPhoto.id))
    )
    return list(session.scalars(statement))


def list_stays(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, Span, tuple[Span, ...]]]:
    """Return the project's workers among these: their person, stay and contracts."""
    statement = (
        select(col(ProjectWorker.id), col(ProjectWorker.person_id))
        .add_columns(col(ProjectWorker.entered_date), col(ProjectWorker.left_date))
        .add_columns(col(Contract.start_date), col(Contract.end_date))
        .outerjoin(Contract, col(Contract.project_worker_id) == ProjectWorker.id)
        .where(col(ProjectWorker.project_id) == project_id, col(ProjectWorker.id).in_(worker_ids))
    )
    stays: dict[UUID, tuple[UUID, Span, tuple[Span, ...]]] = {}
    for worker_id, person_id, entered, left, start, end in session.execute(statement):
        _, _, contracts = stays.get(worker_id, (None, None, ()))
        if start is not None:
            contracts = (*contracts, Span(start, end))
        stays[worker_id] = person_id, Span(entered, left), contracts
    return stays
