"""What officials write down of a complainant's word: who called or came, and who wrote it."""

from collections.abc import Sequence
from datetime import datetime

from redis import Redis
from sqlmodel import Session

from cases import by_pin, desk, desk_queries, handlers, service
from cases.errors import PinRequiredError, SatisfactionNotYoursError
from cases.step import Form
from cases.throttle import Door
from cases.timeline import Timeline
from core.case_enums import CaseAction, Means
from db.models import Case, Complaint
from identity import audit
from identity.principal import Principal

ACTED = "cases.acted-for-somebody"
PROVED = by_pin.ENDING | {CaseAction.AGREE}
"""What gives something up: no official's word that somebody said it is enough."""


def act_on_behalf(
    session: Session,
    valkey: Redis,
    *,
    principal: Principal,
    number: str,
    pin: str | None,
    action: CaseAction,
    form: Form,
    attachments: Sequence[str],
    means: Means,
    at: datetime,
) -> Timeline:
    """Take the complainant's step for somebody on the phone or at the window, and record who did.

    With the PIN from any division, without it in the caller's own; what gives something up always
    takes it. The complainant is told by message, if any reaches them. Raises CaseNotFoundError,
    ConflictOfInterestError, WrongNumberOrPinError, LookupThrottledError, LookupUnavailableError,
    PinRequiredError, SatisfactionNotYoursError, StagedFileNotFoundError and the refusals of the
    step.
    """
    complaint, case = _find(session, valkey, principal, number, pin)
    handlers.check_unbiased(session, case, complaint, principal.person_id)
    if action in PROVED and pin is None:
        raise PinRequiredError
    if form.satisfaction is not None:
        _check_apart(session, case, principal, means)
    by_pin.take_own_step(
        session,
        number=number,
        action=action,
        form=form,
        attachments=attachments,
        means=means,
        principal=principal,
        at=at,
    )
    audit.record(
        session,
        actor=principal,
        action=ACTED,
        subject_kind="complaint",
        subject_id=complaint.id,
        reason=f"{means}: {action}",
    )
    return service.tell_story(session, complaint, case, at=at)


def _find(
    session: Session, valkey: Redis, principal: Principal, number: str, pin: str | None
) -> tuple[Complaint, Case]:
    if pin is None:
        case, complaint = desk.lock_case(session, principal, number)
        return complaint, case
    address = str(principal.person_id)
    return by_pin.find_by_pin(
        session, valkey, number=number, pin=pin, address=address, door=Door.DESK
    )


def _check_apart(session: Session, case: Case, principal: Principal, means: Means) -> None:
    """Only an operator on the phone who never worked the case asks how content somebody is."""
    known = desk_queries.find_handler(session, case.id, principal.person_id)
    if known is not None or means is not Means.PHONE:
        raise SatisfactionNotYoursError
