"""What whoever holds number and PIN may do with a complaint: follow it, answer, ask, add."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from redis import Redis
from sqlmodel import Session

from cases import files, queries, service, steps, throttle, tracking, workflow
from cases.errors import SignInRequiredError, WrongNumberOrPinError
from cases.step import WORKER, Form
from cases.steps import Step
from cases.throttle import Door
from cases.timeline import Timeline
from core import pins
from core.case_enums import CaseAction, Means
from core.enums import Role
from db.models import Case, CaseEvent, Complaint
from identity.principal import Principal

ENDING = frozenset({CaseAction.WITHDRAW, CaseAction.CONFIRM_PAID, CaseAction.DECLINE_AGREEMENT})
"""What gives something up: a PIN is lent to mates, so who has an account signs in for it."""


def look_up_complaint(
    session: Session,
    valkey: Redis,
    *,
    number: str,
    pin: str,
    address: str,
    at: datetime,
    door: Door = Door.PUBLIC,
) -> Timeline:
    """Follow a complaint without an account.

    Wrong numbers and wrong PINs get the same answer in the same time; only a number that fails
    its own check digits is turned away at once. Whoever has both is never counted. Raises
    WrongNumberOrPinError, LookupThrottledError, LookupUnavailableError.
    """
    complaint, case = find_by_pin(
        session, valkey, number=number, pin=pin, address=address, door=door
    )
    return _tell(session, complaint, case, at)


def act_by_pin(
    session: Session,
    valkey: Redis,
    *,
    number: str,
    pin: str,
    action: CaseAction,
    form: Form,
    attachments: Sequence[str],
    address: str,
    at: datetime,
) -> Timeline:
    """Take a complainant's own step for whoever holds number and PIN, and tell the story anew.

    The same words and files again are the same tap. Raises what `look_up_complaint` refuses, and
    once the PIN is right SignInRequiredError, StagedFileNotFoundError and the refusals of the step.
    """
    complaint, case = find_by_pin(session, valkey, number=number, pin=pin, address=address)
    if action in ENDING and complaint.person_id is not None:
        raise SignInRequiredError
    take_own_step(
        session,
        number=case.number,
        action=action,
        form=form,
        attachments=attachments,
        means=Means.PIN,
        principal=None,
        at=at,
    )
    return _tell(session, complaint, case, at)


def find_by_pin(
    session: Session,
    valkey: Redis,
    *,
    number: str,
    pin: str,
    address: str,
    door: Door = Door.PUBLIC,
) -> tuple[Complaint, Case]:
    """Return the complaint that number and PIN open, counting what is wrong at this door.

    Guesses at one number wait for each other: many at once are no more than so many in a row.
    Raises WrongNumberOrPinError, LookupThrottledError, LookupUnavailableError.
    """
    known = tracking.parse_number(number)
    if known is None:
        raise WrongNumberOrPinError
    queries.lock_number(session, known)
    throttle.check_lookup(valkey, number=known, address=address, door=door)
    found = queries.find_case(session, known)
    given = tracking.parse_pin(pin)
    is_right = pins.is_right_pin(found[1].pin_hash if found else None, given)
    if found is None or not is_right:
        throttle.count_wrong(valkey, number=known, address=address, door=door)
        raise WrongNumberOrPinError
    return found


def take_own_step(
    session: Session,
    *,
    number: str,
    action: CaseAction,
    form: Form,
    attachments: Sequence[str],
    means: Means,
    principal: Principal | None,
    at: datetime,
) -> None:
    """Take the complainant's step, whose word came in by `means`, maybe through an official.

    The caller has proved the right to. Nothing happens when the same was the last thing said.
    """
    case, complaint = queries.lock_known_case(session, number)
    digests = files.list_digests(session, attachments, at=at)
    last = queries.list_events(session, [case.id])[-1]
    if last.action is action and _is_repeated(last, form, digests, means):
        return
    step = Step(
        case=case,
        complaint=complaint,
        action=action,
        transition=workflow.get_transition(case.state, action, WORKER),
        form=form,
        actor_id=principal.person_id if principal else None,
        actor_role=Role.INSPECTOR if principal else None,
        division=principal.county_code if principal else None,
        at=at,
        means=means,
        files=digests,
    )
    steps.check_step(session, step)
    files.take_files(session, complaint.id, attachments, at=at)
    steps.take_step(session, step)


def _is_repeated(last: CaseEvent, form: Form, digests: Sequence[str], means: Means) -> bool:
    """Tell whether all of it was said with the last step; what that took is staged no more."""
    said = form.as_details() | {"means": means.value}
    is_same = last.note == form.note and said.items() <= last.details.items()
    return is_same and set(digests) <= set(last.details.get("files", ()))


def _tell(session: Session, complaint: Complaint, case: Case, at: datetime) -> Timeline:
    timeline = service.tell_story(session, complaint, case, at=at)
    away = {CaseAction.AGREE, *(ENDING if complaint.person_id is not None else ())}
    return replace(timeline, actions=[one for one in timeline.actions if one not in away])
