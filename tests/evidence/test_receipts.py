"""Receipts: what verifies, and what must not."""

import json

import pytest
from jose import jws, jwt

from core.crypto import FieldKeys
from core.keyring import Keyring, generate_keys
from evidence.receipts import (
    NotGenuineError,
    issue_receipt,
    jwks,
    thumbprint,
    verify_receipt,
)

PAYLOAD = {"sub": "payslip-1", "iat": 1_790_000_000, "content_hash": "ab" * 32}


def make_keyring() -> Keyring:
    keys = generate_keys()
    return Keyring({}, {}, FieldKeys({}, 1, b""), keys["token"], keys["receipt"])


@pytest.fixture
def keyring() -> Keyring:
    return make_keyring()


def test_receipt_verifies_with_the_published_key_set_alone(keyring: Keyring) -> None:
    published = json.loads(json.dumps(jwks(keyring)))

    facts = verify_receipt(issue_receipt(keyring, PAYLOAD), published)

    assert facts == {"iss": "anxinma", **PAYLOAD}


def test_published_key_holds_no_private_part(keyring: Keyring) -> None:
    assert set(jwks(keyring)["keys"][0]) == {"alg", "crv", "kid", "kty", "use", "x", "y"}


def test_altered_fact_is_noticed(keyring: Keyring) -> None:
    header, _, signature = issue_receipt(keyring, PAYLOAD).split(".")
    _, forged, _ = issue_receipt(keyring, {**PAYLOAD, "content_hash": "cd" * 32}).split(".")

    with pytest.raises(NotGenuineError):
        verify_receipt(f"{header}.{forged}.{signature}", jwks(keyring))


def test_receipt_of_another_installation_is_refused(keyring: Keyring) -> None:
    with pytest.raises(NotGenuineError):
        verify_receipt(issue_receipt(make_keyring(), PAYLOAD), jwks(keyring))


@pytest.mark.parametrize("text", ["", "a.b.c", "abc", "..", "e30.e30.e30"])
def test_garbage_is_refused(keyring: Keyring, text: str) -> None:
    with pytest.raises(NotGenuineError):
        verify_receipt(text, jwks(keyring))


def test_symmetric_signature_with_our_key_id_is_refused(keyring: Keyring) -> None:
    key = jwks(keyring)["keys"][0]
    headers = {"typ": "axm-receipt+jws", "kid": key["kid"]}
    forged = jws.sign({"iss": "anxinma", **PAYLOAD}, key["x"], headers, "HS256")

    with pytest.raises(NotGenuineError):
        verify_receipt(forged, jwks(keyring))


def test_another_kind_of_token_by_the_same_key_is_no_receipt(keyring: Keyring) -> None:
    headers = {"kid": jwks(keyring)["keys"][0]["kid"]}
    token = jwt.encode({"iss": "anxinma"}, keyring.receipt_key, "ES256", headers)

    with pytest.raises(NotGenuineError):
        verify_receipt(token, jwks(keyring))


def test_thumbprint_is_the_hash_of_the_required_members_only() -> None:
    key = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "BB", "alg": "ES256"}

    assert thumbprint(key) == thumbprint({**key, "alg": "other"})
    assert thumbprint(key) == "CeklDX4_DJrArRhgR02px71cEGk-KZ43X9yURY2Vg9Y"
