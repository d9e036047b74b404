"""The public keys that verify our receipts: ``/.well-known/jwks.json``."""

from typing import Any

from fastapi import APIRouter, Response

from api.deps import KeyringDep
from evidence import receipts

router = APIRouter(tags=["evidence"])

CACHE_SECONDS = 3600


@router.get("/.well-known/jwks.json")
def get_jwks(keyring: KeyringDep, response: Response) -> dict[str, Any]:
    """Publish the keys that verify receipts.

    For anybody: a JWK Set (RFC 7517). Save it next to your receipt and the receipt can be
    verified without us; `kid` is the RFC 7638 thumbprint.
    """
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return receipts.jwks(keyring)
