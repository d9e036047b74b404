"""The cryptographic profile: field sealing, blind indexes and key derivation over given keys."""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
SEAL_FORMAT = 1


class SealError(Exception):
    """A sealed value was altered, belongs to another column, or its key is gone."""


@dataclass(frozen=True, slots=True)
class FieldKeys:
    """Keys for personal fields (PIPL §28, §51).

    `sealing` maps key id (0–255) to 32 bytes; `current` is the id new values use, older ids
    still open. `index` keys the blind index and never changes without re-indexing.
    """

    sealing: Mapping[int, bytes]
    current: int
    index: bytes

    def seal(self, context: str, plaintext: bytes) -> bytes:
        """Encrypt with AES-256-GCM: format, key id, nonce, ciphertext and tag.

        `context` (table.column) is authenticated, so a value moved to another column fails.
        """
        header = bytes((SEAL_FORMAT, self.current))
        nonce = os.urandom(NONCE_BYTES)
        cipher = AESGCM(self.sealing[self.current])
        return header + nonce + cipher.encrypt(nonce, plaintext, header + context.encode())

    def open(self, context: str, sealed: bytes) -> bytes:
        """Decrypt what `seal` returned for the same context; SealError otherwise."""
        header, nonce = sealed[:2], sealed[2 : 2 + NONCE_BYTES]
        try:
            cipher = AESGCM(self.sealing[header[1]])
            return cipher.decrypt(nonce, sealed[2 + NONCE_BYTES :], header + context.encode())
        except (InvalidTag, KeyError, IndexError, ValueError) as error:
            raise SealError(context) from error

    def blind_index(self, context: str, normalized: str) -> bytes:
        """Return 32 bytes that are equal for equal values and reveal nothing without the key."""
        return hmac.digest(self.index, f"{context}|{normalized}".encode(), "sha256")


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a random bearer token (≥ 128 bits, so no salt needed)."""
    return hashlib.sha256(token.encode()).digest()


def b64url(raw: bytes) -> str:
    """Return base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
