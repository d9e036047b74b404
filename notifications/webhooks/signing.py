"""Signatures of webhooks, as Standard Webhooks 1.0 has them (symmetric, ``v1``)."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32
REPLAY_WINDOW_SECONDS = 300
"""How far a receiver should let `webhook-timestamp` be from its own clock."""


def new_secret() -> str:
    """Return a fresh secret in the form receivers' libraries take."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, *, event_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sent the body, and when this attempt was made."""
    timestamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((event_id.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
