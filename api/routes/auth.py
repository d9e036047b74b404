"""Signing in and out: ``/v1/auth``."""

from fastapi import Depends, Request, Response

from api.deps import KeyringDep, KioskDep, PrincipalDep, SessionDep, ValkeyDep
from api.problems import problem_response, problems
from api.schemas.auth import (
    CardPinGrantIn,
    CodeIn,
    CodeRequestedOut,
    OtherGrantIn,
    RefreshTokenGrantIn,
    SmsCodeGrantIn,
    TokensIn,
    TokensOut,
)
from api.strict_json import StrictRouter
from core.clock import now
from core.errors import DomainError
from identity import service
from identity.codes import CODE_LIFETIME_SECONDS, CODE_PAUSE_SECONDS
from identity.errors import (
    ChooseIdentityError,
    CodeThrottledError,
    GrantNotOfferedError,
    NotSignedInError,
    SignInEndedError,
    SignInUnavailableError,
    UnknownChoiceError,
    WrongCodeError,
)
from identity.rules import Choice
from identity.service import AssistedSignIn, SignedIn
from qr import card_pins
from qr.errors import (
    CardPinLockedError,
    CardPinThrottledError,
    ChooseNewPinError,
    GuessablePinError,
    KioskRequiredError,
    WrongCardPinError,
)


def forbid_caching(response: Response) -> None:
    """Keep tokens out of every cache (RFC 6749 §5.1)."""
    response.headers["Cache-Control"] = "no-store"


router = StrictRouter(prefix="/auth", tags=["auth"], dependencies=[Depends(forbid_caching)])


@router.post(
    "/codes",
    status_code=202,
    responses=problems(CodeThrottledError, SignInUnavailableError),
)
def request_code(session: SessionDep, valkey: ValkeyDep, body: CodeIn) -> CodeRequestedOut:
    """Ask for a sign-in code by text message.

    Anyone may call this. The answer is the same whether or not the number is known; only known
    numbers get a message. At most 1 a minute, 5 an hour and 10 in 24 hours per number. A new
    code ends the older one.
    """
    service.request_code(session, valkey, phone=body.phone)
    return CodeRequestedOut(
        valid_seconds=CODE_LIFETIME_SECONDS, next_after_seconds=CODE_PAUSE_SECONDS
    )


@router.post(
    "/tokens",
    response_model=TokensOut,
    openapi_extra={"security": [{}]},  # or the device token of a kiosk
    responses=problems(
        WrongCodeError,
        ChooseIdentityError,
        UnknownChoiceError,
        SignInEndedError,
        GrantNotOfferedError,
        SignInUnavailableError,
        KioskRequiredError,
        WrongCardPinError,
        CardPinLockedError,
        CardPinThrottledError,
        ChooseNewPinError,
        GuessablePinError,
    ),
)
def issue_tokens(
    request: Request,
    *,
    session: SessionDep,
    valkey: ValkeyDep,
    keyring: KeyringDep,
    kiosk: KioskDep,
    body: TokensIn,
) -> Response | TokensOut:
    """Exchange a code, a refresh token or a card for tokens.

    Anyone may call this. A code works once and is gone after 5 wrong tries or 5 minutes. When a
    number belongs to several people or roles the answer is `identity.choose-identity` with
    `choices`; send the same code again with one of them. A refresh token is replaced at every
    use; the old one keeps working for 30 seconds, later use ends the whole sign-in. A card and
    PIN sign in for ten minutes, only through a paired kiosk that shows its device token; the
    letter's PIN must be replaced by `new_pin` at once.
    """
    outcome: SignedIn | AssistedSignIn | DomainError
    match body:
        case SmsCodeGrantIn():
            outcome = _sign_in(session, valkey, keyring, body)
        case RefreshTokenGrantIn():
            outcome = service.refresh(session, keyring, refresh_token=body.refresh_token, at=now())
        case CardPinGrantIn():
            outcome = _sign_in_with_card(session, valkey, keyring, kiosk, body)
        case OtherGrantIn():
            raise GrantNotOfferedError
    if isinstance(outcome, DomainError):  # returned, so that what it left behind is committed
        return problem_response(outcome, request)
    return TokensOut.of(outcome)


@router.delete("/tokens", status_code=204, responses=problems(NotSignedInError))
def sign_out(session: SessionDep, principal: PrincipalDep) -> None:
    """Sign out on this phone or computer.

    Ends the sign-in the access token belongs to: its refresh tokens stop at once, access tokens
    run out within 15 minutes. Repeating it changes nothing.
    """
    service.sign_out(session, family_id=principal.sign_in_family_id, at=now())


def _sign_in(
    session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep, body: SmsCodeGrantIn
) -> SignedIn | SignInEndedError:
    return service.sign_in(
        session,
        valkey,
        keyring,
        phone=body.phone,
        code=body.code,
        choice=Choice(body.person_id, body.role, body.scope),
        at=now(),
    )


def _sign_in_with_card(
    session: SessionDep,
    valkey: ValkeyDep,
    keyring: KeyringDep,
    kiosk: KioskDep,
    body: CardPinGrantIn,
) -> AssistedSignIn | WrongCardPinError:
    if kiosk is None:
        raise KioskRequiredError
    return card_pins.sign_in(
        session,
        valkey,
        keyring,
        kiosk=kiosk,
        card_text=body.card,
        pin=body.pin,
        new_pin=body.new_pin,
        at=now(),
    )
