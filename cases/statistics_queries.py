"""What a division did in a period, in numbers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.case_enums import CaseAction, ClockKind
from db.models import Case, CaseClock, CaseEvent


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Periods of a kind that were met in time, of those that ended."""

    kind: ClockKind
    ended: int
    in_time: int


@dataclass(frozen=True, slots=True)
class Money:
    """What came back and what was advanced, in fen, and how content people are."""

    recovered_fen: int
    advanced_fen: int
    advance_recovered_fen: int
    rated: int
    satisfaction_sum: int


def count_steps(
    session: Session, counties: Collection[str], *, since: datetime, until: datetime
) -> dict[CaseAction | None, int]:
    """Tell how often each step was taken; None counts what was filed."""
    statement = (
        select(CaseEvent.action, sa.func.count())
        .join(Case, col(Case.id) == CaseEvent.case_id)
        .where(
            col(Case.county_code).in_(counties),
            col(CaseEvent.created_at) >= since,
            col(CaseEvent.created_at) < until,
        )
        .group_by(col(CaseEvent.action))
    )
    return {
        None if action is None else CaseAction(action): count
        for action, count in session.exec(statement)
    }


def count_in_time(
    session: Session,
    counties: Collection[str],
    kinds: Collection[ClockKind],
    *,
    since: datetime,
    until: datetime,
) -> list[Punctuality]:
    """Tell how many periods that ended were met by their last day, by whom they had begun with."""
    stopped = col(CaseClock.stopped_at)
    day = sa.cast(sa.func.timezone("Asia/Shanghai", stopped), sa.Date)
    in_time = sa.func.count().filter(day <= col(CaseClock.due_date))
    statement = (
        select(CaseClock.kind, sa.func.count(), in_time)
        .where(
            col(CaseClock.county_code).in_(counties),
            stopped >= since,
            stopped < until,
            col(CaseClock.kind).in_(kinds),
        )
        .group_by(col(CaseClock.kind))
    )
    return [Punctuality(ClockKind(kind), *counts) for kind, *counts in session.exec(statement)]


def add_up(
    session: Session, counties: Collection[str], *, since: datetime, until: datetime
) -> Money:
    """Add up money and satisfaction of the cases filed in the period."""
    statement = sa.select(
        sa.func.coalesce(sa.func.sum(Case.recovered_fen), 0),
        sa.func.coalesce(sa.func.sum(Case.advanced_fen), 0),
        sa.func.coalesce(sa.func.sum(Case.advance_recovered_fen), 0),
        sa.func.count(col(Case.satisfaction)),
        sa.func.coalesce(sa.func.sum(Case.satisfaction), 0),
    ).where(
        col(Case.county_code).in_(counties),
        col(Case.created_at) >= since,
        col(Case.created_at) < until,
    )
    return Money(*(int(number) for number in session.connection().execute(statement).one()))


def count_overdue(
    session: Session, counties: Collection[str], kinds: Collection[ClockKind], *, today: date
) -> int:
    """Tell how many periods have passed their end and still run."""
    statement = (
        select(sa.func.count())
        .select_from(CaseClock)
        .where(
            col(CaseClock.county_code).in_(counties),
            col(CaseClock.stopped_at).is_(None),
            col(CaseClock.is_paused).is_(False),
            col(CaseClock.kind).in_(kinds),
            col(CaseClock.due_date) < today,
        )
    )
    return session.exec(statement).one()
