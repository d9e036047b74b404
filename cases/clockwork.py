"""Starting, stopping, pausing and extending the periods of a case."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from cases import clocks, divisions, promise_queries, queries
from cases.clocks import Pause
from cases.step import Clocks
from core.calendar import Deadline
from core.case_enums import ClockChangeKind, ClockKind
from core.clock import local_date
from db.models import Case, CaseClock, CaseClockChange, CaseEvent, LocalPromise

TELL_BY = timedelta(days=clocks.TELL_DAYS)


def turn_clocks(
    session: Session,
    case: Case,
    turns: Clocks,
    *,
    event: CaseEvent,
    pay_by: date | None,
    approved_by: UUID | None,
    at: datetime,
) -> None:
    """Do to the periods of a case what a step says; `pay_by` is the last day of a payment."""
    if turns.stops is not None:
        stop_clock(session, case, turns.stops, at=at)
    for kind, change in (
        (turns.pauses, ClockChangeKind.PAUSED),
        (turns.resumes, ClockChangeKind.RESUMED),
        (turns.extends, ClockChangeKind.EXTENDED),
    ):
        if kind is not None:
            _change(session, case, kind, change, event=event, approved_by=approved_by, at=at)
    if turns.starts is not None:
        start_clock(session, case, turns.starts, pay_by=pay_by, at=at)


def start_clock(
    session: Session, case: Case, kind: ClockKind, *, at: datetime, pay_by: date | None = None
) -> None:
    """Let a period begin; one that runs already goes on as it is."""
    if queries.find_running_clock(session, case.id, kind) is not None:
        return
    started = local_date(at)
    promise = _find_promise(session, case, kind, on=started)
    promised_days = promise.days if promise else None
    if kind is ClockKind.PAYMENT:
        last = pay_by or started
        end = clocks.End(Deadline(last, (last,), is_provisional=False))
    else:
        end = clocks.compute_end(kind, started_at=at, started=started, promised_days=promised_days)
    session.add(
        CaseClock(
            created_at=at,
            case_id=case.id,
            county_code=case.county_code,
            kind=kind,
            started_date=started,
            due_date=end.deadline.due_date,
            due_at=end.due_at,
            promised_days=promised_days,
            promise_source=promise.source if promise else None,
            is_provisional=end.deadline.is_provisional,
        )
    )


def stop_clock(session: Session, case: Case, kind: ClockKind, *, at: datetime) -> None:
    """End a period, met or not."""
    clock = queries.find_running_clock(session, case.id, kind)
    if clock is not None:
        clock.stopped_at = at
        session.flush()  # another of its kind may start in the same step


def explain(clock: CaseClock, changes: Sequence[CaseClockChange]) -> Deadline:
    """Return the end of a period with every day it counted."""
    return _compute(clock, changes, promised_days=clock.promised_days)


def explain_lawful(clock: CaseClock, changes: Sequence[CaseClockChange]) -> Deadline:
    """Return when the period would end by the law alone, whatever was promised."""
    return _compute(clock, changes, promised_days=None)


def list_pauses(changes: Sequence[CaseClockChange]) -> list[Pause]:
    """Return the pauses that are over, from the changes of one clock, oldest first."""
    pauses, since = list[Pause](), None
    for change in changes:
        if change.kind is ClockChangeKind.PAUSED:
            since = change.on_date
        elif change.kind is ClockChangeKind.RESUMED and since is not None:
            pauses.append(Pause(since, change.on_date))
            since = None
    return pauses


def _compute(
    clock: CaseClock, changes: Sequence[CaseClockChange], *, promised_days: int | None
) -> Deadline:
    if clock.kind is ClockKind.PAYMENT:
        counted = clocks.list_days_until(clock.started_date, clock.due_date)
        return Deadline(clock.due_date, counted, is_provisional=False)
    return clocks.compute_deadline(
        clock.kind,
        started=clock.started_date,
        pauses=list_pauses(changes),
        added_days=sum(change.added_days for change in changes),
        promised_days=promised_days,
    )


def _find_promise(
    session: Session, case: Case, kind: ClockKind, *, on: date
) -> LocalPromise | None:
    """Return the shortest promise of the county and the divisions above it."""
    if kind not in clocks.PROMISABLE:
        return None
    held_to = (case.county_code, *divisions.superiors_of(case.county_code))
    return promise_queries.find_shortest(session, held_to, kind, on=on)


def _change(
    session: Session,
    case: Case,
    kind: ClockKind,
    change: ClockChangeKind,
    *,
    event: CaseEvent,
    approved_by: UUID | None,
    at: datetime,
) -> None:
    clock = queries.find_running_clock(session, case.id, kind)
    if clock is None:
        return
    day = local_date(at)
    is_extension = change is ClockChangeKind.EXTENDED
    session.add(
        CaseClockChange(
            created_at=at,
            clock_id=clock.id,
            event_id=event.id,
            kind=change,
            on_date=day,
            added_days=clocks.EXTENSION_DAYS if is_extension else 0,
            approved_by=approved_by,
            tell_by_date=day + TELL_BY,
        )
    )
    session.flush()
    clock.is_paused = change is ClockChangeKind.PAUSED
    if not clock.is_paused:
        deadline = explain(clock, queries.list_clock_changes(session, [clock.id]))
        clock.due_date, clock.is_provisional = deadline.due_date, deadline.is_provisional
