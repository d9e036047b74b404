"""Confirming without a phone: card and PIN at a kiosk, and a witness who gains nothing by it.

The kiosk shows a code; a witness types it on their own phone and says that they stand beside the
worker; then the worker confirms. A witness alone, or a card alone, confirms nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from limits import parse
from redis import Redis
from sqlmodel import Session

from core.enums import PayslipAnswerState, Role
from db.base import new_id
from db.models import Payslip, WitnessRequest, WitnessStatement
from db.session import blind_index
from db.throttle import count_try
from identity import audit
from identity.codes import new_code
from identity.principal import Principal
from payroll import assisted_queries as queries
from payroll import rules
from payroll.assisted_errors import (
    AlreadyWitnessedError,
    KioskRequiredError,
    NotAWitnessError,
    WitnessCodeWrongError,
    WitnessMissingError,
    WitnessThrottledError,
)
from payroll.assisted_queries import AskedWitness
from payroll.errors import PayslipChangedError
from payroll.queries import get_own_payslip

LIFETIME = timedelta(minutes=10)
"""As long as a sign-in at a kiosk, on each of its screens and not beyond it: whoever leaves without
confirming may have meant it, and then card and PIN in another's hands must not do it for them."""
CODE = "witness_request.code"
CODES_TRIED = parse("10/10 minutes")
WITNESSES = frozenset({Role.WORKER, Role.INSPECTOR, Role.AUDITOR})
"""Whoever signs in to pay, or to appoint those who pay, does not witness."""
AGREEABLE = (*rules.ANSWERABLE, PayslipAnswerState.DISPUTED)
"""Of a dispute only once it was replied to; `payroll.answers` decides."""


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What the kiosk shows; the code is kept nowhere else."""

    request: WitnessRequest
    code: str


@dataclass(frozen=True, slots=True)
class WitnessFacts:
    """What speaks against a witness."""

    role: Role
    is_assisted: bool
    is_worker: bool
    """It is the worker who is to be witnessed."""
    pays: bool
    """Is or was labour manager here, or acts for a company on the project."""
    leads: bool
    """Leads a team on the project."""
    is_crew_mate: bool
    shares_number: bool
    """Signs in with the phone of the worker or of somebody who pays."""


def request_witness(
    session: Session, *, principal: Principal, payslip_id: UUID, content_hash: str, at: datetime
) -> ShownCode:
    """Ask for a witness of the worker's answer to exactly what the kiosk shows.

    Raises KioskRequiredError on a phone, PayslipNotFoundError, PayslipChangedError,
    PayslipAnsweredError.
    """
    payslip = get_own_payslip(session, payslip_id=payslip_id, person_id=principal.person_id)
    if principal.kiosk_id is None:
        raise KioskRequiredError
    is_as_shown = payslip.is_current and payslip.content_hash == content_hash
    if not is_as_shown or payslip.answer_state not in AGREEABLE:
        raise rules.judge_refusal(is_as_shown=is_as_shown)
    code = _choose_code(session, at)
    request = WitnessRequest(
        created_at=at,
        project_id=payslip.project_id,
        payslip_id=payslip.id,
        person_id=payslip.person_id,
        kiosk_id=principal.kiosk_id,
        sign_in_family_id=principal.sign_in_family_id,
        content_hash=content_hash,
        code_index=blind_index(session, CODE, code),
        expires_at=at + LIFETIME,
    )
    session.add(request)
    session.flush()
    return ShownCode(request, code)


def look_at_request(
    session: Session, valkey: Redis, *, principal: Principal, code: str, at: datetime
) -> AskedWitness:
    """Return whom a witness is to stand beside, without any amount.

    Raises WitnessThrottledError, WitnessCodeWrongError, NotAWitnessError.
    """
    if wait := count_try(valkey, [CODES_TRIED], "payroll", "witness", str(principal.person_id)):
        raise WitnessThrottledError(retry_after=wait)
    asked = queries.get_open_request(session, blind_index(session, CODE, code), at=at)
    check_witness(_gather(session, principal, asked))
    return asked


def state_presence(
    session: Session,
    valkey: Redis,
    *,
    principal: Principal,
    request_id: UUID,
    code: str,
    at: datetime,
) -> AskedWitness:
    """Record that the witness stands beside the worker, who reads it and decides alone.

    Confirms nothing. Raises what `look_at_request` raises, PayslipChangedError where the payslip
    is no longer what the kiosk shows, AlreadyWitnessedError.
    """
    asked = look_at_request(session, valkey, principal=principal, code=code, at=at)
    if asked.request.id != request_id:
        raise WitnessCodeWrongError
    if not asked.payslip.is_current or asked.payslip.content_hash != asked.request.content_hash:
        raise PayslipChangedError
    statement = WitnessStatement(
        id=new_id(),
        created_at=at,
        project_id=asked.request.project_id,
        request_id=request_id,
        witness_id=principal.person_id,
        witness_role=principal.role,
        sign_in_family_id=principal.sign_in_family_id,
        content_hash=asked.request.content_hash,
    )
    if not queries.add_statement(session, statement):
        raise AlreadyWitnessedError
    audit.record(
        session,
        actor=principal,
        action="payroll.answer-witnessed",
        subject_kind="payslip",
        subject_id=asked.payslip.id,
        reason="在场见证工人本人核对工资条",
        request_id=str(request_id),
    )
    return asked


def get_statement(
    session: Session, *, principal: Principal, payslip_id: UUID, content_hash: str, at: datetime
) -> WitnessStatement | None:
    """Return who stands beside a worker about to confirm; None on their own phone.

    WitnessMissingError at a kiosk where nobody does.
    """
    if not principal.is_assisted:
        return None
    statement = queries.find_statement(
        session,
        payslip_id=payslip_id,
        family_id=principal.sign_in_family_id,
        content_hash=content_hash,
        at=at,
    )
    if statement is None:
        raise WitnessMissingError
    return statement


def find_standing(
    session: Session, *, principal: Principal, payslip: Payslip, at: datetime
) -> datetime | None:
    """Return until when the worker at this kiosk may confirm; None before a witness stands by."""
    statement = queries.find_statement(
        session,
        payslip_id=payslip.id,
        family_id=principal.sign_in_family_id,
        content_hash=payslip.content_hash,
        at=at,
    )
    if statement is None:
        return None
    return session.get_one(WitnessRequest, statement.request_id).expires_at


def check_witness(facts: WitnessFacts) -> None:
    """Refuse a witness who might gain by the answer, or who is not there as themselves."""
    if facts.role not in WITNESSES or facts.is_assisted or facts.is_worker:
        raise NotAWitnessError
    if facts.pays or facts.leads or facts.is_crew_mate or facts.shares_number:
        raise NotAWitnessError


def _gather(session: Session, principal: Principal, asked: AskedWitness) -> WitnessFacts:
    project_id, worker_id = asked.request.project_id, asked.worker.id
    places = queries.list_places(session, project_id, (principal.person_id, worker_id))
    own, workers = places.get(principal.person_id), places[worker_id]
    return WitnessFacts(
        role=principal.role,
        is_assisted=principal.is_assisted,
        is_worker=principal.person_id == worker_id,
        pays=queries.pays_or_paid(session, principal.person_id, project_id),
        leads=own is not None and own.is_team_leader,
        is_crew_mate=own is not None and own.team_id == workers.team_id,
        shares_number=queries.shares_number(session, principal.person_id, project_id, worker_id),
    )


def _choose_code(session: Session, at: datetime) -> str:
    """Return a code that no kiosk shows right now."""
    while True:
        code = new_code()
        if not queries.is_code_open(session, blind_index(session, CODE, code), at=at):
            return code
