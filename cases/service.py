"""Use cases of complaints and cases: file, act, follow."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from cases import clocks, divisions, queries, rules, throttle, timeline, tracking, workflow
from cases.errors import AlreadyReopenedError, UnknownPlaceError, WrongNumberOrPinError
from cases.timeline import Timeline
from core import pins
from core.clock import local_date
from core.enums import CaseAction, CaseState, ClockKind, ComplaintKind, Disclosure, Role
from db.models import Case, CaseClock, CaseEvent, Complaint
from identity.principal import Principal
from notifications.service import notify, notify_number
from notifications.templates import Template
from notifications.webhooks.events import case_kind
from notifications.webhooks.service import announce
from projects.queries import get_project_by_poster


@dataclass(frozen=True, slots=True)
class FiledComplaint:
    """What the complainant keeps; the PIN is shown this once and stored only as a hash."""

    number: str
    pin: str
    case_number: str
    """The same as `number`: one number from filing to closing."""


def file_complaint(
    session: Session,
    *,
    kind: ComplaintKind,
    disclosure: Disclosure,
    person_id: UUID | None,
    phone: str | None,
    project_id: UUID | None,
    county_code: str | None,
    subject_kind: str | None,
    subject_id: UUID | None,
    statement: str,
    amount_fen: int | None,
    facts: Mapping[str, Any],
    at: datetime,
) -> FiledComplaint:
    """Write down a complaint, open its case in the competent county and start the clock.

    Of an anonymous complaint nothing is kept that leads to a person. Raises UnknownPlaceError
    when the county is not known: a guess would send it where nobody feels responsible.
    """
    if county_code is None or not divisions.is_county(county_code):
        raise UnknownPlaceError
    pin = pins.format_pin(secrets.randbelow(pins.PINS))
    complaint = Complaint(
        created_at=at,
        number="",
        pin_hash=pins.hash_pin(pin),
        kind=kind,
        disclosure=disclosure,
        person_id=person_id,
        phone=phone,
        project_id=project_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        county_code=county_code,
        statement=statement,
        amount_fen=amount_fen,
        facts=dict(facts),
    )
    if disclosure is Disclosure.ANONYMOUS:
        _erase_traces(complaint)
    _insert_with_fresh_number(session, complaint)
    _open_case(session, complaint)
    return FiledComplaint(number=complaint.number, pin=pin, case_number=complaint.number)


def file_poster_complaint(
    session: Session,
    valkey: Redis,
    *,
    poster_token: str,
    kind: ComplaintKind,
    disclosure: Disclosure,
    phone: str | None,
    statement: str,
    address: str,
    at: datetime,
) -> FiledComplaint:
    """Take a complaint from the notice board of a site; nobody needs an account.

    `address` is where the request came from, only to count it. Raises UnknownPosterError,
    FilingThrottledError.
    """
    throttle.count_filing(valkey, address=address)
    project = get_project_by_poster(session, poster_token)
    return file_complaint(
        session,
        kind=kind,
        disclosure=disclosure,
        person_id=None,
        phone=phone,
        project_id=project.id,
        county_code=project.county_code,
        subject_kind=None,
        subject_id=None,
        statement=statement,
        amount_fen=None,
        facts={"project_name": project.name},
        at=at,
    )


def act_on_case(
    session: Session,
    *,
    principal: Principal,
    number: str,
    action: CaseAction,
    note: str | None,
    at: datetime,
) -> Case:
    """Take one step with a case and tell the worker.

    An inspector acts on cases of the own county, a worker on own complaints. Of two who act at
    once the second is judged by what the first one did. Raises CaseNotFoundError,
    ComplaintNotFoundError, ActionNotAllowedError, NoteRequiredError, AlreadyReopenedError.
    """
    case, complaint = queries.lock_case(
        session,
        number,
        county_code=principal.county_code,
        person_id=principal.person_id if principal.role is Role.WORKER else None,
    )
    transition = workflow.get_transition(case.state, action, principal.role)
    workflow.check_note(transition, note)
    if transition.is_once and queries.has_event(session, case.id, action):
        raise AlreadyReopenedError
    event = CaseEvent(
        created_at=at,
        case_id=case.id,
        action=action,
        from_state=case.state,
        to_state=transition.to,
        actor_id=principal.person_id,
        actor_role=principal.role,
        note=note,
    )
    session.add(event)
    case.state = transition.to
    _turn_clocks(session, case, stops=transition.stops, starts=transition.starts, at=at)
    _tell(session, complaint, transition.notice, event)
    _announce(session, case, at=at)
    return case


def list_my_complaints(session: Session, *, person_id: UUID) -> list[Timeline]:
    """Return the person's complaints, newest first; anonymous ones are nobody's."""
    return _tell_stories(session, queries.list_own_cases(session, person_id=person_id))


def get_my_complaint(session: Session, *, number: str, person_id: UUID) -> Timeline:
    """Return the story of a complaint the person filed; ComplaintNotFoundError otherwise."""
    complaint = queries.get_own_complaint(session, number, person_id=person_id)
    return _tell_stories(session, [(complaint, queries.get_case_of(session, complaint))])[0]


def look_up_complaint(
    session: Session, valkey: Redis, *, number: str, pin: str, address: str
) -> Timeline:
    """Follow a complaint without an account.

    Wrong numbers and wrong PINs get the same answer in the same time; only a number that fails
    its own check digits is turned away at once. Raises WrongNumberOrPinError,
    LookupThrottledError, LookupUnavailableError.
    """
    known = tracking.parse_number(number)
    if known is None:
        raise WrongNumberOrPinError
    throttle.count_lookup(valkey, number=known, address=address)
    complaint = queries.find_complaint(session, known)
    is_right = pins.is_right_pin(complaint.pin_hash if complaint else None, pin)
    if complaint is None or not is_right:
        raise WrongNumberOrPinError
    return _tell_stories(session, [(complaint, queries.get_case_of(session, complaint))])[0]


def _erase_traces(complaint: Complaint) -> None:
    complaint.person_id = None
    complaint.phone = None
    complaint.subject_kind = None
    complaint.subject_id = None
    complaint.amount_fen = None
    complaint.facts = rules.keep_impersonal(complaint.facts)


def _insert_with_fresh_number(session: Session, complaint: Complaint) -> None:
    is_new = False
    while not is_new:
        serial = secrets.randbelow(tracking.SERIALS)
        complaint.number = tracking.format_number(local_date(complaint.created_at), serial)
        is_new = queries.insert_complaint(session, complaint)


def _open_case(session: Session, complaint: Complaint) -> None:
    case = Case(
        created_at=complaint.created_at,
        number=complaint.number,
        complaint_id=complaint.id,
        county_code=complaint.county_code,
        state=CaseState.RECEIVED,
    )
    session.add(case)
    session.flush()  # events and clocks refer to the case by foreign key alone
    filing = CaseEvent(
        created_at=complaint.created_at,
        case_id=case.id,
        to_state=CaseState.RECEIVED,
        actor_id=complaint.person_id,
        actor_role=Role.WORKER if complaint.person_id else None,
    )
    session.add(filing)
    _start_clock(session, case, workflow.FILING_STARTS, at=complaint.created_at)
    _tell(session, complaint, workflow.FILING_NOTICE, filing)
    _announce(session, case, at=complaint.created_at)


def _turn_clocks(
    session: Session,
    case: Case,
    *,
    stops: ClockKind | None,
    starts: ClockKind | None,
    at: datetime,
) -> None:
    if stops is not None:
        queries.get_running_clock(session, case.id, stops).stopped_at = at
    if starts is not None:
        _start_clock(session, case, starts, at=at)


def _start_clock(session: Session, case: Case, kind: ClockKind, *, at: datetime) -> None:
    started = local_date(at)
    deadline = clocks.compute_deadline(kind, started=started)
    session.add(
        CaseClock(
            created_at=at,
            case_id=case.id,
            kind=kind,
            started_date=started,
            due_date=deadline.due_date,
            is_provisional=deadline.is_provisional,
        )
    )


def _announce(session: Session, case: Case, *, at: datetime) -> None:
    """Tell systems of the authority, by county alone: no employer's system learns of a case."""
    announce(
        session,
        case_kind(case.state),
        subject_ids=[case.id],
        at=at,
        county_code=case.county_code,
    )


def _tell(session: Session, complaint: Complaint, notice: Template, event: CaseEvent) -> None:
    """Tell the complainant of a step; an anonymous one left no way and follows by number."""
    key = f"case_event:{event.id}"
    if complaint.person_id is not None:
        notify(
            session,
            template=notice,
            person_id=complaint.person_id,
            key=key,
            project_id=complaint.project_id,
            number=complaint.number,
        )
    elif complaint.phone is not None:
        notify_number(
            session,
            template=notice,
            phone=complaint.phone,
            key=key,
            project_id=complaint.project_id,
            number=complaint.number,
        )


def _tell_stories(session: Session, own_cases: Sequence[tuple[Complaint, Case]]) -> list[Timeline]:
    case_ids = [case.id for _, case in own_cases]
    events = defaultdict[UUID, list[CaseEvent]](list)
    for event in queries.list_events(session, case_ids):
        events[event.case_id].append(event)
    clock_of = {clock.case_id: clock for clock in queries.list_running_clocks(session, case_ids)}
    return [
        timeline.tell(complaint, case, events[case.id], clock_of.get(case.id))
        for complaint, case in own_cases
    ]
