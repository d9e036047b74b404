"""What an inspector works with: the county's list of cases, and one case in full."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from cases import clocks, queries, workflow
from cases.queries import CaseRow
from core.enums import CaseAction, CaseState, Role
from db.models import CaseClock, CaseEvent


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A line of the inspector's list."""

    row: CaseRow
    clock: CaseClock | None
    """The one that is running."""

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.row.id


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock with the days it counts."""

    clock: CaseClock
    counted: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about one case that its inspector works with."""

    listed: ListedCase
    events: list[CaseEvent]
    clocks: list[ClockReading]
    actions: list[CaseAction]


def list_cases(
    session: Session,
    *,
    county_code: str | None,
    state: CaseState | None,
    before: UUID | None,
    limit: int,
) -> list[ListedCase]:
    """Return a page of the county's cases, newest first, and one more when there is more."""
    rows = queries.list_cases(
        session, county_code=county_code, state=state, before=before, limit=limit + 1
    )
    running = queries.list_running_clocks(session, [row.id for row in rows])
    clock_of = {clock.case_id: clock for clock in running}
    return [ListedCase(row, clock_of.get(row.id)) for row in rows]


def get_case(session: Session, *, number: str, county_code: str | None) -> CaseFile:
    """Return one case of the county with its steps, its clocks and what may be done now."""
    row = queries.get_case(session, number, county_code=county_code)
    case_clocks = queries.list_clocks(session, row.id)
    running = next((clock for clock in case_clocks if clock.stopped_at is None), None)
    return CaseFile(
        listed=ListedCase(row, running),
        events=queries.list_events(session, [row.id]),
        clocks=[_read(clock) for clock in case_clocks],
        actions=workflow.list_actions(row.case.state, Role.INSPECTOR),
    )


def _read(clock: CaseClock) -> ClockReading:
    counted = clocks.compute_deadline(clock.kind, started=clock.started_date).counted
    return ClockReading(clock, counted)
