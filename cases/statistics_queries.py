"""What a division did in a period, in numbers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.case_enums import CaseAction, ClockKind
from db.models import CaseClock, CaseEvent


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Periods of a kind that were met in time, of those that ended."""

    kind: ClockKind
    ended: int
    in_time: int


@dataclass(frozen=True, slots=True)
class StepCount:
    """How often a step was taken, and what was said with it: fen, and 1 to 5."""

    times: int
    amount_fen: int
    rated: int
    satisfaction_sum: int


def count_steps(
    session: Session, counties: Collection[str], *, since: datetime, until: datetime
) -> dict[CaseAction | None, StepCount]:
    """Tell how often each step was taken by these counties; None counts what was filed."""
    amount, satisfaction = (
        sa.cast(col(CaseEvent.details)[name].astext, sa.BigInteger)
        for name in ("amount_fen", "satisfaction")
    )
    statement = (
        sa.select(
            col(CaseEvent.action),
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(amount), 0),
            sa.func.count(satisfaction),
            sa.func.coalesce(sa.func.sum(satisfaction), 0),
        )
        .where(
            col(CaseEvent.county_code).in_(counties),
            col(CaseEvent.created_at) >= since,
            col(CaseEvent.created_at) < until,
        )
        .group_by(col(CaseEvent.action))
    )
    return {
        None if action is None else CaseAction(action): StepCount(*map(int, numbers))
        for action, *numbers in session.execute(statement)
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
            ~col(CaseClock.is_paused),  # as the index says it: IS FALSE would not use it
            col(CaseClock.kind).in_(kinds),
            col(CaseClock.due_date) < today,
        )
    )
    return session.exec(statement).one()
