"""Use cases of complaints and cases: file, act, decide, follow."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from cases import desk_queries as desk
from cases import (
    divisions,
    documents,
    file_queries,
    files,
    filing,
    handlers,
    history,
    offices,
    queries,
    requests,
    steps,
    throttle,
    timeline,
    workflow,
)
from cases.desk_errors import HeadRequiredError, SlipNotFoundError
from cases.filing import FiledComplaint, Filing
from cases.step import Form
from cases.steps import Step
from cases.timeline import Paper, Timeline
from core.case_enums import CaseAction, Channel, ComplaintKind, Disclosure, Office
from core.clock import local_date
from core.crypto import token_hash
from core.enums import Role
from db.models import Case, CaseClock, CaseEvent, CaseRequest, Complaint
from identity.principal import Principal
from projects.queries import get_project_by_poster

NO_FORM = Form()


@dataclass(frozen=True, slots=True)
class Acted:
    """A case after a step, or with the request for one."""

    case: Case
    request: CaseRequest | None


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
    mark: str | None = None,
) -> FiledComplaint:
    """Write down a worker's own complaint; see `filing.record` for what is one and what is two."""
    return filing.record(
        session,
        Filing(
            kind=kind,
            disclosure=disclosure,
            statement=statement,
            county_code=county_code,
            person_id=person_id,
            phone=phone,
            project_id=project_id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            amount_fen=amount_fen,
            facts=facts,
            mark=mark,
        ),
        at=at,
    )


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
    people: int = 1,
    mark: str | None = None,
) -> FiledComplaint:
    """Take a complaint from the notice board of a site; nobody needs an account.

    `address` is where the request came from, only to count it. Raises UnknownPosterError,
    FilingThrottledError.
    """
    throttle.count_filing(valkey, address=address)
    project = get_project_by_poster(session, poster_token)
    return filing.record(
        session,
        Filing(
            kind=kind,
            disclosure=disclosure,
            statement=statement,
            county_code=project.county_code,
            channel=Channel.POSTER,
            phone=phone,
            project_id=project.id,
            people=people,
            facts={"project_name": project.name},
            mark=mark,
        ),
        at=at,
    )


def get_filed_complaint(
    session: Session, *, ticket: str, at: datetime
) -> tuple[FiledComplaint, Complaint]:
    """Return number and PIN once more, for half an hour; SlipNotFoundError afterwards."""
    found = queries.find_slip_by_ticket(session, token_hash(ticket), at=at)
    if found is None:
        raise SlipNotFoundError
    return filing.read_slip(found.slip, found.complaint), found.complaint


def renew_pin(session: Session, *, person_id: UUID, number: str) -> str:
    """Give the person's own complaint a new PIN; the old one ends. ComplaintNotFoundError."""
    case, _ = queries.lock_own_case(session, number, person_id=person_id)
    return filing.renew_pin(case)


def act_on_case(
    session: Session,
    *,
    principal: Principal,
    number: str,
    action: CaseAction,
    form: Form = NO_FORM,
    attachments: Sequence[str] = (),
    at: datetime,
) -> Acted:
    """Take one step with a case and tell the worker, or ask the head for it.

    Inspectors act on cases of their division, a worker on own complaints, where staged files may
    come with the words. Of two who act at once the second is judged by what the first one did. A
    third transfer goes to the common superior. Raises the refusals of `cases.errors` and
    `cases.guards`, CaseNotFoundError, ComplaintNotFoundError, ConflictOfInterestError,
    StagedFileNotFoundError.
    """
    case, complaint = _lock(session, principal, number)
    done = steps.list_done(queries.list_events(session, [case.id]))
    action = history.redirect(action, done)
    held = offices.find_offices(session, principal, case.county_code, on=local_date(at))
    transition = workflow.get_transition(case.state, action, held)
    step = Step(
        case=case,
        complaint=complaint,
        action=action,
        transition=transition,
        form=form,
        actor_id=principal.person_id,
        actor_role=principal.role,
        division=principal.county_code,
        at=at,
        files=files.list_digests(session, attachments, at=at),
    )
    steps.check_step(session, step)
    if transition.approval is None:
        files.take_files(session, complaint.id, attachments, at=at)
        steps.take_step(session, step)
        return Acted(case, None)
    request = requests.ask(
        session,
        case,
        action,
        transition.approval,
        form=form,
        requested_by=principal.person_id,
        at=at,
    )
    return Acted(case, request)


def decide_request(
    session: Session,
    *,
    principal: Principal,
    number: str,
    request_id: UUID,
    is_granted: bool,
    reason: str | None,
    at: datetime,
) -> Case:
    """Grant a step, which is then taken at once, or decline it.

    For the head of the bureau and its superiors, never for whoever asked. Raises
    CaseNotFoundError, ConflictOfInterestError, CaseRequestNotFoundError, HeadRequiredError,
    OwnRequestError, and what the step itself is refused with when it is no longer lawful.
    """
    case, complaint = _lock(session, principal, number)
    held = offices.find_offices(session, principal, case.county_code, on=local_date(at))
    if not offices.may_decide(held):
        raise HeadRequiredError
    request = desk.get_open_request(session, case.id, request_id)
    requests.decide(
        session,
        case,
        request,
        decided_by=principal.person_id,
        is_granted=is_granted,
        reason=reason,
        at=at,
    )
    if not is_granted:
        return case
    step = Step(
        case=case,
        complaint=complaint,
        action=request.action,
        transition=workflow.get_transition(
            case.state, request.action, frozenset({Office.INSPECTOR})
        ),
        form=Form.of_json(request.form),
        actor_id=request.requested_by,
        actor_role=Role.INSPECTOR,
        division=case.county_code,
        at=at,
    )
    steps.check_step(session, step)
    steps.take_step(session, step, approved_by=principal.person_id)
    return case


def list_my_complaints(session: Session, *, person_id: UUID, at: datetime) -> list[Timeline]:
    """Return the person's complaints, newest first; anonymous ones are nobody's."""
    return _tell_stories(session, queries.list_own_cases(session, person_id=person_id), at)


def get_my_complaint(session: Session, *, number: str, person_id: UUID, at: datetime) -> Timeline:
    """Return the story of a complaint the person filed; ComplaintNotFoundError otherwise."""
    complaint = queries.get_own_complaint(session, number, person_id=person_id)
    return tell_story(session, complaint, queries.get_case_of(session, complaint), at=at)


def tell_story(session: Session, complaint: Complaint, case: Case, *, at: datetime) -> Timeline:
    """Return the story of a complaint; the caller has proved the right to read it."""
    (story,) = _tell_stories(session, [(complaint, case)], at)
    drawn = documents.list_for_complainant(session, case)
    kept = len(file_queries.list_files(session, complaint.id))
    later = sum(step.files for step in story.steps)
    first = replace(story.steps[0], files=max(kept - later, 0))
    papers = [Paper(one.id, *documents.describe(one), one.created_at) for one in drawn]
    return replace(story, steps=[first, *story.steps[1:]], papers=papers)


def _lock(session: Session, principal: Principal, number: str) -> tuple[Case, Complaint]:
    if principal.role is Role.WORKER:
        return queries.lock_own_case(session, number, person_id=principal.person_id)
    counties = divisions.list_scope(principal.county_code)
    case, complaint = queries.lock_case(session, number, counties=counties)
    handlers.check_unbiased(session, case, complaint, principal.person_id)
    return case, complaint


def _tell_stories(
    session: Session, own_cases: Sequence[tuple[Complaint, Case]], at: datetime
) -> list[Timeline]:
    case_ids = [case.id for _, case in own_cases]
    events = defaultdict[UUID, list[CaseEvent]](list)
    for event in queries.list_events(session, case_ids):
        events[event.case_id].append(event)
    clock_of: dict[UUID, CaseClock] = {
        clock.case_id: clock for clock in queries.list_running_clocks(session, case_ids)
    }
    return [
        timeline.tell(complaint, case, events[case.id], clock_of.get(case.id), today=local_date(at))
        for complaint, case in own_cases
    ]
