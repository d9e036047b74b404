"""Nobody forgotten: who is told as a period nears, reaches and passes its end, up to the city."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from cases import clocks, clockwork, desk_queries, divisions, queries
from cases import ladder_queries as ladder
from cases.ladder_queries import Climbed, Horizon
from cases.telling import tell_by_key
from core.calendar import WORKING_DAYS
from core.case_enums import Rung
from core.clock import ONE_DAY, local_date
from db.models import CaseClockChange
from notifications.service import Telling, notify_many
from notifications.templates import Template

CHUNK = 500
MOST_TOLD = 99
"""The largest number a message names."""

OWN_DESK = (Rung.SOON, Rung.DUE)
LATE = (Rung.OVERDUE, Rung.SUPERVISED)


def list_cities(session: Session) -> list[str]:
    """Return the cities with periods that run; each is climbed in a transaction of its own."""
    return sorted({divisions.city_of(code) for code in ladder.list_counties(session)})


def climb_city(session: Session, *, city_code: str, at: datetime) -> None:
    """Tell of every period in a city that newly nears, reaches or passes its end.

    Before and on the last day those who handle the case, or the whole bureau while nobody does;
    after it the head; three working days later the city (督办). Each person gets one message a
    day and rung, with a number. Running again, or after having been killed, tells nobody twice.
    """
    today = local_date(at)
    counties = divisions.list_scope(city_code)
    climbed = ladder.climb(session, counties, _look_ahead(today), at=at)
    by_county = defaultdict[str, list[Climbed]](list)
    for one in climbed:
        by_county[one.county_code].append(one)
    own, late = Counter[UUID](), Counter[UUID]()
    for county_code, there in by_county.items():
        own += _count_handlers(session, county_code, [one for one in there if one.rung in OWN_DESK])
        late += _count_late(session, county_code, there, LATE, today)
    city = _count_late(session, city_code, climbed, (Rung.SUPERVISED,), today)
    _tell(session, Template.CASES_DUE, own, at)
    _tell(session, Template.CASES_OVERDUE, late, at)
    _tell(session, Template.CASES_SUPERVISED, city, at)


def follow_up_chunk(session: Session, *, at: datetime) -> bool:
    """Ask some complainants again, four weeks after closing; tell whether more are waiting."""
    due = ladder.list_due_follow_ups(session, today=local_date(at), limit=CHUNK)
    for clock, complaint in due:
        clock.stopped_at = at
        key = f"case_follow_up:{clock.id}"
        tell_by_key(
            session,
            complaint,
            Template.CASE_FOLLOW_UP,
            county_code=complaint.county_code,
            key=key,
        )
    return len(due) == CHUNK


def recount_chunk(session: Session, *, after: UUID | None) -> UUID | None:
    """Count some provisional periods anew, as the holidays of more years are published.

    Returns where the next chunk begins, None at the end.
    """
    provisional = ladder.list_provisional(session, after=after, limit=CHUNK)
    changes = defaultdict[UUID, list[CaseClockChange]](list)
    for change in queries.list_clock_changes(session, [clock.id for clock in provisional]):
        changes[change.clock_id].append(change)
    for clock in provisional:
        deadline = clockwork.explain(clock, changes[clock.id])
        clock.due_date, clock.is_provisional = deadline.due_date, deadline.is_provisional
    return provisional[-1].id if provisional else None


def _look_ahead(today: date) -> Horizon:
    return Horizon(
        today=today,
        late_by=_find_late_by(today),
        soon_until={
            kind: WORKING_DAYS.add_working_days(today, soon).due_date
            for kind, soon in ladder.SOON.items()
        },
    )


def _find_late_by(today: date) -> date:
    """Return the latest end that lies `SUPERVISED_AFTER` working days back."""
    day = today
    while WORKING_DAYS.add_working_days(day, clocks.SUPERVISED_AFTER).due_date > today:
        day -= ONE_DAY
    return day


def _count_handlers(
    session: Session, county_code: str, climbed: Sequence[Climbed]
) -> Counter[UUID]:
    """Tell each inspector how many; cases that nobody handles concern the whole bureau."""
    if not climbed:
        return Counter()
    case_ids = {one.case_id for one in climbed}
    counted = ladder.count_by_handler(session, case_ids)
    loose = len(case_ids) - ladder.count_handled(session, case_ids)
    if loose:
        for person in desk_queries.list_inspectors(session, [county_code]):
            counted[person.id] += loose
    return counted


def _count_late(
    session: Session, code: str, climbed: Sequence[Climbed], rungs: Sequence[Rung], today: date
) -> Counter[UUID]:
    """Tell each head of a division how many."""
    count = sum(one.rung in rungs for one in climbed)
    return Counter(dict.fromkeys(_list_heads(session, code, today), count)) if count else Counter()


def _list_heads(session: Session, code: str, today: date) -> list[UUID]:
    """Return who decides in a division, else its inspectors: somebody must hear of it."""
    heads = [head.person_id for head in desk_queries.list_heads(session, code, on=today)]
    return heads or [person.id for person in desk_queries.list_inspectors(session, [code])]


def _tell(session: Session, template: Template, counted: Counter[UUID], at: datetime) -> None:
    tellings = [
        Telling(person_id, f"case_ladder:{local_date(at)}", {"count": str(min(count, MOST_TOLD))})
        for person_id, count in sorted(counted.items())
        if count
    ]
    notify_many(session, template=template, tellings=tellings)
