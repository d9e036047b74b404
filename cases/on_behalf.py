"""What officials write down of a complainant's word: who called or came, and who wrote it."""

from collections.abc import Sequence
from datetime import datetime

from redis import Redis
from sqlmodel import Session

from cases import by_pin, desk, handlers, service
from cases.errors import NoteRequiredError, PinRequiredError
from cases.step import Form
from cases.throttle import Door
from cases.timeline import Timeline
from core.case_enums import CaseAction, Means
from db.models import Case, Complaint
from identity import audit
from identity.principal import Principal

ACTED = "cases.acted-for-somebody"


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

    With the PIN from any division, without it in the caller's own. What gives something up takes
    the PIN on the phone, and at the window a note of how the person was known. Raises
    CaseNotFoundError, ConflictOfInterestError, WrongNumberOrPinError, LookupThrottledError,
    LookupUnavailableError, PinRequiredError, NoteRequiredError, StagedFileNotFoundError and the
    refusals of the step.
    """
    complaint, case = _find(session, valkey, principal, number, pin)
    handlers.check_unbiased(session, case, complaint, principal.person_id)
    if action in by_pin.ENDING and pin is None:
        _check_known(means, form)
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
    return service.tell_story(session, complaint, case)


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


def _check_known(means: Means, form: Form) -> None:
    if means is Means.PHONE:
        raise PinRequiredError
    if not form.note:
        raise NoteRequiredError
