"""Reading what divisions promise to do in less time than the law leaves them."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cases.desk_errors import PromiseNotFoundError
from core.case_enums import ClockKind
from db.models import LocalPromise


def find_shortest(
    session: Session, divisions: Collection[str], kind: ClockKind, *, on: date
) -> LocalPromise | None:
    """Return the shortest of the promises that hold in one of these divisions on that day."""
    statement = (
        select(LocalPromise)
        .where(
            col(LocalPromise.division_code).in_(divisions),
            LocalPromise.kind == kind,
            *_holds(on),
        )
        .order_by(col(LocalPromise.days), col(LocalPromise.id))
    )
    return session.exec(statement.limit(1)).first()


def list_promises(session: Session, division_code: str, *, on: date) -> list[LocalPromise]:
    """Return what a division promises on that day, oldest first."""
    statement = select(LocalPromise).where(LocalPromise.division_code == division_code, *_holds(on))
    return list(session.exec(statement.order_by(col(LocalPromise.id))))


def get_promise(session: Session, division_code: str, promise_id: UUID) -> LocalPromise:
    """Return a promise of this division; PromiseNotFoundError."""
    promise = session.get(LocalPromise, promise_id)
    if promise is None or promise.division_code != division_code:
        raise PromiseNotFoundError
    return promise


def _holds(on: date) -> tuple[sa.ColumnElement[bool], ...]:
    until = col(LocalPromise.until_date)
    return (col(LocalPromise.from_date) <= on, sa.or_(until.is_(None), until >= on))
