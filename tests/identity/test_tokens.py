import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose import jwt

from core.clock import now
from core.enums import Role
from core.keyring import Keyring, generate_keys, load_keyring
from db.base import new_id
from identity.errors import TokenExpiredError, TokenInvalidError
from identity.principal import Principal
from identity.tokens import (
    ACCESS_LIFETIME,
    AUDIENCE,
    ISSUER,
    KIOSK_LIFETIME,
    TOKEN_TYPE,
    issue_access_token,
    read_access_token,
)

WORKER = Principal(new_id(), Role.WORKER, new_id(), None, None, None)
CLAIMS = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": str(WORKER.person_id),
    "iat": 0,
    "exp": 4_000_000_000,
    "jti": "1",
    "family": str(WORKER.sign_in_family_id),
    "role": "worker",
    "project_id": None,
    "employer_id": None,
    "county_code": None,
}
"""A good token, had it been signed by us; good until 2096."""

principals = st.builds(
    Principal,
    person_id=st.uuids(),
    role=st.sampled_from(Role),
    sign_in_family_id=st.uuids(),
    project_id=st.none() | st.uuids(),
    employer_id=st.none() | st.uuids(),
    county_code=st.none() | st.from_regex(r"[0-9]{6}", fullmatch=True),
    kiosk_id=st.none() | st.uuids(),
)


def sign(keyring: Keyring, claims: dict[str, Any], *, typ: str = TOKEN_TYPE) -> str:
    return jwt.encode(claims, keyring.token_key, "ES256", headers={"typ": typ})


@pytest.fixture(scope="module")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return load_keyring(tmp_path_factory.mktemp("keys") / "keys.json")


@pytest.fixture(scope="module")
def foreign_key() -> str:
    key: str = generate_keys()["token"]
    return key


@given(principal=principals)
def test_reading_gives_back_the_principal(keyring: Keyring, principal: Principal) -> None:
    token = issue_access_token(keyring, principal, now())

    assert read_access_token(keyring, token) == principal


@pytest.mark.parametrize(
    ("kiosk_id", "lifetime"), [(None, ACCESS_LIFETIME), (new_id(), KIOSK_LIFETIME)]
)
def test_a_token_of_a_kiosk_ends_sooner(
    keyring: Keyring, kiosk_id: UUID | None, lifetime: timedelta
) -> None:
    principal = replace(WORKER, kiosk_id=kiosk_id)
    good = issue_access_token(keyring, principal, now() - lifetime + timedelta(seconds=30))
    old = issue_access_token(keyring, principal, now() - lifetime - timedelta(seconds=1))

    assert read_access_token(keyring, good).is_assisted == (kiosk_id is not None)
    with pytest.raises(TokenExpiredError):
        read_access_token(keyring, old)


def test_own_claims_are_accepted(keyring: Keyring) -> None:
    assert read_access_token(keyring, sign(keyring, CLAIMS)) == WORKER


def test_old_token_is_told_apart_from_a_bad_one(keyring: Keyring) -> None:
    token = issue_access_token(keyring, WORKER, now() - ACCESS_LIFETIME - timedelta(seconds=5))

    with pytest.raises(TokenExpiredError):
        read_access_token(keyring, token)


def test_token_is_good_for_almost_fifteen_minutes(keyring: Keyring) -> None:
    token = issue_access_token(keyring, WORKER, now() - timedelta(minutes=14))

    assert read_access_token(keyring, token) == WORKER


def test_token_says_it_ends_after_fifteen_minutes(keyring: Keyring) -> None:
    claims = jwt.get_unverified_claims(issue_access_token(keyring, WORKER, now()))

    assert claims["exp"] - claims["iat"] == 15 * 60


@pytest.mark.parametrize("claim", CLAIMS)
def test_token_without_a_claim_is_refused(keyring: Keyring, claim: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != claim}

    with pytest.raises(TokenInvalidError):
        read_access_token(keyring, sign(keyring, claims))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("aud", "another-api"),
        ("aud", [AUDIENCE, 1]),
        ("iss", "somebody"),
        ("sub", "not-a-uuid"),
        ("role", "emperor"),
        ("exp", "soon"),
        ("exp", None),
        ("iat", []),
        ("family", None),
        ("project_id", 7),
    ],
)
def test_token_with_a_wrong_claim_is_refused(keyring: Keyring, claim: str, value: object) -> None:
    with pytest.raises(TokenInvalidError):
        read_access_token(keyring, sign(keyring, CLAIMS | {claim: value}))


def test_other_kind_of_token_is_refused(keyring: Keyring) -> None:
    with pytest.raises(TokenInvalidError):
        read_access_token(keyring, sign(keyring, CLAIMS, typ="JWT"))


def test_token_of_another_key_is_refused(keyring: Keyring, foreign_key: str) -> None:
    token = jwt.encode(CLAIMS, foreign_key, "ES256", headers={"typ": TOKEN_TYPE})

    with pytest.raises(TokenInvalidError):
        read_access_token(keyring, token)


def test_unsigned_token_is_refused(keyring: Keyring) -> None:
    parts = [{"alg": "none", "typ": TOKEN_TYPE}, CLAIMS]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    token = ".".join([part.rstrip("=") for part in encoded] + [""])

    with pytest.raises(TokenInvalidError):
        read_access_token(keyring, token)


def test_symmetric_algorithm_is_refused(keyring: Keyring) -> None:
    token = jwt.encode(CLAIMS, "guessed", "HS256", headers={"typ": TOKEN_TYPE})

    with pytest.raises(TokenInvalidError):
        read_access_token(keyring, token)


def test_deeply_nested_header_is_refused(keyring: Keyring) -> None:
    header = base64.urlsafe_b64encode(b"[" * 30_000).decode()

    with pytest.raises(TokenInvalidError):
        read_access_token(keyring, f"{header}.e30.e30")


@given(position=st.integers(min_value=0), character=st.sampled_from("AZaz09-_."))
def test_altered_token_is_refused(keyring: Keyring, position: int, character: str) -> None:
    token = sign(keyring, CLAIMS)
    position %= len(token) - 1  # the last character carries unused bits
    altered = token[:position] + character + token[position + 1 :]

    if altered != token:
        with pytest.raises(TokenInvalidError):
            read_access_token(keyring, altered)


@given(text=st.text())
def test_any_text_is_read_or_refused(keyring: Keyring, text: str) -> None:
    with pytest.raises(TokenInvalidError):
        read_access_token(keyring, text)
