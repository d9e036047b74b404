"""The job of a worker: claim messages, call the gateway, record what came of it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.clock import now
from core.enums import NumberTrouble
from db import outbox
from db.session import Database
from notifications.delivery import queries
from notifications.delivery.claiming import EXPIRED, Claim, Dispatch, claim
from notifications.delivery.lattice import TRIES_BEFORE_SWITCH, ClaimVerdict, choose_next
from notifications.gateways.base import (
    Gateway,
    GatewayError,
    PermanentGatewayError,
    RefusedHereError,
    TemporaryGatewayError,
    UnknownOutcomeError,
)

OUTCOME_UNKNOWN = "outcome_unknown"

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """A gateway took the message."""

    claim: Claim
    reference: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No gateway ever will."""

    claim: Claim
    reason: str
    trouble: NumberTrouble | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """It was certainly not taken and may be tried again: at once, or at the next hand-over."""

    claim: Claim
    reason: str | None
    gateway: str
    is_at_once: bool


Outcome = Sent | Failed | Released | None
"""None: nobody knows, so the claim stands and the message is looked up after its lease."""


def deliver(database: Database, dispatch: Dispatch, hand_overs: Mapping[UUID, UUID]) -> None:
    """Send recorded messages; `hand_overs` maps each to its job in the outbox.

    No transaction is open while a provider is called: claim, call, record. Calling it again, at
    the same time or after a crash at any point, does not send twice: a claim whose outcome nobody
    recorded within the lease is looked up at the provider before a resend. Jobs with nothing left
    to do are completed.
    """
    with database.transaction() as session:
        claims = claim(session, dispatch, hand_overs, at=now())
    outcomes: list[Outcome] = []
    for number, one in enumerate(claims):
        # Slow calls for the messages before it may have eaten the lease: somebody starts afresh.
        is_late = number > 0 and now() > one.claimed_at + dispatch.lease / 2
        outcomes.append(_postpone(one) if is_late else _try(database, dispatch, one))
    _record_all(database, [outcome for outcome in outcomes if outcome is not None])


def _postpone(held: Claim) -> Outcome:
    is_untried = held.verdict is ClaimVerdict.SEND
    return Released(held, None, held.gateway, is_at_once=True) if is_untried else None


def _try(database: Database, dispatch: Dispatch, held: Claim) -> Outcome:
    at = now()
    try:
        reference = _hand_to_gateway(database, dispatch.find(held.gateway), held)
    except UnknownOutcomeError as error:
        log.warning("outcome of sms unknown, to be looked up", reason=error.reason)
        return Failed(held, OUTCOME_UNKNOWN) if held.is_expired(at) else None
    except GatewayError as error:
        return _judge_refusal(dispatch, held, error)
    return Sent(held, reference)


def _hand_to_gateway(database: Database, gateway: Gateway | None, held: Claim) -> str:
    if held.verdict is ClaimVerdict.LOOK_UP:
        if gateway is None:
            raise UnknownOutcomeError("gateway_gone")
        if earlier := _find_earlier(database, gateway, held):
            return earlier
        if held.is_expired(held.claimed_at):
            raise PermanentGatewayError(EXPIRED)
    if gateway is None:
        raise TemporaryGatewayError("gateway_gone", is_gateway_out=True)
    return gateway.send(held.sms)


def _find_earlier(database: Database, gateway: Gateway, held: Claim) -> str | None:
    """Return the provider's reference if an earlier attempt did reach it."""
    try:
        candidates = gateway.find(held.sms)
    except GatewayError as error:
        raise UnknownOutcomeError(error.reason) from error
    with database.transaction() as session:
        known = queries.list_recorded_references(session, gateway.name, candidates)
    return next((reference for reference in candidates if reference not in known), None)


def _judge_refusal(dispatch: Dispatch, held: Claim, error: GatewayError) -> Failed | Released:
    """Give up, go on to the next gateway at once, or wait for the next hand-over."""
    if isinstance(error, PermanentGatewayError):
        return Failed(held, error.reason, error.trouble)
    following = choose_next(dispatch.order, held.gateway)
    if isinstance(error, RefusedHereError):
        if following is None:
            return Failed(held, error.reason)
        return Released(held, error.reason, following, is_at_once=True)
    is_out = isinstance(error, TemporaryGatewayError) and error.is_gateway_out
    if not is_out and held.attempts < TRIES_BEFORE_SWITCH:
        return Released(held, error.reason, held.gateway, is_at_once=False)
    # After the last gateway the first one has its turn again, when the pause is over.
    gateway = following or dispatch.order[0]
    return Released(held, error.reason, gateway, is_at_once=following is not None)


def _record_all(database: Database, outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        return
    try:
        with database.transaction() as session:
            _record(session, outcomes, at=now())
    except IntegrityError:
        # Two look-ups took the same message of a provider's for theirs: whoever was second finds
        # it taken at the next look-up. The others are recorded one by one.
        for outcome in outcomes:
            with suppress(IntegrityError), database.transaction() as session:
                _record(session, [outcome], at=now())


def _record(session: Session, outcomes: Sequence[Outcome], *, at: datetime) -> None:
    sent = [outcome for outcome in outcomes if isinstance(outcome, Sent)]
    if sent:
        references = {outcome.claim.notification_id: outcome.reference for outcome in sent}
        queries.record_sent(session, references, at=at)
        outbox.complete(session, *(outcome.claim.message_id for outcome in sent))
        log.info("sms sent", count=len(sent))
    for outcome in outcomes:
        if isinstance(outcome, Failed):
            _record_failed(session, outcome, at=at)
        elif isinstance(outcome, Released):
            _record_released(session, outcome, at=at)


def _record_failed(session: Session, failed: Failed, *, at: datetime) -> None:
    held = failed.claim
    phone_index = queries.fail_held(
        session, held.notification_id, claimed_at=held.claimed_at, reason=failed.reason
    )
    if phone_index is None:
        return  # somebody took it over after our lease
    outbox.complete(session, held.message_id)
    if failed.trouble is not None:
        queries.upsert_number(session, phone_index, at=at, trouble=failed.trouble, trouble_at=at)
    log.error("sms failed for good", template=held.template, reason=failed.reason)


def _record_released(session: Session, released: Released, *, at: datetime) -> None:
    held = released.claim
    queries.release_held(
        session,
        held.notification_id,
        claimed_at=held.claimed_at,
        reason=released.reason,
        gateway=released.gateway,
    )
    if released.is_at_once:
        outbox.put_off(session, at, held.message_id)
    if released.reason is not None:
        log.warning("sms not accepted", template=held.template, reason=released.reason)
