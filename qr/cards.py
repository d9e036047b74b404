"""Printed cards: issued, replaced, revoked, listed; their secrets exist in one answer only.

The platform keeps the hash of a card and of its PIN. Whoever prints the letter may have read the
PIN in it, so that PIN is good for one thing: choosing another one at a kiosk (`qr.card_pins`).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.clock import local_date
from core.pins import PINS, format_pin, hash_pin
from db.models import WorkerCard
from identity import audit
from identity.principal import Principal
from notifications.service import notify
from notifications.templates import Template
from projects.queries import get_team
from qr import card_queries as queries
from qr import code
from qr.card_queries import Holder
from qr.errors import CardExistsError, HolderLeftError, WorkerNotFoundError
from qr.service import issue_worker_code

LARGEST_BATCH = 200
"""Cards of one batch: ten seconds of hashing and printing, and a thick pile of paper."""
FIRST_CARD = "首次制卡"
REPORTED_LOST = "本人挂失"


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """A new card with its secrets in clear: to be shown or printed at once, and forgotten."""

    card: WorkerCard
    holder: Holder
    code: str = field(repr=False)
    """The 24 characters of AX2."""
    pin: str = field(repr=False)


def issue_card(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    worker_id: UUID,
    replace_because: str | None,
    at: datetime,
) -> IssuedCard:
    """Make a worker's card; a reason to replace the one they have revokes that one.

    Raises WorkerNotFoundError, HolderLeftError; CardExistsError when there is a good card and no
    reason to replace it.
    """
    (issued,) = issue_cards(
        session,
        principal=principal,
        project_id=project_id,
        worker_ids=[worker_id],
        replace_because=replace_because,
        at=at,
    )
    return issued


def issue_team_cards(
    session: Session, *, principal: Principal, project_id: UUID, team_id: UUID, at: datetime
) -> list[IssuedCard]:
    """Make cards for up to 200 of the team who have none; TeamNotFoundError."""
    team = get_team(session, project_id=project_id, team_id=team_id)
    worker_ids = queries.list_without_card(
        session, team_id=team.id, on=local_date(at), limit=LARGEST_BATCH
    )
    holders = queries.lock_holders(session, project_id=project_id, worker_ids=worker_ids)
    return [
        _issue(session, principal, holder, FIRST_CARD)
        for holder in holders
        if queries.find_good_card(session, holder.person.id) is None  # another batch was first
    ]


def issue_cards(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    worker_ids: Sequence[UUID],
    replace_because: str | None,
    at: datetime,
) -> list[IssuedCard]:
    """Make cards for these workers, all or none; refuses as `issue_card`."""
    holders = queries.lock_holders(session, project_id=project_id, worker_ids=worker_ids)
    if len(holders) != len(set(worker_ids)):
        raise WorkerNotFoundError
    for holder in holders:
        _check_present(holder, at)
        _make_way(session, principal, holder, replace_because, at)
    reason = replace_because or FIRST_CARD
    return [_issue(session, principal, holder, reason) for holder in holders]


def revoke_card(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    card_id: UUID,
    reason: str,
    at: datetime,
) -> WorkerCard:
    """End a card of somebody on the manager's project; repeating changes nothing.

    Gates that are online refuse it at once, the others from their next sync on. Raises
    CardNotFoundError.
    """
    card, _ = queries.lock_project_card(
        session, project_id=project_id, card_id=card_id, on=local_date(at)
    )
    return _revoke(session, principal, card, reason, at)


def revoke_my_card(
    session: Session, *, principal: Principal, card_id: UUID, at: datetime
) -> WorkerCard:
    """End one's own lost card; repeating changes nothing. Raises CardNotFoundError."""
    card = queries.lock_own_card(session, person_id=principal.person_id, card_id=card_id)
    return _revoke(session, principal, card, REPORTED_LOST, at)


def list_worker_cards(session: Session, *, project_id: UUID, worker_id: UUID) -> list[WorkerCard]:
    """Return the cards of a worker of the project, newest first; WorkerNotFoundError."""
    person_id = queries.find_worker_person(session, project_id=project_id, worker_id=worker_id)
    if person_id is None:
        raise WorkerNotFoundError
    return queries.list_cards(session, person_id)


def number_of(card: WorkerCard) -> str:
    """Return the label that stands on a card, to speak of it; it opens nothing."""
    label = card.id.hex[-8:].upper()
    return f"{label[:4]}-{label[4:]}"


def new_pin() -> str:
    """Return a random PIN for a letter."""
    return format_pin(secrets.randbelow(PINS))


def _check_present(holder: Holder, at: datetime) -> None:
    left_date = holder.place.left_date
    if left_date is not None and left_date < local_date(at):
        raise HolderLeftError


def _make_way(
    session: Session, principal: Principal, holder: Holder, reason: str | None, at: datetime
) -> None:
    earlier = queries.find_good_card(session, holder.person.id)
    if earlier is None:
        return
    if reason is None:
        raise CardExistsError
    _revoke(session, principal, earlier, reason, at)
    session.flush()  # the index allows one good card a person


def _issue(session: Session, principal: Principal, holder: Holder, reason: str) -> IssuedCard:
    person_id = holder.person.id
    issue_worker_code(session, person_id=person_id)  # gates know a card by whose code it stands for
    secret, pin = secrets.token_bytes(code.CARD_SECRET_BYTES), new_pin()
    card = WorkerCard(person_id=person_id, digest=code.card_digest(secret), pin_hash=hash_pin(pin))
    session.add(card)
    note(session, principal, card, "card.issue", reason)
    notify(session, template=Template.CARD_ISSUED, person_id=person_id, key=str(card.id))
    return IssuedCard(card, holder, code.encode_card(secret), pin)


def _revoke(
    session: Session, principal: Principal, card: WorkerCard, reason: str, at: datetime
) -> WorkerCard:
    if card.revoked_at is None:
        card.revoked_at, card.revoke_reason = at, reason
        note(session, principal, card, "card.revoke", reason)
        notify(session, template=Template.CARD_REVOKED, person_id=card.person_id, key=str(card.id))
    return card


def note(
    session: Session, principal: Principal, card: WorkerCard, action: str, reason: str
) -> None:
    """Write down who did what to a card."""
    audit.record(
        session,
        actor=principal,
        action=action,
        subject_kind="person",
        subject_id=card.person_id,
        reason=reason,
        card_id=str(card.id),
    )
