"""Which phone holds a worker's keys, and moving them to another, which ends the one before."""

from datetime import datetime
from uuid import UUID

import structlog
from limits import parse
from redis import Redis, RedisError
from sqlmodel import Session

from core.keyring import Keyring
from db.models import WorkerCode, WorkerPhone
from db.throttle import count_try
from identity import audit
from identity.principal import Principal
from identity.queries import is_signed_in
from notifications.service import notify
from notifications.templates import Template
from qr import queries
from qr.errors import AnotherPhoneError, PhoneMovedTooOftenError
from qr.service import CodeKit, get_code_kit, issue_worker_code

MOVES = parse("10/day")
PURPOSE = "code-kit-move"

log = structlog.get_logger(__name__)


def take_code_kit(
    session: Session, keyring: Keyring, *, principal: Principal, at: datetime
) -> CodeKit:
    """Return the keys to the phone that holds them, or to the first one that asks.

    A phone that has signed out holds them no longer: they move, and what it kept is dead. Raises
    AnotherPhoneError while another phone is signed in with them; `move_code_kit` settles that.
    """
    worker_code = _lock_code(session, principal.person_id)
    holding = _find_holding(session, worker_code)
    if holding is None:
        _give(session, worker_code, principal)
    elif holding.sign_in_family_id != principal.sign_in_family_id:
        if is_signed_in(session, holding.sign_in_family_id, at=at):
            raise AnotherPhoneError(taken_at=holding.created_at.isoformat())
        _move(session, worker_code, principal)
    return get_code_kit(session, keyring, person_id=principal.person_id, at=at)


def move_code_kit(
    session: Session, valkey: Redis, keyring: Keyring, *, principal: Principal, at: datetime
) -> CodeKit:
    """Give the keys to this phone; the codes of the one before are refused from now on.

    The worker is told when it was, by text message. Repeating on the same phone changes nothing.
    Raises PhoneMovedTooOftenError.
    """
    worker_code = _lock_code(session, principal.person_id)
    holding = _find_holding(session, worker_code)
    if holding is None or holding.sign_in_family_id != principal.sign_in_family_id:
        _count_move(valkey, principal.person_id)
        _move(session, worker_code, principal)
        _tell(session, worker_code, principal, at)
    return get_code_kit(session, keyring, person_id=principal.person_id, at=at)


def find_other_phone(session: Session, *, principal: Principal, at: datetime) -> WorkerPhone | None:
    """Return the phone that holds the caller's keys if it is another one and signed in."""
    holding = queries.find_holding_phone(session, principal.person_id)
    if holding is None or holding.sign_in_family_id == principal.sign_in_family_id:
        return None
    return holding if is_signed_in(session, holding.sign_in_family_id, at=at) else None


def _lock_code(session: Session, person_id: UUID) -> WorkerCode:
    worker_code = issue_worker_code(session, person_id=person_id)
    queries.lock_worker_code(session, worker_code)
    return worker_code


def _find_holding(session: Session, worker_code: WorkerCode) -> WorkerPhone | None:
    return queries.find_holding_phone(session, worker_code.person_id)


def _move(session: Session, worker_code: WorkerCode, principal: Principal) -> None:
    worker_code.key_generation += 1
    _give(session, worker_code, principal)


def _give(session: Session, worker_code: WorkerCode, principal: Principal) -> None:
    session.add(
        WorkerPhone(
            person_id=worker_code.person_id,
            key_generation=worker_code.key_generation,
            sign_in_family_id=principal.sign_in_family_id,
        )
    )
    session.flush()


def _count_move(valkey: Redis, person_id: UUID) -> None:
    try:
        wait = count_try(valkey, [MOVES], PURPOSE, str(person_id))
    except RedisError as error:
        # Whoever lost a phone must be able to end its codes now.
        log.warning("phone_moved_without_valkey", error=type(error).__name__)
        return
    if wait:
        raise PhoneMovedTooOftenError(retry_after=wait)


def _tell(session: Session, worker_code: WorkerCode, principal: Principal, at: datetime) -> None:
    notify(
        session,
        template=Template.PHONE_CHANGED,
        person_id=worker_code.person_id,
        key=str(worker_code.key_generation),
        moment=at.isoformat(),
    )
    audit.record(
        session,
        actor=principal,
        action="worker_code.moved",
        subject_kind="person",
        subject_id=worker_code.person_id,
        reason="工人确认换到这部手机",
        key_generation=str(worker_code.key_generation),
    )
