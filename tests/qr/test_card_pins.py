"""Signing in with a card and PIN at a kiosk: narrow, short, counted, and with a way out."""

from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from sqlmodel import Session, select

from core.clock import local_date, now
from core.keyring import Keyring
from core.pins import is_right_pin
from db.models import AuditEntry, Notification, SignIn
from identity.errors import SignInUnavailableError
from identity.service import AssistedSignIn
from identity.tokens import KIOSK_LIFETIME, read_access_token
from qr import card_limits, card_pins, cards
from qr.cards import IssuedCard
from qr.errors import (
    CardNotFoundError,
    CardPinLockedError,
    CardPinThrottledError,
    CardRevokedError,
    ChooseNewPinError,
    GuessablePinError,
    WrongCardPinError,
)
from tests.factories.attendance import Gate, GateSite, make_gate_site
from tests.factories.cards import make_card, make_kiosk, make_manager
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_project

AT = now() + timedelta(hours=1)
"""Tokens are judged by the real clock, and the tests before these may take long."""
OWN_PIN = "730194"


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def kiosk(session: Session, site: GateSite) -> Gate:
    return make_kiosk(session, site.project)


@pytest.fixture
def issued(session: Session, site: GateSite) -> IssuedCard:
    return make_card(session, site.worker)


@pytest.fixture
def sign_in(
    session: Session, redis: Redis, keyring: Keyring, kiosk: Gate, issued: IssuedCard
) -> Any:
    def sign_in(
        pin: str, new_pin: str | None = None, *, card: str = issued.code, at: Gate = kiosk
    ) -> Any:
        redis.flushdb()
        return card_pins.sign_in(
            session,
            redis,
            keyring,
            kiosk=at.device,
            card_text=card,
            pin=pin,
            new_pin=new_pin,
            at=AT,
        )

    return sign_in


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06d}"


def test_first_sign_in_must_choose_a_pin(sign_in: Any, issued: IssuedCard) -> None:
    with pytest.raises(ChooseNewPinError):
        sign_in(issued.pin)
    assert is_right_pin(issued.card.pin_hash, issued.pin)


def test_chosen_pin_signs_in_and_the_letters_ends(sign_in: Any, issued: IssuedCard) -> None:
    sign_in(issued.pin, OWN_PIN)

    assert isinstance(sign_in(OWN_PIN), AssistedSignIn)
    assert isinstance(sign_in(issued.pin), WrongCardPinError)
    assert issued.card.pin_chosen_at == AT


def test_a_pin_can_be_changed_while_signing_in(sign_in: Any, issued: IssuedCard) -> None:
    sign_in(issued.pin, OWN_PIN)
    sign_in(OWN_PIN, "204815")
    assert isinstance(sign_in("204815"), AssistedSignIn)


def test_the_sign_in_is_short_and_says_that_it_was_assisted(
    session: Session, keyring: Keyring, kiosk: Gate, sign_in: Any, issued: IssuedCard
) -> None:
    signed_in = sign_in(issued.pin, OWN_PIN)

    row = session.exec(select(SignIn)).one()
    principal = read_access_token(keyring, signed_in.access_token)
    assert (row.kiosk_id, row.expires_at) == (kiosk.device_id, AT + KIOSK_LIFETIME)
    assert principal == signed_in.principal
    assert principal.is_assisted
    assert (principal.person_id, principal.kiosk_id) == (issued.card.person_id, kiosk.device_id)


def test_choosing_is_written_down_and_told(
    session: Session, sign_in: Any, issued: IssuedCard
) -> None:
    sign_in(issued.pin, OWN_PIN)

    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "card.choose_pin")).one()
    sent = session.exec(select(Notification).where(Notification.template == "card_pin_chosen"))
    assert (entry.actor_id, entry.detail) == (
        issued.card.person_id,
        {"card_id": str(issued.card.id)},
    )
    assert len(list(sent)) == 1


@pytest.mark.parametrize("pin", ["123456", "000000"])
def test_guessable_pin_is_not_taken(sign_in: Any, issued: IssuedCard, pin: str) -> None:
    with pytest.raises(GuessablePinError):
        sign_in(issued.pin, pin)


def test_digits_of_ones_own_identity_number_are_not_taken(
    sign_in: Any, issued: IssuedCard, site: GateSite
) -> None:
    assert site.person.id_number is not None
    with pytest.raises(GuessablePinError):
        sign_in(issued.pin, site.person.id_number[6:12])


def test_ten_wrong_pins_lock_the_card_for_the_right_one_too(
    sign_in: Any, issued: IssuedCard
) -> None:
    for _ in range(card_pins.MAX_FAILURES):
        assert isinstance(sign_in(wrong(issued.pin)), WrongCardPinError)

    with pytest.raises(CardPinLockedError):
        sign_in(issued.pin, OWN_PIN)
    assert issued.card.revoked_at is None


def test_the_right_pin_begins_the_count_anew(sign_in: Any, issued: IssuedCard) -> None:
    sign_in(issued.pin, OWN_PIN)
    sign_in(wrong(OWN_PIN))

    sign_in(OWN_PIN)

    assert issued.card.pin_failures == 0


def test_own_phone_opens_a_locked_pin(
    session: Session, sign_in: Any, issued: IssuedCard, site: GateSite
) -> None:
    issued.card.pin_failures = card_pins.MAX_FAILURES
    principal = make_principal(site.person_id)

    card_pins.choose_pin(session, principal=principal, card_id=issued.card.id, pin=OWN_PIN, at=AT)

    assert isinstance(sign_in(OWN_PIN), AssistedSignIn)


def test_a_new_letter_opens_a_locked_pin_for_choosing_another(
    session: Session, sign_in: Any, issued: IssuedCard, site: GateSite
) -> None:
    sign_in(issued.pin, OWN_PIN)
    issued.card.pin_failures = card_pins.MAX_FAILURES

    renewed = card_pins.renew_pin(
        session,
        principal=make_manager(session, site.project_id),
        project_id=site.project_id,
        card_id=issued.card.id,
        at=AT,
    )

    with pytest.raises(ChooseNewPinError):
        sign_in(renewed.pin)
    assert isinstance(sign_in(renewed.pin, "204815"), AssistedSignIn)
    assert renewed.pin not in repr(renewed).replace(issued.card.pin_hash or "", "")


@pytest.mark.parametrize("text", ["", "A" * 24, "AIAAAAAAAAAAAAAAAAAAAAAA", "not a card"])
def test_what_is_no_card_is_refused_like_a_wrong_pin(
    sign_in: Any, issued: IssuedCard, text: str
) -> None:
    with pytest.raises(WrongCardPinError):
        sign_in(issued.pin, OWN_PIN, card=text)


def test_a_revoked_card_signs_nobody_in(
    session: Session, sign_in: Any, issued: IssuedCard, site: GateSite
) -> None:
    cards.revoke_my_card(
        session, principal=make_principal(site.person_id), card_id=issued.card.id, at=AT
    )
    session.flush()
    with pytest.raises(WrongCardPinError):
        sign_in(issued.pin, OWN_PIN)


def test_a_kiosk_signs_in_only_who_is_or_was_on_its_project(
    session: Session, sign_in: Any, issued: IssuedCard, site: GateSite
) -> None:
    elsewhere = make_kiosk(session, make_project(session))
    with pytest.raises(WrongCardPinError):
        sign_in(issued.pin, OWN_PIN, at=elsewhere)

    site.worker.left_date = local_date(AT) - timedelta(days=1)
    assert isinstance(sign_in(issued.pin, OWN_PIN), AssistedSignIn)


def test_a_revoked_card_gets_no_pin(session: Session, issued: IssuedCard, site: GateSite) -> None:
    principal = make_principal(site.person_id)
    cards.revoke_my_card(session, principal=principal, card_id=issued.card.id, at=AT)

    with pytest.raises(CardRevokedError):
        card_pins.choose_pin(
            session, principal=principal, card_id=issued.card.id, pin=OWN_PIN, at=AT
        )
    with pytest.raises(CardRevokedError):
        card_pins.renew_pin(
            session,
            principal=make_manager(session, site.project_id),
            project_id=site.project_id,
            card_id=issued.card.id,
            at=AT,
        )


def test_nobody_chooses_the_pin_of_anothers_card(session: Session, issued: IssuedCard) -> None:
    stranger = make_principal(make_worker_person(session).id)
    with pytest.raises(CardNotFoundError):
        card_pins.choose_pin(
            session, principal=stranger, card_id=issued.card.id, pin=OWN_PIN, at=AT
        )


def test_tries_with_one_card_are_limited_at_all_kiosks_together(redis: Redis) -> None:
    for number in range(card_limits.PER_CARD.amount):
        card_limits.count_try(redis, digest=b"card", kiosk=f"kiosk-{number}")

    with pytest.raises(CardPinThrottledError) as refusal:
        card_limits.count_try(redis, digest=b"card", kiosk="another")

    assert 0 < refusal.value.retry_after <= 900


def test_tries_at_one_kiosk_are_limited_whatever_the_card(redis: Redis) -> None:
    for number in range(card_limits.PER_KIOSK.amount):
        card_limits.count_try(redis, digest=bytes((number,)), kiosk="kiosk")

    with pytest.raises(CardPinThrottledError):
        card_limits.count_try(redis, digest=b"other", kiosk="kiosk")


def test_nothing_is_tried_uncounted() -> None:
    with pytest.raises(SignInUnavailableError):
        card_limits.count_try(
            Redis.from_url("unix:///nowhere/valkey.sock"), digest=b"card", kiosk="kiosk"
        )
