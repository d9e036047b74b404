"""Every SELECT of the ladder: periods that near or pass their end, and follow-ups that are due."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from cases.clocks import NOT_OURS, PERIODS, Unit
from core.case_enums import ClockKind, Rung
from db.base import new_id
from db.models import Case, CaseClock, CaseClockRung, CaseHandler, Complaint

OURS = sorted(set(ClockKind) - NOT_OURS)


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days between which a running period stands on each rung, as of one day."""

    today: date
    late_by: date
    """Periods that ended by this day are put before the city."""
    soon_until: dict[ClockKind, date]


@dataclass(frozen=True, slots=True)
class Climbed:
    """A period that was not yet told of on this rung."""

    county_code: str
    clock_id: UUID
    case_id: UUID
    rung: Rung


def list_counties(session: Session) -> list[str]:
    """Return every county with a period that runs."""
    statement = (
        select(Case.county_code)
        .join(CaseClock, col(CaseClock.case_id) == Case.id)
        .where(col(CaseClock.stopped_at).is_(None))
        .distinct()
        .order_by(Case.county_code)
    )
    return list(session.exec(statement))


def climb(
    session: Session, counties: Collection[str], horizon: Horizon, *, at: datetime
) -> list[Climbed]:
    """Write down every rung newly reached in these counties, and return them; two statements.

    What was written down before, by a run that was killed or by another one, is not returned.
    """
    reached = session.connection().execute(_reached(counties, horizon)).all()
    if not reached:
        return []
    rows = [
        {
            "id": new_id(),
            "created_at": at,
            "clock_id": row.id,
            "rung": row.rung,
            "due_date": row.due_date,
        }
        for row in reached
    ]
    written = (
        insert(CaseClockRung)
        .on_conflict_do_nothing(index_elements=["clock_id", "rung", "due_date"])
        .returning(col(CaseClockRung.clock_id))
    )
    new = set(session.connection().execute(written, rows).scalars())
    return [
        Climbed(row.county_code, row.id, row.case_id, Rung(row.rung))
        for row in reached
        if row.id in new
    ]


def count_by_handler(session: Session, case_ids: Collection[UUID]) -> Counter[UUID]:
    """Tell how many of these cases each inspector handles."""
    statement = select(CaseHandler.person_id).where(
        col(CaseHandler.case_id).in_(case_ids), col(CaseHandler.left_at).is_(None)
    )
    return Counter(session.exec(statement))


def count_handled(session: Session, case_ids: Collection[UUID]) -> int:
    """Tell how many of these cases somebody handles."""
    handled = sa.func.count(sa.distinct(col(CaseHandler.case_id)))
    statement = select(handled).where(
        col(CaseHandler.case_id).in_(case_ids), col(CaseHandler.left_at).is_(None)
    )
    return session.exec(statement).one()


def list_due_follow_ups(
    session: Session, *, today: date, limit: int
) -> list[tuple[CaseClock, Complaint]]:
    """Return the closed cases whose complainants are to be asked again, locked."""
    statement = (
        select(CaseClock, Complaint)
        .join(Case, col(Case.id) == CaseClock.case_id)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(
            CaseClock.kind == ClockKind.FOLLOW_UP,
            col(CaseClock.stopped_at).is_(None),
            col(CaseClock.due_date) <= today,
        )
        .order_by(col(CaseClock.due_date))
        .limit(limit)
        .with_for_update(of=CaseClock, skip_locked=True)
    )
    return list(session.exec(statement))


def list_provisional(session: Session, *, after: UUID | None, limit: int) -> list[CaseClock]:
    """Return running periods whose end may move because holidays were not published."""
    statement = select(CaseClock).where(
        col(CaseClock.stopped_at).is_(None),
        col(CaseClock.is_provisional),
        ~col(CaseClock.is_paused),
    )
    if after is not None:
        statement = statement.where(col(CaseClock.id) > after)
    return list(session.exec(statement.order_by(col(CaseClock.id)).limit(limit)))


def _reached(
    counties: Collection[str], horizon: Horizon
) -> sa.Select[tuple[str, UUID, UUID, date, str]]:
    due, kind = col(CaseClock.due_date), col(CaseClock.kind)
    soon = sa.case(
        *((kind == one, due <= until) for one, until in horizon.soon_until.items()), else_=False
    )
    rung = sa.case(
        (due <= horizon.late_by, Rung.SUPERVISED.value),
        (due < horizon.today, Rung.OVERDUE.value),
        (due == horizon.today, Rung.DUE.value),
        else_=Rung.SOON.value,
    ).label("rung")
    already = sa.exists().where(
        col(CaseClockRung.clock_id) == CaseClock.id,
        col(CaseClockRung.rung) == rung,
        col(CaseClockRung.due_date) == due,
    )
    return (
        sa.select(col(Case.county_code), col(CaseClock.id), col(CaseClock.case_id), due, rung)
        .join(Case, col(Case.id) == CaseClock.case_id)
        .where(
            col(Case.county_code).in_(counties),
            col(CaseClock.stopped_at).is_(None),
            col(CaseClock.is_paused).is_(False),
            kind.in_(OURS),
            due <= max(horizon.soon_until.values()),
            sa.or_(due <= horizon.today, soon),
            ~already,
        )
    )


SOON = {kind: PERIODS[kind].soon for kind in OURS if PERIODS[kind].unit is not Unit.HOURS}
