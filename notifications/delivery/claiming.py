"""Deciding, under lock, which of the messages at hand a worker sends now, later or never."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from core.clock import local_date
from core.enums import NotificationState, Urgency
from db import outbox
from db.models import Notification, SmsSpending
from notifications.delivery import queries
from notifications.delivery.digests import merge_waiting
from notifications.delivery.lattice import ClaimVerdict, judge_claim
from notifications.delivery.limits import QuietHours, compute_slot, is_expired, next_morning
from notifications.gateways.base import Gateway, Sms
from notifications.templates import TEXTS, Template
from notifications.wording import WORTH_SENDING

EXPIRED = "expired"
LONGEST_WAIT = WORTH_SENDING + timedelta(days=1)
"""No message that left within the last day was recorded longer ago."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What a worker sends with, and within which bounds."""

    gateways: tuple[Gateway, ...]
    """In the order in which they are tried."""
    lease: timedelta
    """How long a worker may hold a message before another one looks after it."""
    quiet: QuietHours
    project_daily_segments: int

    @property
    def order(self) -> list[str]:
        """The names of the gateways."""
        return [gateway.name for gateway in self.gateways]

    def find(self, name: str | None) -> Gateway | None:
        """Return the gateway of that name; it may have been taken out of the settings."""
        return next((gateway for gateway in self.gateways if gateway.name == name), None)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message this worker alone may send until its lease ends."""

    notification_id: UUID
    message_id: UUID
    """Of the job in the outbox."""
    verdict: ClaimVerdict
    claimed_at: datetime
    template: Template
    gateway: str
    attempts: int
    sms: Sms

    def is_expired(self, at: datetime) -> bool:
        """Tell whether it helps its reader no more."""
        after = TEXTS[self.template].expires_after
        return is_expired(after, created_at=self.sms.created_at, at=at)


@dataclass(slots=True)
class _Sorted:
    """What is to become of the messages at hand."""

    claims: list[Notification] = field(default_factory=list)
    lookups: set[UUID] = field(default_factory=set)
    done: list[UUID] = field(default_factory=list)
    later: dict[UUID, datetime] = field(default_factory=dict)


def claim(
    session: Session, dispatch: Dispatch, hand_overs: Mapping[UUID, UUID], *, at: datetime
) -> list[Claim]:
    """Claim what may be sent now; settle or put off the rest.

    `hand_overs` maps each message to its job in the outbox. What may have been sent by somebody
    who never told is claimed too, to be looked up. What another worker holds is left to it.
    """
    found = queries.lock_notifications(session, hand_overs.keys())
    sorted_out = _Sorted()
    free = [one for one in found if _is_free(one, sorted_out, dispatch, at)]
    awake = _hold_for_morning(session, free, sorted_out, dispatch, at)
    spaced = _hold_for_number(session, awake, sorted_out, at)
    sorted_out.claims += _hold_for_budget(session, spaced, sorted_out, dispatch, at)
    if sorted_out.done:
        outbox.complete(session, *(hand_overs[one] for one in sorted_out.done))
    for notification_id, until in sorted_out.later.items():
        outbox.put_off(session, until, hand_overs[notification_id])
    codes = {
        gateway.name: queries.list_codes(session, gateway.name)
        for gateway in dispatch.gateways
        if gateway.needs_approval
    }
    for one in sorted_out.claims:
        _take(one, dispatch, at)
    return [_describe(one, sorted_out, hand_overs, codes) for one in sorted_out.claims]


def _is_free(
    notification: Notification, sorted_out: _Sorted, dispatch: Dispatch, at: datetime
) -> bool:
    """Tell whether the message may be sent if nothing holds it back; sort it out otherwise."""
    verdict = judge_claim(
        notification.state, claimed_at=notification.claimed_at, at=at, lease=dispatch.lease
    )
    if verdict is ClaimVerdict.SETTLED:
        sorted_out.done.append(notification.id)
    elif verdict is ClaimVerdict.LOOK_UP:
        sorted_out.lookups.add(notification.id)
        sorted_out.claims.append(notification)
    elif verdict is ClaimVerdict.SEND and _has_expired(notification, at):
        notification.state = NotificationState.FAILED
        notification.error = EXPIRED
        sorted_out.done.append(notification.id)
    else:
        return verdict is ClaimVerdict.SEND
    return False


def _has_expired(notification: Notification, at: datetime) -> bool:
    after = TEXTS[Template(notification.template)].expires_after
    return is_expired(after, created_at=notification.created_at, at=at)


def _hold_for_morning(
    session: Session,
    free: Sequence[Notification],
    sorted_out: _Sorted,
    dispatch: Dispatch,
    at: datetime,
) -> list[Notification]:
    until = dispatch.quiet.end_after(at)
    if until is None:
        return list(free)
    held = [one for one in free if one.urgency is not Urgency.URGENT]
    for person_id in sorted({one.person_id for one in held if one.person_id}):
        queries.lock_person(session, person_id)
    for one in held:
        one.deferred_until = until
        sorted_out.later[one.id] = until
        session.flush()
        if one.state is NotificationState.PENDING:
            merge_waiting(session, one, until=until)
    return [one for one in free if one.urgency is Urgency.URGENT]


def _hold_for_number(
    session: Session, awake: Sequence[Notification], sorted_out: _Sorted, at: datetime
) -> list[Notification]:
    """Keep to what carriers let a number have; codes are counted where they are asked for."""
    counted = {
        one.id: one.phone_index
        for one in awake
        if one.phone_index is not None and one.template != Template.SIGN_IN_CODE
    }
    if not counted:
        return list(awake)
    sent = queries.list_sent_instants(
        session, set(counted.values()), since=at - LONGEST_WAIT, codes=Template.SIGN_IN_CODE
    )
    spaced = []
    for one in awake:
        instants = sent.setdefault(counted[one.id], []) if one.id in counted else []
        if slot := compute_slot(instants, at=at):
            sorted_out.later[one.id] = slot
            continue
        instants.append(at)
        spaced.append(one)
    return spaced


def _hold_for_budget(
    session: Session,
    spaced: Sequence[Notification],
    sorted_out: _Sorted,
    dispatch: Dispatch,
    at: datetime,
) -> list[Notification]:
    """Stop a project's flood: a mistake there must not empty the account of all.

    What an authority and a complainant say to each other is not the project's to pay for.
    """
    today = local_date(at)
    payers = {one.id: one.project_id for one in spaced if one.project_id and not one.county_code}
    spendings = {
        project_id: queries.lock_spending(session, project_id, today, at=at)
        for project_id in sorted(set(payers.values()))
    }
    affordable = []
    for one in spaced:
        spending = spendings[payers[one.id]] if one.id in payers else None
        if spending is None or _spend(spending, one, dispatch.project_daily_segments, at):
            affordable.append(one)
        else:
            sorted_out.later[one.id] = next_morning(at)
    return affordable


def _spend(spending: SmsSpending, notification: Notification, limit: int, at: datetime) -> bool:
    """Count the message unless it must wait; urgent ones and further tries never do."""
    if notification.attempts:
        return True
    is_over = spending.segments + notification.segments > limit
    if is_over and spending.exhausted_at is None:
        spending.exhausted_at = at
        log.error("sms budget of a project used up", project_id=str(spending.project_id))
    if is_over and notification.urgency is not Urgency.URGENT:
        return False
    spending.segments += notification.segments
    return True


def _take(notification: Notification, dispatch: Dispatch, at: datetime) -> None:
    notification.state = NotificationState.SENDING
    if notification.gateway is None:
        notification.gateway = dispatch.order[0]
    notification.claimed_at = at
    notification.attempts += 1


def _describe(
    notification: Notification,
    sorted_out: _Sorted,
    hand_overs: Mapping[UUID, UUID],
    codes: Mapping[str, Mapping[tuple[str, int, str], str]],
) -> Claim:
    gateway = notification.gateway or ""
    text = (notification.template, notification.template_version, notification.language)
    is_lookup = notification.id in sorted_out.lookups
    return Claim(
        notification_id=notification.id,
        message_id=hand_overs[notification.id],
        verdict=ClaimVerdict.LOOK_UP if is_lookup else ClaimVerdict.SEND,
        claimed_at=notification.claimed_at or notification.created_at,
        template=Template(notification.template),
        gateway=gateway,
        attempts=notification.attempts,
        sms=Sms(
            reference=str(notification.id),
            phone=notification.phone or "",
            body=notification.body,
            created_at=notification.created_at,
            provider_template=codes.get(gateway, {}).get(text),
            parameters=json.loads(notification.parameters or "{}"),
        ),
    )
