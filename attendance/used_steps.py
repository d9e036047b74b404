"""Which steps of live codes have opened a gate: one row each, whose key lets in the first only."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from attendance.judgement import ScanRecord
from db.base import new_id
from db.models import UsedStep
from qr.code import MAX_STEP_DIFFERENCE, step_at

KEPT = timedelta(minutes=15)
"""Much longer than a code can be fresh, so that clocks of several servers may differ."""


def claim_step(session: Session, record: ScanRecord) -> bool:
    """Take the step for this check-in; False if another one has it.

    Waits for a transaction that is taking the same step in this moment.
    """
    assert record.project_worker_id is not None
    assert record.code_step is not None
    claim = UsedStep(
        project_id=record.project_id,
        project_worker_id=record.project_worker_id,
        code_step=record.code_step,
        check_in_id=record.id,
    )
    statement = insert(UsedStep).values(claim.model_dump()).on_conflict_do_nothing()
    return session.scalar(statement.returning(col(UsedStep.check_in_id))) is not None


def release_step(session: Session, check_in_id: UUID) -> None:
    """Give back the step of a check-in that was not stored after all."""
    session.execute(delete(UsedStep).where(col(UsedStep.check_in_id) == check_in_id))


def claim_uploaded(
    session: Session, *, project_id: UUID, uses: Collection[tuple[UUID, int]], at: datetime
) -> None:
    """Take the (worker, step) pairs that offline gates have opened for, as far as still fresh.

    Afterwards whoever used one of them at an online gate has committed, and nobody can any more.
    """
    oldest = oldest_fresh_step(at)
    rows = [
        UsedStep(
            project_id=project_id, project_worker_id=worker_id, code_step=step, check_in_id=new_id()
        ).model_dump()
        for worker_id, step in sorted({use for use in uses if use[1] >= oldest})
    ]
    if rows:
        session.execute(insert(UsedStep).on_conflict_do_nothing(), rows)


def oldest_fresh_step(at: datetime) -> int:
    """Return the oldest step that an online gate may be opening for."""
    return step_at(at) - MAX_STEP_DIFFERENCE - 1


def forget_steps(session: Session, *, at: datetime) -> None:
    """Remove steps that no gate would take for fresh any more."""
    session.execute(delete(UsedStep).where(col(UsedStep.code_step) < step_at(at - KEPT)))
