"""Receipts: ES256 JWS (RFC 7515) over facts a person must be able to prove, and their key set."""

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
MEDIA_TYPE = "axm-receipt+jws"
"""The `typ` header: no other signed thing of ours may pass for a receipt (RFC 8725 §3.11)."""
THUMBPRINT_MEMBERS = ("crv", "kty", "x", "y")


class ReceiptNotGenuineError(Exception):
    """The receipt was altered, or signed by none of the given keys."""


def issue_receipt(keyring: Keyring, payload: Mapping[str, Any]) -> str:
    """Sign a receipt; `payload` needs `sub`, `iat` (Unix seconds) and the facts, `iss` is ours."""
    claims = {"iss": ISSUER, **payload}
    headers = {"typ": MEDIA_TYPE, "kid": _key_id(keyring.receipt_key)}
    return jws.sign(claims, _signing_key(keyring.receipt_key), headers, ALGORITHM)


def jwks(keyring: Keyring) -> dict[str, Any]:
    """Return the JWK Set (RFC 7517 §5) that verifies receipts; `kid` is the RFC 7638 thumbprint."""
    return {"keys": [_public_jwk(keyring.receipt_key)]}


def verify_receipt(token: str, key_set: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a genuine receipt; needs only the published key set, no network.

    Raises ReceiptNotGenuineError otherwise.
    """
    try:
        header = jws.get_unverified_header(token)
        key = next(key for key in key_set["keys"] if key["kid"] == header.get("kid"))
        claims = json.loads(jws.verify(token, key, algorithms=[ALGORITHM]))
    except (JWSError, StopIteration, ValueError) as error:
        raise ReceiptNotGenuineError from error
    if header.get("typ") != MEDIA_TYPE or claims.get("iss") != ISSUER:
        raise ReceiptNotGenuineError
    return dict(claims)


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
