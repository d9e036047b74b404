"""Signing in and out: ``/v1/auth``."""

from fastapi import APIRouter, Depends, Request, Response

from api.deps import KeyringDep, PrincipalDep, SessionDep, ValkeyDep
from api.problems import problem_response, problems
from api.schemas.auth import (
    CodeIn,
    CodeRequestedOut,
    OtherGrantIn,
    RefreshTokenGrantIn,
    SmsCodeGrantIn,
    TokensIn,
    TokensOut,
)
from core.clock import now
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
from identity.service import SignedIn


def forbid_caching(response: Response) -> None:
    """Keep tokens out of every cache (RFC 6749 §5.1)."""
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(prefix="/auth", tags=["auth"], dependencies=[Depends(forbid_caching)])


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
    responses=problems(
        WrongCodeError,
        ChooseIdentityError,
        UnknownChoiceError,
        SignInEndedError,
        GrantNotOfferedError,
        SignInUnavailableError,
    ),
)
def issue_tokens(
    request: Request, session: SessionDep, valkey: ValkeyDep, keyring: KeyringDep, body: TokensIn
) -> Response | TokensOut:
    """Exchange a code or a refresh token for tokens.

    Anyone may call this. A code works once and is gone after 5 wrong tries or 5 minutes. When a
    number belongs to several people or roles the answer is `identity.choose-identity` with
    `choices`; send the same code again with one of them. A refresh token is replaced at every
    use; the old one keeps working for 30 seconds, later use ends the whole sign-in.
    """
    match body:
        case SmsCodeGrantIn():
            outcome = _sign_in(session, valkey, keyring, body)
        case RefreshTokenGrantIn():
            outcome = service.refresh(session, keyring, refresh_token=body.refresh_token, at=now())
        case OtherGrantIn():
            raise GrantNotOfferedError
    if isinstance(outcome, SignInEndedError):  # returned, so that ending the family is committed
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
