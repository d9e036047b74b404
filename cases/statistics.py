"""How a division works its cases: received, accepted, closed, in time, recovered, content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from cases import divisions
from cases import statistics_queries as queries
from cases.clocks import NOT_OURS
from cases.desk_errors import PeriodReversedError
from cases.statistics_queries import Punctuality, StepCount
from core.case_enums import CaseAction, ClockKind
from core.clock import ONE_DAY, day_start, local_date
from identity.principal import Principal

OURS = sorted(set(ClockKind) - NOT_OURS)


NONE = StepCount(0, 0, 0, 0)
RATED = (CaseAction.CONFIRM_PAID, CaseAction.REOPEN)


@dataclass(frozen=True, slots=True)
class Money:
    """What came back and what was advanced, in fen, and how content people are."""

    recovered_fen: int
    """Less what never came, as complainants said after the closing: below 0 in a later period."""
    advanced_fen: int
    advance_recovered_fen: int
    rated: int
    satisfaction_sum: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The numbers of a division between two days, both included."""

    since: date
    until: date
    received: int
    steps: dict[CaseAction, int]
    punctuality: list[Punctuality]
    overdue_now: int
    money: Money


def get_statistics(
    session: Session, *, principal: Principal, since: date, until: date, at: datetime
) -> Statistics:
    """Return the numbers of the caller's division; three statements at any size.

    Raises PeriodReversedError.
    """
    if since > until:
        raise PeriodReversedError
    counties = divisions.list_scope(principal.county_code)
    first, end = day_start(since), day_start(until + ONE_DAY)
    steps = queries.count_steps(session, counties, since=first, until=end)
    return Statistics(
        since=since,
        until=until,
        received=steps.get(None, NONE).times,
        steps={action: count.times for action, count in steps.items() if action is not None},
        punctuality=queries.count_in_time(session, counties, OURS, since=first, until=end),
        overdue_now=queries.count_overdue(session, counties, OURS, today=local_date(at)),
        money=_add_up(steps),
    )


def _add_up(steps: Mapping[CaseAction | None, StepCount]) -> Money:
    ratings = [steps.get(action, NONE) for action in RATED]
    return Money(
        recovered_fen=steps.get(CaseAction.CLOSE, NONE).amount_fen
        - steps.get(CaseAction.REOPEN, NONE).amount_fen,
        advanced_fen=steps.get(CaseAction.GRANT_ADVANCE, NONE).amount_fen,
        advance_recovered_fen=steps.get(CaseAction.RECOVER_ADVANCE, NONE).amount_fen,
        rated=sum(rating.rated for rating in ratings),
        satisfaction_sum=sum(rating.satisfaction_sum for rating in ratings),
    )
