"""Access tokens: short-lived ES256 JWTs (RFC 9068), signed and read here and nowhere else."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from jose import ExpiredSignatureError, JWTError, jwk, jwt
from jose.backends.base import Key

from core.enums import Role
from core.keyring import Keyring
from identity.errors import TokenExpiredError, TokenInvalidError
from identity.principal import Principal

ACCESS_LIFETIME = timedelta(minutes=15)
KIOSK_LIFETIME = timedelta(minutes=10)
"""At a kiosk there is no refresh: who walks away forgets to sign out, and others queue."""
ISSUER = "anxinma"
AUDIENCE = "anxinma-api"
ALGORITHM = "ES256"
TOKEN_TYPE = "at+jwt"  # noqa: S105  a media type, not a secret

# jose requires nothing by default: without these it accepts a token that lacks the claim.
OPTIONS = {f"require_{claim}": True for claim in ("exp", "iat", "aud", "iss", "sub", "jti")}

FORGERIES = (JWTError, AttributeError, KeyError, RecursionError, TypeError, ValueError)
"""What a token that is not ours can make jose or `_principal_from` raise."""


def lifetime_of(principal: Principal) -> timedelta:
    """Return how long an access token of this principal is good."""
    return KIOSK_LIFETIME if principal.is_assisted else ACCESS_LIFETIME


def issue_access_token(keyring: Keyring, principal: Principal, at: datetime) -> str:
    """Return a token for the principal that is good from `at` for `lifetime_of` it."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(principal.person_id),
        "iat": int(at.timestamp()),
        "exp": int((at + lifetime_of(principal)).timestamp()),
        "jti": str(uuid4()),
        "family": str(principal.sign_in_family_id),
        "role": principal.role.value,
        "project_id": _text(principal.project_id),
        "employer_id": _text(principal.employer_id),
        "county_code": principal.county_code,
        "kiosk_id": _text(principal.kiosk_id),
    }
    return jwt.encode(
        claims, _signing_key(keyring.token_key), ALGORITHM, headers={"typ": TOKEN_TYPE}
    )


def read_access_token(keyring: Keyring, token: str) -> Principal:
    """Return whom the token speaks for, now; jose judges expiry by the process's own clock.

    Raises TokenExpiredError for a genuine but old token, TokenInvalidError for anything else.
    """
    try:
        claims = jwt.decode(
            token,
            _verifying_key(keyring.token_key),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options=OPTIONS,
        )
        if jwt.get_unverified_header(token).get("typ") != TOKEN_TYPE:
            raise TokenInvalidError
        return _principal_from(claims)
    except ExpiredSignatureError as error:
        raise TokenExpiredError from error
    except FORGERIES as error:
        raise TokenInvalidError from error


def read_expiry(token: str) -> datetime:
    """Return when a token ends (UTC) that `read_access_token` has just found good."""
    return datetime.fromtimestamp(jwt.get_unverified_claims(token)["exp"], UTC)


def _principal_from(claims: dict[str, Any]) -> Principal:
    return Principal(
        person_id=UUID(claims["sub"]),
        role=Role(claims["role"]),
        sign_in_family_id=UUID(claims["family"]),
        project_id=_uuid(claims["project_id"]),
        employer_id=_uuid(claims["employer_id"]),
        county_code=claims["county_code"],
        kiosk_id=_uuid(claims.get("kiosk_id")),  # older tokens do not say
    )


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


@lru_cache(maxsize=4)
def _signing_key(pem: str) -> Key:
    return jwk.construct(pem, ALGORITHM)


@lru_cache(maxsize=4)
def _verifying_key(pem: str) -> Key:
    return _signing_key(pem).public_key()
