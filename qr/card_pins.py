"""A card's PIN: signing in with it at a kiosk, choosing one, sending a new letter."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from core.clock import local_date
from core.keyring import Keyring
from core.pins import hash_pin, is_guessable, is_right_pin
from db.base import new_id
from db.models import Device, WorkerCard
from identity.principal import Principal
from identity.queries import get_person
from identity.service import AssistedSignIn, sign_in_at_kiosk
from notifications.service import notify
from notifications.templates import Template
from qr import card_limits, code
from qr import card_queries as queries
from qr.card_queries import Holder
from qr.cards import new_pin as draw_pin
from qr.cards import note
from qr.errors import (
    CardPinLockedError,
    CardRevokedError,
    ChooseNewPinError,
    GuessablePinError,
    WrongCardPinError,
)

MAX_FAILURES = 10
CHOSEN, RENEWED = "本人换密码", "重发密码信"


@dataclass(frozen=True, slots=True)
class RenewedPin:
    """A letter's PIN in clear: to be printed at once, and forgotten."""

    card: WorkerCard
    holder: Holder
    pin: str = field(repr=False)


def sign_in(
    session: Session,
    valkey: Redis,
    keyring: Keyring,
    *,
    kiosk: Device,
    card_text: str,
    pin: str,
    new_pin: str | None,
    at: datetime,
) -> AssistedSignIn | WrongCardPinError:
    """Sign a worker in for ten minutes at a kiosk of a project they are or were on.

    `new_pin` replaces the PIN, and must while it is still the letter's. A wrong PIN is counted on
    the card, so that refusal is returned, not raised. Raises WrongCardPinError for anything that
    is no good card here, CardPinThrottledError, CardPinLockedError, ChooseNewPinError,
    GuessablePinError, SignInUnavailableError.
    """
    digest = _read_digest(card_text)
    card_limits.count_try(valkey, digest=digest, kiosk=str(kiosk.id))
    card = queries.lock_presented_card(session, digest=digest, project_id=kiosk.project_id)
    if card is None:
        is_right_pin(None, pin)  # as slow as for a card there is
        raise WrongCardPinError
    if card.pin_failures >= MAX_FAILURES:
        raise CardPinLockedError
    if not is_right_pin(card.pin_hash, pin):
        card.pin_failures += 1
        return WrongCardPinError()
    if new_pin is None and card.pin_chosen_at is None:
        raise ChooseNewPinError
    card.pin_failures = 0
    signed_in = sign_in_at_kiosk(
        session, keyring, person_id=card.person_id, kiosk_id=kiosk.id, at=at
    )
    if new_pin is not None:
        _choose(session, signed_in.principal, card, pin=new_pin, at=at)
    return signed_in


def choose_pin(
    session: Session, *, principal: Principal, card_id: UUID, pin: str, at: datetime
) -> WorkerCard:
    """Give one's own card a new PIN from one's own phone; the way out of a locked one.

    Raises CardNotFoundError, CardRevokedError, GuessablePinError.
    """
    card = queries.lock_own_card(session, person_id=principal.person_id, card_id=card_id)
    _check_good(card)
    _choose(session, principal, card, pin=pin, at=at)
    return card


def renew_pin(
    session: Session, *, principal: Principal, project_id: UUID, card_id: UUID, at: datetime
) -> RenewedPin:
    """Draw a PIN for a new letter; the earlier PIN ends, a locked card is open again.

    Raises CardNotFoundError, CardRevokedError.
    """
    card, holder = queries.lock_project_card(
        session, project_id=project_id, card_id=card_id, on=local_date(at)
    )
    _check_good(card)
    pin = draw_pin()
    card.pin_hash, card.pin_chosen_at, card.pin_failures = hash_pin(pin), None, 0
    note(session, principal, card, "card.renew_pin", RENEWED)
    _tell(session, Template.CARD_PIN_RENEWED, card)
    return RenewedPin(card, holder, pin)


def _read_digest(card_text: str) -> bytes:
    try:
        return code.card_digest(code.decode_card(card_text))
    except code.MalformedCodeError:
        raise WrongCardPinError from None


def _choose(
    session: Session, principal: Principal, card: WorkerCard, *, pin: str, at: datetime
) -> None:
    person = get_person(session, card.person_id)
    known = [number for number in (person.id_number, person.phone) if number]
    if is_guessable(pin, known_numbers=known):
        raise GuessablePinError
    card.pin_hash, card.pin_chosen_at, card.pin_failures = hash_pin(pin), at, 0
    note(session, principal, card, "card.choose_pin", CHOSEN)
    _tell(session, Template.CARD_PIN_CHOSEN, card)


def _check_good(card: WorkerCard) -> None:
    if card.revoked_at is not None:
        raise CardRevokedError


def _tell(session: Session, template: Template, card: WorkerCard) -> None:
    notify(session, template=template, person_id=card.person_id, key=str(new_id()))
