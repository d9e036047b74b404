"""Signatures of webhooks, as Standard Webhooks 1.0 has them (symmetric, ``v1``)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32
REPLAY_WINDOW_SECONDS = 300
"""How far a receiver should let `webhook-timestamp` be from its own clock."""


def new_secret() -> str:
    """Return a fresh secret in the form receivers' libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(
    secrets_in_use: Sequence[str], *, event_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Return the headers that prove who sent the body, and when this attempt was made.

    While a receiver moves from one secret to the next both sign, separated by a blank.
    """
    timestamp = str(int(at.timestamp()))
    signed = b".".join((event_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_sign(secret, signed) for secret in secrets_in_use),
    }


def _sign(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{signature}"
