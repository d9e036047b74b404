"""Signing: ES256 JWS (RFC 7515) over facts a person must be able to prove, and the key set."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jose import JWSError, jwk, jws
from jose.backends.base import Key

from core.crypto import b64url
from core.keyring import Keyring

ALGORITHM = "ES256"
ISSUER = "anxinma"
RECEIPT = "axm-receipt+jws"
SEAL = "axm-seal+jws"
BUNDLE = "axm-bundle+jws"
"""The `typ` header: no signed thing of ours may pass for another (RFC 8725 §3.11)."""
THUMBPRINT_MEMBERS = ("crv", "kty", "x", "y")


class NotGenuineError(Exception):
    """The statement was altered, is of another type, or signed by none of the given keys."""


def issue_receipt(keyring: Keyring, payload: Mapping[str, Any]) -> str:
    """Sign a receipt; `payload` needs `sub`, `iat` (Unix seconds) and the facts, `iss` is ours."""
    return sign(keyring, RECEIPT, payload)


def verify_receipt(token: str, key_set: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a genuine receipt; needs only the published key set, no network.

    Raises NotGenuineError otherwise.
    """
    return verify(token, key_set, RECEIPT)


def sign(keyring: Keyring, media_type: str, payload: Mapping[str, Any]) -> str:
    """Return a JWS of the given type with our `iss` beside the payload."""
    claims = {"iss": ISSUER, **payload}
    headers = {"typ": media_type, "kid": _key_id(keyring.receipt_key)}
    return jws.sign(claims, _signing_key(keyring.receipt_key), headers, ALGORITHM)


def verify(token: str, key_set: Mapping[str, Any], media_type: str) -> dict[str, Any]:
    """Return the payload of a genuine statement of this type; NotGenuineError otherwise."""
    try:
        header = jws.get_unverified_header(token)
        key = next(key for key in key_set["keys"] if key["kid"] == header.get("kid"))
        claims = json.loads(jws.verify(token, key, algorithms=[ALGORITHM]))
    except (JWSError, StopIteration, ValueError) as error:
        raise NotGenuineError from error
    if header.get("typ") != media_type or claims.get("iss") != ISSUER:
        raise NotGenuineError
    return dict(claims)


def jwks(keyring: Keyring) -> dict[str, Any]:
    """Return the JWK Set (RFC 7517 §5) that verifies receipts; `kid` is the RFC 7638 thumbprint."""
    return {"keys": [_public_jwk(keyring.receipt_key)]}


@lru_cache(maxsize=4)
def _signing_key(pem: str) -> Key:
    return jwk.construct(pem, ALGORITHM)


@lru_cache(maxsize=4)
def _key_id(pem: str) -> str:
    return thumbprint(_signing_key(pem).public_key().to_dict())


def _public_jwk(pem: str) -> dict[str, Any]:
    return {**_signing_key(pem).public_key().to_dict(), "use": "sig", "kid": _key_id(pem)}


def thumbprint(key: Mapping[str, Any]) -> str:
    """Return the RFC 7638 SHA-256 thumbprint of an elliptic-curve JWK."""
    members = {name: key[name] for name in THUMBPRINT_MEMBERS}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return b64url(hashlib.sha256(canonical.encode()).digest())
