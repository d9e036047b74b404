"""What an inspector works with: the list of cases, one case in full, handlers and notes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from cases import (
    clockwork,
    crime,
    desk_queries,
    divisions,
    handlers,
    list_queries,
    offices,
    queries,
    rules,
    searching,
    shield_queries,
    steps,
    tracking,
    workflow,
)
from cases.desk_errors import HandlerRequiredError, HeadRequiredError
from cases.list_queries import CaseRow, Narrowing
from core.calendar import WORKING_DAYS
from core.case_enums import CaseAction, CaseState
from core.clock import ONE_DAY, local_date
from db.models import (
    Case,
    CaseClock,
    CaseClockChange,
    CaseEvent,
    CaseHandler,
    CaseNote,
    CaseRequest,
    Complaint,
    Person,
    RetaliationSign,
)
from identity.principal import Principal

SOON_DAYS = 3
"""Working days that count as soon in the list."""


class Due(StrEnum):
    """Which cases of the list are wanted, by the end of their running period."""

    TODAY = "today"
    OVERDUE = "overdue"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A line of the inspector's list."""

    row: CaseRow
    clock: CaseClock | None
    """The one that ends first of those that run."""
    page_id: UUID
    """What pages are keyed by: the case, or its period where that gives the order."""

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.page_id


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock with the days it counts, and its pauses and extensions."""

    clock: CaseClock
    counted: tuple[date, ...]
    lawful_due_date: date
    """When it would end by the law alone; earlier only by a promise."""
    changes: list[CaseClockChange]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about one case that its inspector works with."""

    listed: ListedCase
    events: list[CaseEvent]
    clocks: list[ClockReading]
    actions: list[CaseAction]
    handlers: list[tuple[CaseHandler, Person]]
    requests: list[CaseRequest]
    notes: list[tuple[CaseNote, Person]]
    signs: list[RetaliationSign]
    screening: crime.Screening
    quotable: str
    """The statement as it may be quoted to the employer."""


def list_cases(
    session: Session,
    *,
    principal: Principal,
    state: CaseState | None,
    due: Due | None,
    search: str | None,
    mine: bool,
    before: UUID | None,
    limit: int,
    at: datetime,
) -> list[ListedCase]:
    """Return a page of the division's cases, and one more when there is more.

    Newest first; where `due` narrows it, what ends first comes first. `before` is the `id` of the
    page's last line. At most two statements at any size.
    """
    wanted = Narrowing(counties=divisions.list_scope(principal.county_code), state=state)
    wanted = _narrow_due(wanted, due, local_date(at))
    wanted = _narrow_search(session, wanted, search)
    if mine:
        wanted = replace(wanted, handler_id=principal.person_id)
    if wanted.is_by_end:
        ending = list_queries.list_due_cases(session, wanted, after=before, limit=limit + 1)
        return [ListedCase(row, clock, page_id=clock.id) for row, clock in ending]
    rows = list_queries.list_cases(session, wanted, before=before, limit=limit + 1)
    running = queries.list_running_clocks(session, [row.id for row in rows])
    clock_of = {clock.case_id: clock for clock in running}
    return [ListedCase(row, clock_of.get(row.id), page_id=row.id) for row in rows]


def get_case(session: Session, *, principal: Principal, number: str, at: datetime) -> CaseFile:
    """Return one case of the division with everything the desk knows about it."""
    row = list_queries.get_case(
        session, number, counties=divisions.list_scope(principal.county_code)
    )
    held = offices.find_offices(session, principal, row.case.county_code, on=local_date(at))
    case_clocks = queries.list_clocks(session, row.id)
    running = [clock for clock in case_clocks if clock.stopped_at is None]
    names = [row.complainant.name] if row.complainant else []
    return CaseFile(
        listed=ListedCase(
            row, min(running, key=lambda clock: clock.due_date, default=None), page_id=row.id
        ),
        events=queries.list_events(session, [row.id]),
        clocks=_read(session, case_clocks),
        actions=workflow.list_actions(row.case.state, held),
        handlers=desk_queries.list_handlers(session, row.id),
        requests=desk_queries.list_requests(session, row.id),
        notes=desk_queries.list_notes(session, row.id),
        signs=shield_queries.list_signs(session, row.id),
        screening=steps.screen_crime(session, row.complaint, row.case.county_code),
        quotable=rules.word_for_employer(row.complaint.statement, names=names),
    )


def list_colleagues(session: Session, *, principal: Principal) -> list[Person]:
    """Return the inspectors of the caller's own division."""
    own = principal.county_code
    return desk_queries.list_inspectors(session, [own] if own else [])


def assign_handler(
    session: Session, *, principal: Principal, number: str, person_id: UUID, at: datetime
) -> None:
    """Let an inspector of the county investigate the case.

    Raises CaseNotFoundError, NoInspectorHereError, and ConflictOfInterestError for whoever is
    part of the matter or stepped back from it.
    """
    case, complaint = lock_unbiased(session, principal, number)
    handlers.check_inspector(session, person_id, case.county_code)
    handlers.assign(session, case, complaint, person_id, assigned_by=principal.person_id, at=at)


def recuse_handler(
    session: Session,
    *,
    principal: Principal,
    number: str,
    person_id: UUID,
    reason: str,
    at: datetime,
) -> None:
    """Take an inspector with a conflict of interest off the case, for good.

    Everybody may step back; the head takes others off. Raises CaseNotFoundError,
    HeadRequiredError, HandlerNotFoundError.
    """
    case, _ = lock_case(session, principal, number)
    held = offices.find_offices(session, principal, case.county_code, on=local_date(at))
    if person_id != principal.person_id and not offices.may_decide(held):
        raise HeadRequiredError
    handlers.recuse(session, case, person_id, reason=reason, at=at)


def add_note(
    session: Session, *, principal: Principal, number: str, text: str, at: datetime
) -> None:
    """Keep a note for colleagues; no complainant and no employer reads it.

    Raises CaseNotFoundError, ConflictOfInterestError.
    """
    case, _ = lock_unbiased(session, principal, number)
    session.add(CaseNote(created_at=at, case_id=case.id, author_id=principal.person_id, text=text))


def lock_case(session: Session, principal: Principal, number: str) -> tuple[Case, Complaint]:
    """Return a case of the caller's division with its row locked; CaseNotFoundError."""
    counties = divisions.list_scope(principal.county_code)
    return queries.lock_case(session, number, counties=counties)


def lock_unbiased(session: Session, principal: Principal, number: str) -> tuple[Case, Complaint]:
    """Return a locked case to somebody who may have a hand in it (回避).

    Raises CaseNotFoundError, ConflictOfInterestError.
    """
    case, complaint = lock_case(session, principal, number)
    handlers.check_unbiased(session, case, complaint, principal.person_id)
    return case, complaint


def check_handles(session: Session, case: Case, principal: Principal) -> None:
    """Raise HandlerRequiredError for whoever does not investigate the case."""
    if principal.person_id not in queries.list_handler_ids(session, case.id):
        raise HandlerRequiredError


def _read(session: Session, case_clocks: Sequence[CaseClock]) -> list[ClockReading]:
    changes = defaultdict[UUID, list[CaseClockChange]](list)
    for change in queries.list_clock_changes(session, [clock.id for clock in case_clocks]):
        changes[change.clock_id].append(change)
    return [
        ClockReading(
            clock,
            counted=clockwork.explain(clock, changes[clock.id]).counted,
            lawful_due_date=clockwork.explain_lawful(clock, changes[clock.id]).due_date,
            changes=changes[clock.id],
        )
        for clock in case_clocks
    ]


def _narrow_due(wanted: Narrowing, due: Due | None, today: date) -> Narrowing:
    if due is None:
        return wanted
    if due is Due.OVERDUE:
        return replace(wanted, due_until=today - ONE_DAY)
    last = WORKING_DAYS.add_working_days(today, SOON_DAYS).due_date if due is Due.SOON else today
    return replace(wanted, due_from=today, due_until=last)


def _narrow_search(session: Session, wanted: Narrowing, search: str | None) -> Narrowing:
    """Read a search as a number, a phone, or words; words may be a complainant's whole name."""
    words = (search or "").strip()
    if not words:
        return wanted
    if number := tracking.parse_number(words):
        return replace(wanted, number=number)
    if phone := searching.read_phone(words):
        return replace(wanted, person=searching.hide(session, phone))
    return replace(wanted, words=words, person=searching.hide(session, words))
