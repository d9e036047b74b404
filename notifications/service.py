"""Use cases of messages: tell a person, send a sign-in code, deliver what was recorded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from core.clock import now
from core.enums import NotificationState
from db import outbox
from db.models import Notification
from db.session import Database
from notifications import queries, rules
from notifications.gateways.base import (
    Gateway,
    GatewayError,
    PermanentGatewayError,
    Sms,
    TemporaryGatewayError,
    UnknownOutcomeError,
)
from notifications.rules import ClaimVerdict
from notifications.templates import TEXTS, Template

DELIVER = "notifications.deliver"
"""Name of the job that calls `deliver`."""
NO_PHONE = "no_phone"
EXPIRED = "expired"

log = structlog.stdlib.get_logger(__name__)


def notify(
    session: Session, *, template: Template, person_id: UUID, key: str, **values: str
) -> None:
    """Tell a person something once per `key`, if and only if this transaction commits.

    A person without a phone gets a row in state `failed` with error `no_phone`, so that somebody
    can tell them in another way; nothing is sent.
    """
    _record(
        session,
        template,
        values,
        person_id=person_id,
        phone=queries.find_phone(session, person_id),
        dedupe_key=f"{template}:{person_id}:{key}",
    )


def notify_number(
    session: Session, *, template: Template, phone: str, key: str, **values: str
) -> None:
    """Tell whoever left a number (E.164) something once per `key`; they have no account."""
    _record(
        session,
        template,
        values,
        person_id=None,
        phone=phone,
        dedupe_key=f"{template}:{key}",
    )


def send_code(session: Session, *, phone: str, code: str, key: str) -> None:
    """Send a sign-in code to a number (E.164), whoever it belongs to."""
    notify_number(session, template=Template.SIGN_IN_CODE, phone=phone, key=key, code=code)


def _record(
    session: Session,
    template: Template,
    values: dict[str, str],
    *,
    person_id: UUID | None,
    phone: str | None,
    dedupe_key: str,
) -> None:
    notification = Notification(
        person_id=person_id,
        phone=phone,
        template=template,
        template_version=TEXTS[template].version,
        body=rules.render(template, values),
        urgency=TEXTS[template].urgency,
        dedupe_key=dedupe_key,
        state=NotificationState.FAILED if phone is None else NotificationState.PENDING,
        error=NO_PHONE if phone is None else None,
    )
    is_new = queries.insert_once(session, notification)
    if is_new and phone is not None:
        outbox.enqueue(
            session,
            DELIVER,
            dedupe_key=f"{DELIVER}:{notification.id}",
            notification_id=str(notification.id),
        )


def deliver(
    database: Database, gateway: Gateway, notification_id: UUID, *, lease: timedelta
) -> bool:
    """Send a recorded message; tell whether nothing is left to do for it.

    No transaction is open while the provider is called: claim, call, record. Calling it again, at
    the same time or after a crash at any point, does not send twice: a claim whose outcome nobody
    recorded within `lease` is looked up at the provider before a resend.
    """
    claim = _claim(database, gateway, notification_id, lease=lease)
    if claim.verdict not in {ClaimVerdict.SEND, ClaimVerdict.LOOK_UP}:
        return claim.verdict is ClaimVerdict.SETTLED
    try:
        reference = _find_earlier(database, gateway, claim) or _send(gateway, claim)
    except PermanentGatewayError as error:
        return _record_failed(database, claim, error.reason)
    except TemporaryGatewayError as error:
        return _release(database, claim, error.reason)
    except UnknownOutcomeError as error:
        log.warning("outcome of sms unknown, to be looked up", reason=error.reason)
        return False
    return _record_sent(database, claim, reference)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a worker may do with one message until its lease ends."""

    verdict: ClaimVerdict
    notification_id: UUID
    claimed_at: datetime
    template: Template
    sms: Sms


def _claim(
    database: Database, gateway: Gateway, notification_id: UUID, *, lease: timedelta
) -> _Claim:
    at = now()
    with database.transaction() as session:
        notification = queries.lock_notification(session, notification_id)
        verdict = rules.judge_claim(
            notification.state, claimed_at=notification.claimed_at, at=at, lease=lease
        )
        claim = _Claim(
            verdict, notification_id, at, Template(notification.template), _sms(notification)
        )
        if verdict in {ClaimVerdict.SEND, ClaimVerdict.LOOK_UP}:
            notification.state = NotificationState.SENDING
            notification.gateway = gateway.name
            notification.claimed_at = at
            notification.attempts += 1
    return claim


def _sms(notification: Notification) -> Sms:
    return Sms(
        reference=str(notification.id),
        phone=notification.phone or "",
        body=notification.body,
        created_at=notification.created_at,
    )


def _find_earlier(database: Database, gateway: Gateway, claim: _Claim) -> str | None:
    """Return the provider's reference if an earlier attempt did reach it."""
    if claim.verdict is not ClaimVerdict.LOOK_UP:
        return None
    try:
        candidates = gateway.find(claim.sms)
    except GatewayError as error:
        raise UnknownOutcomeError(error.reason) from error
    with database.transaction() as session:
        known = queries.list_recorded_references(session, gateway.name, candidates)
    return next((reference for reference in candidates if reference not in known), None)


def _send(gateway: Gateway, claim: _Claim) -> str:
    if rules.is_expired(claim.template, created_at=claim.sms.created_at, at=claim.claimed_at):
        raise PermanentGatewayError(EXPIRED)
    return gateway.send(claim.sms)


def _record_sent(database: Database, claim: _Claim, reference: str) -> bool:
    with database.transaction() as session:
        notification = queries.lock_notification(session, claim.notification_id)
        if rules.is_forward(notification.state, NotificationState.SENT):
            notification.state = NotificationState.SENT
            notification.sent_at = now()
            notification.provider_reference = reference
            notification.error = None
    log.info("sms sent", template=claim.template)
    return True


def _record_failed(database: Database, claim: _Claim, reason: str) -> bool:
    with database.transaction() as session:
        notification = queries.lock_notification(session, claim.notification_id)
        if _is_held(notification, claim):
            notification.state = NotificationState.FAILED
            notification.error = reason
    log.error("sms failed for good", template=claim.template, reason=reason)
    return True


def _release(database: Database, claim: _Claim, reason: str) -> bool:
    """Let the next hand-over try again at once, without asking the provider first."""
    with database.transaction() as session:
        notification = queries.lock_notification(session, claim.notification_id)
        if _is_held(notification, claim):
            notification.claimed_at = None
            notification.error = reason
    log.warning("sms not accepted, to be tried again", template=claim.template, reason=reason)
    return False


def _is_held(notification: Notification, claim: _Claim) -> bool:
    """Tell whether nobody took the message over after our lease ended."""
    return (
        notification.state is NotificationState.SENDING
        and notification.claimed_at == claim.claimed_at
    )
