"""The live code AX1 and the printed card AX2, pure; described in `openapi/vectors/README.md`."""

import base64
import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.clock import local_date
from core.enums import ScanReason

STEP_SECONDS = 15
MAX_STEP_DIFFERENCE = 2
"""A code read up to this many steps early or late is fresh; a screenshot is dead after 45 s."""
REF_BYTES = 6
GATE_TAG_BYTES = 4
HOLDER_TAG_BYTES = 8
GATE_KEY_BYTES = 16
KEY_BYTES = 32
CODE_BYTES = 23
TEXT_LENGTH = 37
REF_END = 1 + REF_BYTES
STEP_END = REF_END + 4
GATE_TAG_END = STEP_END + GATE_TAG_BYTES
CARD_VERSION = 0x02
CARD_SECRET_BYTES = 14
CARD_TEXT_LENGTH = 24
CARD_REFERENCE = "AX2-SHA256:"
"""Before a card's digest where a gate uploads that in place of the card's text."""
DIGEST_TEXT_LENGTH = 52
LETTER_BITS = 5
DIGITS = bytearray(b"!" * 256)
"""From RFC 4648's letters, in either case, to the digits of a number to base 32."""
for _letter, _digit in zip(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHIJKLMNOPQRSTUV", strict=True
):
    DIGITS[_letter] = DIGITS[ord(chr(_letter).lower())] = _digit


class Suite(IntEnum):
    """The version byte: which hash the tags and keys are made with."""

    SHA256 = 0x01
    SM3 = 0x11
    """For installations under 商用密码应用安全性评估 (GB/T 39786)."""


class CodeKind(StrEnum):
    """The two things a worker may hold before a reader."""

    LIVE = "AX1"
    """On the phone, new every 15 seconds."""
    CARD = "AX2"
    """Printed on a helmet or badge; good until it is revoked."""


class MalformedCodeError(Exception):
    """The text is not a code of the kind that was asked for."""


@dataclass(frozen=True, slots=True)
class LiveCode:
    """What a code says; nothing in it is believed before `judge`."""

    suite: Suite
    worker_ref: bytes
    step: int
    gate_tag: bytes
    holder_tag: bytes

    @property
    def gate_signed(self) -> bytes:
        """The bytes under the gate tag."""
        return _head(self.suite, self.worker_ref, self.step)

    @property
    def holder_signed(self) -> bytes:
        """The bytes under the holder tag."""
        return self.gate_signed + self.gate_tag


def step_at(at: datetime) -> int:
    """Return the 15-second step of an instant."""
    return int(at.timestamp()) // STEP_SECONDS


@lru_cache(4_096)
def step_day(step: int) -> date:
    """Return the Shanghai day whose gate key a step needs."""
    return local_date(datetime.fromtimestamp(step * STEP_SECONDS, UTC))


def derive_project_day_key(
    gate_master: bytes, *, project_id: UUID, day: date, suite: Suite = Suite.SHA256
) -> bytes:
    """Return the 32 bytes that a project's gates receive for one day."""
    info = b"axm/gate/v1|" + project_id.bytes + f"|{day:%Y%m%d}".encode("ascii")
    return _hkdf(suite, gate_master, info)


def derive_gate_key(
    project_day_key: bytes, *, worker_ref: bytes, suite: Suite = Suite.SHA256
) -> bytes:
    """Return the 16 bytes a phone receives for one project and day."""
    return _hmac(suite, project_day_key, worker_ref)[:GATE_KEY_BYTES]


def derive_holder_key(
    holder_master: bytes, *, worker_ref: bytes, key_generation: int, suite: Suite = Suite.SHA256
) -> bytes:
    """Return the 32 bytes that only one phone and the server know."""
    info = b"axm/holder/v1|" + worker_ref + key_generation.to_bytes(2, "big")
    return _hkdf(suite, holder_master, info)


def make_code(
    *,
    worker_ref: bytes,
    step: int,
    gate_key: bytes,
    holder_key: bytes,
    suite: Suite = Suite.SHA256,
) -> LiveCode:
    """Return the code a phone shows during one step."""
    gate_tag = _hmac(suite, gate_key, _head(suite, worker_ref, step))[:GATE_TAG_BYTES]
    signed = _head(suite, worker_ref, step) + gate_tag
    return LiveCode(
        suite, worker_ref, step, gate_tag, _hmac(suite, holder_key, signed)[:HOLDER_TAG_BYTES]
    )


def encode(code: LiveCode) -> str:
    """Return the 37 characters that go into the picture."""
    return _to_base32(code.holder_signed + code.holder_tag)


def decode(text: str) -> LiveCode:
    """Read a code in either case, with white space around it; MalformedCodeError otherwise.

    Only the one spelling `encode` gives is read: the spare bit of the last character must be 0,
    or a used code could come back in a second spelling.
    """
    raw = _from_base32(text, TEXT_LENGTH)
    try:
        suite = Suite(raw[0])
    except ValueError:
        raise MalformedCodeError from None
    return LiveCode(
        suite=suite,
        worker_ref=raw[1:REF_END],
        step=int.from_bytes(raw[REF_END:STEP_END], "big"),
        gate_tag=raw[STEP_END:GATE_TAG_END],
        holder_tag=raw[GATE_TAG_END:],
    )


def encode_card(secret: bytes) -> str:
    """Return the 24 characters that are printed for a card's 14 random bytes."""
    return _to_base32(bytes((CARD_VERSION,)) + secret)


def decode_card(text: str) -> bytes:
    """Return the card's 14 random bytes; read as `decode` reads, MalformedCodeError otherwise."""
    raw = _from_base32(text, CARD_TEXT_LENGTH)
    if raw[0] != CARD_VERSION:
        raise MalformedCodeError
    return raw[1:]


def card_digest(secret: bytes) -> bytes:
    """Return what a card is known by, at the server and at gates: SHA-256 of its 14 bytes.

    Unkeyed and unsalted: 112 random bits are not guessed, and a gate must find the card alone.
    """
    return hashlib.sha256(secret).digest()


def encode_card_reference(digest: bytes) -> str:
    """Return what stands for a card where its text must not be kept; it opens nothing."""
    return CARD_REFERENCE + _to_base32(digest)


def read_card_digest(text: str) -> bytes:
    """Return the digest of a card's text, or of a reference to one; else MalformedCodeError."""
    if text.startswith(CARD_REFERENCE):
        return _from_base32(text.removeprefix(CARD_REFERENCE), DIGEST_TEXT_LENGTH)
    return card_digest(decode_card(text))


def tell_kind(text: str) -> CodeKind | None:
    """Say what a text of unknown origin is; None if it is neither kind of code."""
    for kind, read in ((CodeKind.LIVE, decode), (CodeKind.CARD, decode_card)):
        with suppress(MalformedCodeError):
            read(text)
            return kind
    return None


def is_gate_tag_good(code: LiveCode, gate_key: bytes) -> bool:
    """Tell whether the phone had a gate key of this project and day; any gate can check this."""
    expected = _hmac(code.suite, gate_key, code.gate_signed)[:GATE_TAG_BYTES]
    return hmac.compare_digest(code.gate_tag, expected)


def is_holder_tag_good(code: LiveCode, holder_key: bytes) -> bool:
    """Tell whether the worker's own phone made the code; only the server can check this."""
    expected = _hmac(code.suite, holder_key, code.holder_signed)[:HOLDER_TAG_BYTES]
    return hmac.compare_digest(code.holder_tag, expected)


def judge_freshness(code: LiveCode, at: datetime) -> ScanReason:
    """Return OK, EXPIRED_CODE or FUTURE_CODE."""
    difference = code.step - step_at(at)
    if difference < -MAX_STEP_DIFFERENCE:
        return ScanReason.EXPIRED_CODE
    return ScanReason.FUTURE_CODE if difference > MAX_STEP_DIFFERENCE else ScanReason.OK


def judge(code: LiveCode, *, gate_key: bytes, holder_key: bytes, at: datetime) -> ScanReason:
    """Return OK or the first of: bad gate tag, stale or future step, bad holder tag."""
    if not is_gate_tag_good(code, gate_key):
        return ScanReason.BAD_GATE_TAG
    freshness = judge_freshness(code, at)
    if freshness is not ScanReason.OK:
        return freshness
    return ScanReason.OK if is_holder_tag_good(code, holder_key) else ScanReason.BAD_HOLDER_TAG


def _head(suite: Suite, worker_ref: bytes, step: int) -> bytes:
    return bytes((suite,)) + worker_ref + step.to_bytes(4, "big")


def _from_base32(text: str, length: int) -> bytes:
    """Read as one number: the library's reader takes longer than both tags' HMACs."""
    spelled = text.strip().encode() if text.isascii() else b""
    if len(spelled) != length:
        raise MalformedCodeError
    try:
        number = int(spelled.translate(DIGITS), 1 << LETTER_BITS)
    except ValueError:
        raise MalformedCodeError from None
    size, spare_bits = divmod(length * LETTER_BITS, 8)
    if number & ((1 << spare_bits) - 1):
        raise MalformedCodeError
    return (number >> spare_bits).to_bytes(size, "big")


def _to_base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode("ascii").rstrip("=")


def _hmac(suite: Suite, key: bytes, message: bytes) -> bytes:
    if suite is Suite.SHA256:
        return hmac.digest(key, message, "sha256")
    signer = HMAC(key, _hash_of(suite))
    signer.update(message)
    return signer.finalize()


def _hkdf(suite: Suite, master: bytes, info: bytes) -> bytes:
    return HKDF(_hash_of(suite), KEY_BYTES, salt=None, info=info).derive(master)


def _hash_of(suite: Suite) -> hashes.HashAlgorithm:
    return hashes.SHA256() if suite is Suite.SHA256 else hashes.SM3()
