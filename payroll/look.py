"""Looking at somebody's code without a gate: a supervisor, an inspector, a passer-by."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from limits import parse
from redis import Redis, RedisError
from sqlmodel import Session

from attendance import rules
from attendance.judgement import Finders, Judgement, Scan, ShownWorker, judge_scan
from attendance.roster_queries import find_code_holder, find_held_card
from core.clock import local_date
from core.enums import CheckInMethod, Direction, ScanReason, Tone
from core.keyring import Keyring
from db.models import Device, Person
from db.throttle import count_try
from identity import audit
from identity.principal import Principal
from identity.queries import find_workers_photo, get_person
from payroll import look_queries
from payroll.errors import CodeNotProvedError, LooksThrottledError, NotInCountyError
from payroll.look_queries import CountyEngagement
from payroll.severity import WageStatus
from payroll.status import get_wage_status
from qr.looking import identify
from qr.tag_keys import TagKeys

LOOKS = parse("60/minute")
PURPOSE = "code-look"
MAY_ENTER = "码有效，可以在本工地干活"
MAY_ENTER_IF_HOLDER = f"{MAY_ENTER}，请核对本人"
"""Of a printed card: it is good for whoever holds it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SupervisorView:
    """What a supervisor on the site may know of who shows a code."""

    reason: ScanReason
    tone: Tone
    say: str
    worker: ShownWorker | None
    photo: str | None
    """JPEG, base64."""


@dataclass(frozen=True, slots=True)
class InspectorView:
    """What an inspector of the county may know of who shows a code."""

    person: Person
    engagements: list[CountyEngagement]
    wages: WageStatus


def look_at_code(
    session: Session, valkey: Redis, keyring: Keyring, *, text: str, caller: str, at: datetime
) -> bool:
    """Tell anybody whether this is a valid 安薪码, and nothing else.

    `caller` is the network address whose looks are counted; LooksThrottledError above a limit.
    """
    try:
        wait = count_try(valkey, [LOOKS], PURPOSE, caller)
    except RedisError as error:
        log.warning("look_without_valkey", error=type(error).__name__)
        wait = 0
    if wait:
        raise LooksThrottledError(retry_after=wait)
    return identify(session, keyring, text=text, at=at)[0] is ScanReason.OK


def look_at_worker(
    session: Session, keyring: Keyring, *, device: Device, text: str, at: datetime
) -> SupervisorView:
    """Say whether somebody may be on the device's project, and who it is if their code proves it.

    It is no crossing: nothing is recorded, and the code still opens a gate.
    """
    scan = Scan(
        project_id=device.project_id,
        device_id=device.id,
        code=text,
        direction=Direction.IN,
        nonce="",
        scanned_at=at,
        received_at=at,
    )
    find = Finders(
        lambda ref: find_code_holder(session, device.project_id, ref),
        lambda digest: find_held_card(session, device.project_id, digest),
    )
    judgement = judge_scan(scan, find, TagKeys(keyring))
    tone, say = _choose_words(judgement)
    owner = judgement.owner if judgement.reason in rules.PROVED else None
    worker_id = owner.holder.project_worker_id if owner else None
    photo = find_workers_photo(session, worker_id) if worker_id else None
    return SupervisorView(
        reason=judgement.reason,
        tone=tone,
        say=say,
        worker=owner.shown if owner else None,
        photo=photo.image if photo else None,
    )


def _choose_words(judgement: Judgement) -> tuple[Tone, str]:
    if judgement.reason is not ScanReason.OK:
        return rules.choose_words(judgement.reason, Direction.IN)
    if judgement.method is CheckInMethod.CARD_CODE:
        return Tone.NOTICE, MAY_ENTER_IF_HOLDER
    return Tone.WELCOME, MAY_ENTER


def inspect_worker(
    session: Session, keyring: Keyring, *, principal: Principal, text: str, at: datetime
) -> InspectorView:
    """Show an inspector who shows a code, where they work in the county, and their wage status.

    The look is recorded. Raises CodeNotProvedError, NotInCountyError.
    """
    reason, person_id = identify(session, keyring, text=text, at=at)
    if person_id is None:
        raise CodeNotProvedError(reason=reason.value, say=rules.SAYINGS[reason][1])
    engagements = look_queries.list_engagements(
        session, person_id, county_code=principal.county_code, on=local_date(at)
    )
    if not engagements:
        raise NotInCountyError
    audit.record(
        session,
        actor=principal,
        action="person.inspected",
        subject_kind="person",
        subject_id=person_id,
        reason="扫码检查",
    )
    return InspectorView(
        person=get_person(session, person_id),
        engagements=engagements,
        wages=get_wage_status(session, person_id=person_id, at=at),
    )
