"""How wages stand, worked out anew from the facts: what is owed, what banks and people said."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col

from core.calendar import WORKING_DAYS
from core.case_enums import CaseState
from core.clock import day_start, local_date
from db.models import ProjectWorker
from payroll import rules
from payroll import status_queries as queries
from payroll.severity import DueWage, Place, WageStatus, compute_next_change, judge_wage_status
from payroll.status_queries import PublishedWage, UnpaidWork

LATEST_PAYDAY = 31
"""Without a contract wages are due by the end of the next month at the latest (条例 §14)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A status and the instant at which time alone may change it."""

    status: WageStatus
    valid_until: datetime


@dataclass(slots=True)
class _Facts:
    wages: list[DueWage] = field(default_factory=list)
    cases: list[CaseState] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


def compute_standings(
    session: Session, person_ids: Collection[UUID], *, at: datetime
) -> dict[UUID, Standing]:
    """Return how the wages of these people stand; four statements however many they are."""
    today = local_date(at)
    facts = _gather(session, person_ids, today)
    return {person_id: _judge(facts[person_id], today) for person_id in person_ids}


def _gather(
    session: Session, person_ids: Collection[UUID], today: date
) -> defaultdict[UUID, _Facts]:
    facts: defaultdict[UUID, _Facts] = defaultdict(_Facts)
    for wage in queries.list_published_wages(session, person_ids):
        facts[wage.person_id].wages.append(_make_published(wage))
    running = today.replace(day=1)
    theirs = col(ProjectWorker.person_id).in_(person_ids)
    for work in queries.list_work_without_payslip(session, theirs, before=running):
        facts[work.person_id].wages.append(_make_missing(work))
    for person_id, state in queries.list_case_states(session, person_ids):
        facts[person_id].cases.append(state)
    for person_id, entered, left in queries.list_places(session, person_ids):
        facts[person_id].places.append(Place(entered, left))
    return facts


def _judge(facts: _Facts, today: date) -> Standing:
    status = judge_wage_status(facts.wages, facts.cases, facts.places, today=today)
    change = compute_next_change(facts.wages, facts.places, today=today)
    return Standing(status, day_start(change))


def _make_published(wage: PublishedWage) -> DueWage:
    return DueWage(
        month=wage.month,
        due_date=wage.due_date,
        arrears_after=timedelta(days=wage.arrears_after_days),
        amount_fen=wage.net_fen,
        answer=wage.answer,
        bank_state=wage.bank_state,
        received=wage.received,
        paid_fen=wage.paid_fen,
    )


def compute_latest_due(work: UnpaidWork) -> date:
    """Return when work without a payslip is to be paid at the latest."""
    payday = LATEST_PAYDAY if work.payday is None else work.payday
    return rules.compute_due_date(work.month, payday, WORKING_DAYS)


def _make_missing(work: UnpaidWork) -> DueWage:
    return DueWage(
        month=work.month,
        due_date=compute_latest_due(work),
        arrears_after=timedelta(days=work.arrears_after_days),
        amount_fen=None,
        answer=None,
        bank_state=None,
        received=None,
    )
