"""What comes back: delivery reports, which move messages forward, and replies of people."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlmodel import Session

from core.enums import NotificationState, NumberTrouble
from db import outbox
from db.models import DeliveryReport, Notification
from db.session import blind_index
from notifications.delivery import queries
from notifications.delivery.lattice import can_fail, climb, join
from notifications.delivery.limits import is_expired
from notifications.gateways.base import Reply, Report
from notifications.gateways.faults import TROUBLES, Fault, find_known
from notifications.service import DELIVER, PHONE, make_work
from notifications.templates import TEXTS, Template

PUNCTUATION = re.compile(r"[\s，。！,.!【】]+")
REFUSALS = frozenset({"T", "TD", "退订"})
"""What Chinese carriers have people write to be left alone (通信短信息服务管理规定)."""
WRONG_PERSON = frozenset({"不是本人", "不是我", "打错了", "换号了", "发错了"})

log = structlog.stdlib.get_logger(__name__)


def take_report(
    session: Session, gateway: str, report: Report, *, order: Sequence[str], at: datetime
) -> None:
    """Keep a genuine report and move its message forward, whatever was reported before.

    Reports come late, twice, out of order, before the answer to the request they are about, and
    about messages that are not ours. `order` names the gateways that may try next.
    """
    notification = _find_message(session, gateway, report)
    kept = DeliveryReport(
        notification_id=notification.id if notification else None,
        gateway=gateway,
        provider_reference=report.provider_reference,
        state=report.state,
        error=report.error,
    )
    had_failed = queries.has_failed(session, gateway, report.provider_reference)
    if not queries.insert_report(session, kept):
        return
    if notification is None:
        log.warning("report about a message nobody here sent", gateway=gateway)
        return
    lacks_a_part = had_failed and notification.segments > 1
    if _is_about_current_try(notification, gateway, report, had_failed=had_failed):
        _learn_reference(session, notification, report)
        _apply(session, notification, report, order=order, at=at, lacks_a_part=lacks_a_part)
    elif report.state is NotificationState.DELIVERED and not lacks_a_part:
        # An earlier try got through after all.
        _arrive(notification, at)


def take_reply(session: Session, reply: Reply, *, at: datetime) -> None:
    """Act on what somebody wrote back, if it is one of the words people are told to write."""
    word = PUNCTUATION.sub("", reply.text).upper()
    phone_index = blind_index(session, PHONE, reply.phone)
    if word in REFUSALS:
        queries.upsert_number(session, phone_index, at=at, opted_out_at=at)
    elif word in WRONG_PERSON:
        trouble = NumberTrouble.RECYCLED
        queries.upsert_number(session, phone_index, at=at, trouble=trouble, trouble_at=at)
        queries.fail_pending(session, phone_index, reason=f"number_{trouble.value}")


def _find_message(session: Session, gateway: str, report: Report) -> Notification | None:
    notification_id = _parse_id(report.reference) or queries.find_by_provider(
        session, gateway, report.provider_reference
    )
    return queries.lock_known(session, notification_id) if notification_id else None


def _parse_id(reference: str | None) -> UUID | None:
    try:
        return UUID(reference)
    except (TypeError, ValueError):
        return None


def _is_about_current_try(
    notification: Notification, gateway: str, report: Report, *, had_failed: bool
) -> bool:
    if notification.gateway != gateway:
        return False
    known = notification.provider_reference
    if known is None:  # the report has overtaken the answer, or the answer was lost
        return not had_failed and notification.claimed_at is not None
    return known in {report.provider_reference, f"out:{notification.id}"}


def _learn_reference(session: Session, notification: Notification, report: Report) -> None:
    reference = report.provider_reference
    if notification.provider_reference == reference:
        return
    if queries.find_by_provider(session, notification.gateway or "", reference) is None:
        notification.provider_reference = reference


def _apply(
    session: Session,
    notification: Notification,
    report: Report,
    *,
    order: Sequence[str],
    at: datetime,
    lacks_a_part: bool,
) -> None:
    if report.state is NotificationState.FAILED:
        if can_fail(notification.state, segments=notification.segments):
            _fail(session, notification, report, order=order, at=at)
    elif report.state is NotificationState.DELIVERED and not lacks_a_part:
        # Even if we had given it up without hearing from the provider.
        _arrive(notification, at)
    else:
        notification.state = join(notification.state, report.state)
        notification.sent_at = notification.sent_at or at


def _arrive(notification: Notification, at: datetime) -> None:
    notification.state = NotificationState.DELIVERED
    notification.sent_at = notification.sent_at or at
    notification.delivered_at = at
    notification.error = None


def _fail(
    session: Session,
    notification: Notification,
    report: Report,
    *,
    order: Sequence[str],
    at: datetime,
) -> None:
    """Go up the ladder: the next gateway, one more try, or somebody who tells the person."""
    gateway = notification.gateway or ""
    fault, words = find_known(gateway, report.error)
    notification.error = f"{gateway}-{report.error} {words}"
    trouble = TROUBLES.get(fault)
    if trouble is not None and notification.phone_index is not None:
        queries.upsert_number(
            session, notification.phone_index, at=at, trouble=trouble, trouble_at=at
        )
    is_hopeless = trouble is not None or fault is Fault.NUMBER or _is_too_late(notification, at)
    rung = climb(order, gateway, rung=notification.rung, may_pass=fault is Fault.LATER)
    if is_hopeless or rung is None:
        notification.state = NotificationState.FAILED
        return
    notification.state = NotificationState.PENDING
    notification.rung += 1
    notification.gateway = rung.gateway
    notification.claimed_at = None
    notification.attempts = 0
    notification.provider_reference = None
    outbox.enqueue_many(session, DELIVER, [make_work(notification)], due_at=at + rung.wait)


def _is_too_late(notification: Notification, at: datetime) -> bool:
    after = TEXTS[Template(notification.template)].expires_after
    return is_expired(after, created_at=notification.created_at, at=at)
