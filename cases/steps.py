"""Taking one step of a case once it is allowed: state, clocks, money, people, and the telling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from cases import (
    agreement_queries,
    alarms,
    clockwork,
    crime,
    desk_queries,
    divisions,
    employers,
    handlers,
    history,
    queries,
    requests,
    workflow,
)
from cases.desk_queries import Owed
from cases.errors import AlreadyReopenedError, StepDoneError
from cases.guards import Facts, check_guards
from cases.local_rules import ADVANCE_SHARES
from cases.step import Form, Guard, Transition, check_form
from cases.telling import find_silence, tell_complainant, tell_desk, tell_employer, tell_systems
from core.case_enums import CaseAction, CaseState, CrimeVerdict, Disclosure, Means, Received
from core.clock import local_date
from core.enums import Role
from db.models import Case, CaseClock, CaseEvent, Complaint
from notifications.templates import Template

MOVES = frozenset({CaseAction.TRANSFER, CaseAction.DESIGNATE})


@dataclass(frozen=True, slots=True)
class Step:
    """A step somebody wants to take with a locked case."""

    case: Case
    complaint: Complaint
    action: CaseAction
    transition: Transition
    form: Form
    actor_id: UUID | None
    """Unknown of whoever holds number and PIN."""
    actor_role: Role | None
    division: str | None
    """Where the actor is an official."""
    at: datetime
    means: Means | None = None
    """How the complainant's word came in, if not from their sign-in."""
    files: tuple[str, ...] = ()
    """Digests of what was handed in with it."""

    @property
    def today(self) -> date:
        """The Shanghai day of the step."""
        return local_date(self.at)

    @property
    def is_for_somebody(self) -> bool:
        """Whether an official wrote down the complainant's word."""
        return self.means is not None and self.actor_id is not None

    @property
    def is_unpaid(self) -> bool:
        """Whether nothing came of what the closing counted as recovered."""
        is_reopening = (self.case.state, self.action) == (CaseState.CLOSED, CaseAction.REOPEN)
        return is_reopening and self.form.received is Received.NOTHING


def check_step(session: Session, step: Step) -> None:
    """Raise the refusal of a step that is incomplete, repeated, or not lawful now."""
    check_form(step.transition, step.form, has_files=bool(step.files))
    events = queries.list_events(session, [step.case.id])
    if step.transition.is_once and history.was_done(step.action, list_done(events)):
        if step.action is CaseAction.REOPEN:
            raise AlreadyReopenedError
        raise StepDoneError
    check_guards(step.transition.guards, _gather(session, step, events), step.form)


def take_step(session: Session, step: Step, *, approved_by: UUID | None = None) -> None:
    """Take an allowed step and tell everybody whom it concerns."""
    case, transition = step.case, step.transition
    event = _write_event(session, step, approved_by)
    session.add(event)
    session.flush()  # what follows refers to the event by foreign key alone
    came_from = (case.state, case.county_code)
    case.state = transition.to
    _move(session, step)
    _account(step, event)
    clockwork.turn_clocks(
        session,
        case,
        transition.clocks,
        event=event,
        pay_by=step.form.due_date,
        approved_by=approved_by,
        at=step.at,
    )
    if step.action is CaseAction.ACCEPT and step.actor_id is not None:
        handlers.take_on(session, case, step.complaint, step.actor_id, at=step.at)
    _tell_officials(session, step, event)
    tell_complainant(session, case, step.complaint, transition.tells, event)
    if step.is_for_somebody:
        tell_complainant(session, case, step.complaint, Template.CASE_SAID_FOR_YOU, event)
    if (case.state, case.county_code) != came_from:
        requests.let_lapse(session, case, at=step.at)
        tell_systems(session, case, at=step.at)


def _tell_officials(session: Session, step: Step, event: CaseEvent) -> None:
    """Tell those who work the case what they must act on, and the employer what is proposed."""
    case = step.case
    if step.action is CaseAction.ASK_QUESTION:
        tell_desk(session, case, Template.QUESTION_ASKED, event)
    elif step.action is CaseAction.CONFIRM_PAID and case.state in workflow.OPEN:
        tell_desk(session, case, Template.PAID_SAID, event)
    elif step.action is CaseAction.REOPEN:
        tell_desk(session, case, Template.REOPENED_SAID, event)
    elif step.action is CaseAction.PROPOSE_AGREEMENT:
        tell_employer(session, step.complaint, Template.AGREEMENT_PROPOSED, event)


def list_done(events: Sequence[CaseEvent]) -> list[CaseAction | None]:
    """Return what was done to a case, oldest first; the filing is no action."""
    return [event.action for event in events]


def screen_crime(session: Session, complaint: Complaint, county_code: str) -> crime.Screening:
    """Compare what the employer owes in all open cases with the amounts of the province."""
    known = [Owed(complaint.facts, complaint.amount_fen, complaint.people)]
    if complaint.employer_name:
        known += desk_queries.list_open_arrears(session, complaint, states=workflow.OPEN)
    arrears = [
        crime.Arrears(len(one.facts.get("months", ())) or None, one.amount_fen, one.people)
        for one in known
    ]
    return crime.screen(arrears, province=county_code[:2])


def _gather(session: Session, step: Step, events: Sequence[CaseEvent]) -> Facts:
    case, complaint = step.case, step.complaint
    running = queries.list_running_clocks(session, [case.id])
    verdict = CrimeVerdict.REVIEW
    if Guard.CRIME_NOT_RULED_OUT in step.transition.guards:
        verdict = screen_crime(session, complaint, case.county_code).verdict
    return Facts(
        today=step.today,
        actor_id=step.actor_id,
        county_code=case.county_code,
        superior_code=step.division,
        filed_date=local_date(complaint.created_at),
        handlers=frozenset(queries.list_handler_ids(session, case.id)),
        hops=list_done(events).count(CaseAction.TRANSFER),
        running={clock.kind: _find_lawful_end(session, clock) for clock in running},
        pay_by=_find_pay_by(events),
        owed_fen=complaint.amount_fen,
        advance_share=ADVANCE_SHARES.get(case.county_code),
        advanced_fen=case.advanced_fen,
        advance_recovered_fen=case.advance_recovered_fen,
        verdict=verdict,
        has_signed=agreement_queries.has_worker_signed(session, events),
        has_open_question=history.has_open_question(list_done(events)),
        employer_name=employers.find_employer(session, complaint),
        due_fen=_find_due(events),
        recovered_fen=case.recovered_fen,
        agreed_by=agreement_queries.find_agreed_by(events),
    )


def _find_lawful_end(session: Session, clock: CaseClock) -> date:
    """A promise that was not kept takes no power away that the law gives."""
    if clock.promised_days is None:
        return clock.due_date
    changes = queries.list_clock_changes(session, [clock.id])
    return clockwork.explain_lawful(clock, changes).due_date


def _find_pay_by(events: Sequence[CaseEvent]) -> date | None:
    """Only an order names it: a day sent along with another step moves nothing."""
    named = [event.details["due_date"] for event in events if event.action in workflow.ORDERS]
    return date.fromisoformat(named[-1]) if named else None


def _find_due(events: Sequence[CaseEvent]) -> int | None:
    """Return what was last ordered, or proposed and agreed."""
    due = proposed = None
    for event in events:
        if event.action in workflow.ORDERS:
            due = event.details.get("amount_fen")
        elif event.action is CaseAction.PROPOSE_AGREEMENT:
            proposed = event.details.get("amount_fen")
        elif event.action is CaseAction.AGREE:
            due = proposed
    return due


def _write_event(session: Session, step: Step, approved_by: UUID | None) -> CaseEvent:
    return CaseEvent(
        created_at=step.at,
        case_id=step.case.id,
        county_code=step.case.county_code,
        action=step.action,
        from_state=step.case.state,
        to_state=step.transition.to,
        actor_id=step.actor_id,
        actor_role=step.actor_role,
        note=step.form.note,
        details=step.form.as_details() | _add_details(session, step, approved_by),
        silence=find_silence(
            step.complaint,
            Template.CASE_SAID_FOR_YOU if step.is_for_somebody else step.transition.tells,
        ),
    )


def _add_details(session: Session, step: Step, approved_by: UUID | None) -> dict[str, Any]:
    """Return what must be seen later and nobody typed in."""
    details: dict[str, Any] = {}
    if step.action in MOVES:
        details["from_county"] = step.case.county_code
    if step.action is CaseAction.REFER_UP:
        events = queries.list_events(session, [step.case.id])
        details["superior"] = divisions.common_superior(_list_counties(events, step))
    if Guard.CRIME_NOT_RULED_OUT in step.transition.guards:
        screening = screen_crime(session, step.complaint, step.case.county_code)
        details["verdict"] = screening.verdict.value
        details["source"] = screening.source
    if step.action is CaseAction.PROPOSE_AGREEMENT:
        details |= _name_parties(session, step)
    if step.is_unpaid:
        details["amount_fen"] = step.case.recovered_fen
    return details | _say_how(step, approved_by)


def _name_parties(session: Session, step: Step) -> dict[str, Any]:
    """Return how an agreement names its two sides; only a `named` complainant by their name."""
    return {
        "is_naming": step.complaint.disclosure is Disclosure.NAMED,
        "employer_name": step.form.employer_name
        or employers.find_employer(session, step.complaint),
    }


def _say_how(step: Step, approved_by: UUID | None) -> dict[str, Any]:
    """Return how a step came about: with which files, whose word by which way, who allowed it."""
    how = {
        "files": list(step.files),
        "means": step.means and step.means.value,
        "approved_by": approved_by and str(approved_by),
    }
    return {name: value for name, value in how.items() if value}


def _list_counties(events: Sequence[CaseEvent], step: Step) -> list[str]:
    before = [event.details["from_county"] for event in events if event.action in MOVES]
    wanted = [step.form.county_code] if step.form.county_code else []
    return [step.case.county_code, *before, *wanted]


def _move(session: Session, step: Step) -> None:
    """Give the case to its new county, where nobody handles it yet."""
    if step.action not in MOVES or step.form.county_code is None:
        return
    step.case.county_code = step.form.county_code
    step.case.group_id = None
    for handler in desk_queries.list_handlers_now(session, step.case.id):
        handler.left_at = step.at
    alarms.check_reachable(session, step.case, at=step.at)


def _account(step: Step, event: CaseEvent) -> None:
    """Add up what came back, was advanced, and how content the complainant is."""
    case, amount = step.case, step.form.amount_fen or 0
    if step.action is CaseAction.CLOSE:
        case.recovered_fen += amount
    elif step.action is CaseAction.GRANT_ADVANCE:
        case.advanced_fen += amount
    elif step.action is CaseAction.RECOVER_ADVANCE:
        case.advance_recovered_fen += amount
    elif step.action in {CaseAction.CONFIRM_PAID, CaseAction.REOPEN}:
        case.satisfaction = step.form.satisfaction or case.satisfaction
        case.recovered_fen -= event.details.get("amount_fen", 0)
