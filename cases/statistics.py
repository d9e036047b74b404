"""How a division works its cases: received, accepted, closed, in time, recovered, content."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from cases import divisions
from cases import statistics_queries as queries
from cases.clocks import NOT_OURS
from cases.statistics_queries import Money, Punctuality
from core.case_enums import CaseAction, ClockKind
from core.clock import ONE_DAY, day_start, local_date
from identity.principal import Principal

OURS = sorted(set(ClockKind) - NOT_OURS)


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
    """Return the numbers of the caller's division; four statements at any size."""
    counties = divisions.list_scope(principal.county_code)
    first, end = day_start(since), day_start(until + ONE_DAY)
    steps = queries.count_steps(session, counties, since=first, until=end)
    return Statistics(
        since=since,
        until=until,
        received=steps.get(None, 0),
        steps={action: count for action, count in steps.items() if action is not None},
        punctuality=queries.count_in_time(session, counties, OURS, since=first, until=end),
        overdue_now=queries.count_overdue(session, counties, OURS, today=local_date(at)),
        money=queries.add_up(session, counties, since=first, until=end),
    )
