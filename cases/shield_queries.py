"""Every SELECT of the watch over people who complained."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from cases.shield_rules import Days
from core.case_enums import CaseState
from core.enums import ScanReason
from db.models import (
    Case,
    CheckIn,
    Complaint,
    Contract,
    ProjectWorker,
    RetaliationSign,
    WorkDay,
)

ROSTER_REASONS = (ScanReason.NOT_ON_PROJECT, ScanReason.LEFT_PROJECT, ScanReason.NO_CONTRACT)
"""Refusals that somebody at the site office can bring about."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A case whose complainant is watched over, with their place on the project."""

    case: Case
    complaint: Complaint
    worker: ProjectWorker


def list_watches(
    session: Session,
    *,
    since: datetime,
    after: UUID | None,
    limit: int,
    states: Collection[CaseState],
) -> list[Watch]:
    """Return the cases filed since then by people whom a project knows, oldest first."""
    statement = (
        select(Case, Complaint, ProjectWorker)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .join(
            ProjectWorker,
            sa.and_(
                col(ProjectWorker.person_id) == Complaint.person_id,
                col(ProjectWorker.project_id) == Complaint.project_id,
            ),
        )
        .where(col(Case.created_at) >= since, col(Case.state).in_(states))
    )
    if after is not None:
        statement = statement.where(col(Case.id) > after)
    rows = session.exec(statement.order_by(col(Case.id)).limit(limit))
    return [Watch(*row) for row in rows]


def list_crew(session: Session, worker: ProjectWorker) -> list[ProjectWorker]:
    """Return the other workers of the same team."""
    statement = select(ProjectWorker).where(
        ProjectWorker.project_id == worker.project_id,
        ProjectWorker.team_id == worker.team_id,
        ProjectWorker.id != worker.id,
    )
    return list(session.exec(statement))


def count_days(
    session: Session, workers: Sequence[UUID], *, first: date, turn: date, last: date
) -> Days:
    """Count the days these workers were there from `first` up to `turn`, and from it to `last`."""
    came = sa.and_(col(WorkDay.minutes) > 0, col(WorkDay.project_worker_id).in_(workers))
    before = sa.func.count().filter(col(WorkDay.work_date) < turn)
    after = sa.func.count().filter(col(WorkDay.work_date) >= turn)
    statement = select(before, after).where(came, col(WorkDay.work_date).between(first, last))
    return Days(*session.exec(statement).one())


def count_denied(session: Session, worker: ProjectWorker, *, since: datetime) -> int:
    """Count the entries refused to a worker since then for reasons of the roster."""
    statement = select(sa.func.count()).where(
        CheckIn.project_id == worker.project_id,
        CheckIn.project_worker_id == worker.id,
        col(CheckIn.occurred_at) >= since,
        col(CheckIn.admitted).is_(False),
        col(CheckIn.reason).in_(ROSTER_REASONS),
    )
    return session.exec(statement).one()


def list_contracts(session: Session, workers: Sequence[UUID]) -> list[Contract]:
    """Return the contracts of these workers, oldest first."""
    statement = select(Contract).where(col(Contract.project_worker_id).in_(workers))
    return list(session.exec(statement.order_by(col(Contract.start_date), col(Contract.id))))


def add_sign(session: Session, sign: RetaliationSign) -> bool:
    """Write a sign down unless the case has one of its kind; tell whether it is new."""
    statement = (
        insert(RetaliationSign)
        .values(sign.model_dump())
        .on_conflict_do_nothing(index_elements=["case_id", "kind"])
        .returning(col(RetaliationSign.id))
    )
    return session.exec(statement).first() is not None


def list_signs(session: Session, case_id: UUID) -> list[RetaliationSign]:
    """Return what looked like revenge after this complaint, oldest first."""
    statement = select(RetaliationSign).where(RetaliationSign.case_id == case_id)
    return list(session.exec(statement.order_by(col(RetaliationSign.id))))


def find_sign(session: Session, case_id: UUID, sign_id: UUID) -> RetaliationSign | None:
    """Return a sign of the case that nobody has looked into."""
    statement = select(RetaliationSign).where(
        RetaliationSign.case_id == case_id,
        RetaliationSign.id == sign_id,
        col(RetaliationSign.settled_at).is_(None),
    )
    return session.exec(statement).one_or_none()
