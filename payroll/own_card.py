"""Use cases of the worker's own card: only the worker names where the wages go (条例 §31)."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from core.identifiers import passes_luhn
from db.base import new_id
from db.models import ProjectWorker
from db.session import blind_index
from identity import audit
from identity.principal import Principal
from identity.queries import get_person
from identity.step_up import check_step_up, request_step_up
from notifications.service import notify
from notifications.templates import Template
from payroll import batch_queries
from payroll.bank_errors import (
    BankCardInvalidError,
    CardHolderDiffersError,
    CardOfAnotherError,
    NotOnProjectError,
)
from projects.roster import BANK_CARD_CONTEXT

CARD_DIGITS = re.compile(r"[0-9]{16,19}")
TAIL = 4


@dataclass(frozen=True, slots=True)
class NewCard:
    """Where the wages of a project shall go from now on."""

    bank_card: str
    holder_name: str
    """As it is embossed on the card."""
    bank_name: str
    bank_link_number: str | None


@dataclass(frozen=True, slots=True)
class ChangedCard:
    """A card after the change."""

    worker: ProjectWorker
    is_old_card_in_use: bool
    """A file with the card of before waits for its release, or for the bank's answer."""


def request_card_code(
    session: Session, valkey: Redis, *, principal: Principal, project_id: UUID, bank_card: str
) -> None:
    """Text the worker a code for exactly this card on this project.

    Raises NotOnProjectError, BankCardInvalidError, and the refusals of `request_step_up`.
    """
    _lock_own_worker(session, principal, project_id)
    _check_number(bank_card)
    request_step_up(
        session,
        valkey,
        person_id=principal.person_id,
        subject=_describe_subject(project_id, bank_card),
        template=Template.BANK_CARD_CODE,
        values={"tail": bank_card[-TAIL:]},
    )


def change_bank_card(
    session: Session,
    valkey: Redis,
    *,
    principal: Principal,
    project_id: UUID,
    card: NewCard,
    code: str,
    at: datetime,
) -> ChangedCard:
    """Pay the worker's wages on a project to another card of theirs, from the next file on.

    What a bank has sent back goes to the new card without another confirmation: the worker's own
    act is the consent. Raises NotOnProjectError, BankCardInvalidError, CardHolderDiffersError,
    CardOfAnotherError, StepUpCodeWrongError.
    """
    worker = _lock_own_worker(session, principal, project_id)
    _check_number(card.bank_card)
    if _squeeze(card.holder_name) != _squeeze(get_person(session, principal.person_id).name):
        raise CardHolderDiffersError
    # The code first: its few tries keep anybody from asking whose card a number is.
    subject = _describe_subject(project_id, card.bank_card)
    check_step_up(session, valkey, person_id=principal.person_id, subject=subject, code=code)
    index = blind_index(session, BANK_CARD_CONTEXT, card.bank_card)
    if set(batch_queries.list_card_sharers(session, index)) - {principal.person_id}:
        raise CardOfAnotherError
    worker.bank_card = card.bank_card
    worker.bank_card_index = index
    worker.bank_name = card.bank_name
    worker.bank_link_number = card.bank_link_number
    worker.card_chosen_at = at
    _tell(session, principal, worker, tail=card.bank_card[-TAIL:])
    return ChangedCard(worker, batch_queries.has_open_line(session, worker.id))


def _lock_own_worker(session: Session, principal: Principal, project_id: UUID) -> ProjectWorker:
    worker = batch_queries.lock_own_worker(
        session, project_id=project_id, person_id=principal.person_id
    )
    if worker is None:
        raise NotOnProjectError
    return worker


def _check_number(bank_card: str) -> None:
    if not (CARD_DIGITS.fullmatch(bank_card) and passes_luhn(bank_card)):
        raise BankCardInvalidError


def _squeeze(name: str) -> str:
    return "".join(name.split())


def _describe_subject(project_id: UUID, bank_card: str) -> str:
    """Return what a code is good for; it is only ever hashed with a key."""
    return f"bank-card|{project_id}|{bank_card}"


def _tell(session: Session, principal: Principal, worker: ProjectWorker, *, tail: str) -> None:
    audit.record(
        session,
        actor=principal,
        action="payroll.bank-card-chosen",
        subject_kind="person",
        subject_id=principal.person_id,
        reason="本人换卡",
        project_id=str(worker.project_id),
    )
    notify(
        session,
        template=Template.BANK_CARD_CHANGED,
        person_id=principal.person_id,
        key=f"bank_card:{new_id()}",
        project_id=worker.project_id,
        tail=tail,
    )
