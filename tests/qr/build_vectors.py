"""Builds `openapi/vectors/ax*.json` by the page beside them, without the code they are to check.

Run `python -m tests.qr.build_vectors` after a change of the format, and read the difference.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives import hashes

VECTORS = Path(__file__).parents[2] / "openapi" / "vectors" / "ax1.json"
CARDS = VECTORS.with_name("ax2.json")
SHANGHAI = timezone(timedelta(hours=8))
BLOCK = 64
SUITES: dict[int, Callable[[], hashes.HashAlgorithm]] = {0x01: hashes.SHA256, 0x11: hashes.SM3}

GATE_MASTER = bytes(range(32))
HOLDER_MASTER = bytes(range(32, 64))
PROJECT = UUID("0199f0d2-7c5e-7b3a-9d7e-0f6a2b1c3d4e")
OTHER_PROJECT = UUID("0199f0d2-7c5e-7b3a-9d7e-0f6a2b1c3d4f")
WORKER = bytes.fromhex("a1b2c3d4e5f6")
OTHER_WORKER = bytes.fromhex("a1b2c3d4e5f7")
NOON = int(datetime(2026, 10, 31, 12, 0, tzinfo=SHANGHAI).timestamp())
MIDNIGHT = int(datetime(2026, 11, 1, 0, 0, tzinfo=SHANGHAI).timestamp())


@dataclass(frozen=True)
class Phone:
    """What makes a code; every field can be made wrong."""

    suite: int = 0x01
    gate_master: bytes = GATE_MASTER
    holder_master: bytes = HOLDER_MASTER
    project: UUID = PROJECT
    worker: bytes = WORKER
    generation: int = 1
    unix_time: int = NOON
    key_day_offset: int = 0

    def code(self) -> bytes:
        """Return the 23 bytes."""
        step = self.unix_time // 15
        head = bytes([self.suite]) + self.worker + step.to_bytes(4, "big")
        day = datetime.fromtimestamp(step * 15, UTC).astimezone(SHANGHAI)
        day += timedelta(days=self.key_day_offset)
        info = b"axm/gate/v1|" + self.project.bytes + b"|" + day.strftime("%Y%m%d").encode()
        gate_key = hmac(self.suite, hkdf(self.suite, self.gate_master, info), self.worker)[:16]
        head += hmac(self.suite, gate_key, head)[:4]
        info = b"axm/holder/v1|" + self.worker + self.generation.to_bytes(2, "big")
        return head + hmac(self.suite, hkdf(self.suite, self.holder_master, info), head)[:8]


def digest(suite: int, message: bytes) -> bytes:
    algorithm = SUITES.get(suite, hashes.SHA256)
    hasher = hashes.Hash(algorithm())
    hasher.update(message)
    return hasher.finalize()


def hmac(suite: int, key: bytes, message: bytes) -> bytes:
    """RFC 2104; both hashes have blocks of 64 bytes."""
    key = key.ljust(BLOCK, b"\0")
    inner = digest(suite, bytes(byte ^ 0x36 for byte in key) + message)
    return digest(suite, bytes(byte ^ 0x5C for byte in key) + inner)


def hkdf(suite: int, master: bytes, info: bytes) -> bytes:
    """RFC 5869 with an empty salt; 32 bytes are one block."""
    return hmac(suite, hmac(suite, b"", master), info + b"\x01")


def spell(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def flip(raw: bytes, position: int, mask: int = 0x01) -> bytes:
    return raw[:position] + bytes([raw[position] ^ mask]) + raw[position + 1 :]


def build() -> list[dict[str, object]]:
    """Return all vectors."""
    named = [*good(), *stale(), *across_midnight(), *forged(), *malformed()]
    assert len({vector["name"] for vector in named}) == len(named)
    return named


def vector(
    name: str,
    phone: Phone,
    expect: str,
    *,
    code: str | None = None,
    late: int = 0,
    **verifier: object,
) -> dict[str, object]:
    """Return one vector; `verifier` says where the checking side differs from the phone."""
    return {
        "name": name,
        "suite": f"{phone.suite:02x}",
        "gate_master": GATE_MASTER.hex(),
        "holder_master": HOLDER_MASTER.hex(),
        "project_id": str(PROJECT),
        "worker_ref": WORKER.hex(),
        "key_generation": 1,
        "unix_time": phone.unix_time,
        "code": spell(phone.code()) if code is None else code,
        "now": phone.unix_time + late,
        "expect": expect,
    } | verifier


def good() -> Generator[dict[str, object]]:
    for label, suite in (("sha256", 0x01), ("sm3", 0x11)):
        phone = Phone(suite=suite)
        text = spell(phone.code())
        yield vector(f"{label}: good", phone, "accept")
        yield vector(f"{label}: lower case", phone, "accept", code=text.lower())
        mixed = "".join(c.lower() if i % 2 else c for i, c in enumerate(text))
        yield vector(f"{label}: mixed case", phone, "accept", code=mixed)
        yield vector(f"{label}: white space around", phone, "accept", code=f" \t{text}\r\n")
        second = replace(phone, generation=2)
        yield vector(f"{label}: second phone", second, "accept", key_generation=2)
        high = replace(phone, generation=0x0102)
        yield vector(f"{label}: generation of two bytes", high, "accept", key_generation=0x0102)
        step_start = replace(phone, unix_time=NOON - NOON % 15)
        yield vector(f"{label}: first second of a step", step_start, "accept")
        step_end = replace(phone, unix_time=NOON - NOON % 15 + 14)
        yield vector(f"{label}: last second of a step", step_end, "accept")
    other = Phone(worker=OTHER_WORKER)
    yield vector("another worker", other, "accept", worker_ref=OTHER_WORKER.hex())
    yield vector("zero worker_ref", Phone(worker=bytes(6)), "accept", worker_ref="00" * 6)
    late_century = Phone(unix_time=15 * (2**32 - 1))
    yield vector("last step there is", late_century, "accept")


def stale() -> Generator[dict[str, object]]:
    start = NOON - NOON % 15
    cases = [
        ("two steps old", 30, "accept"),
        ("last second of two steps old", 44, "accept"),
        ("three steps old", 45, "expired_code"),
        ("an hour old", 3600, "expired_code"),
        ("yesterday's", 86400, "expired_code"),
        ("two steps early", -30, "accept"),
        ("three steps early", -45, "future_code"),
        ("one second into three steps early", -31, "future_code"),
        ("ten minutes early", -600, "future_code"),
        ("a year early", -365 * 86400, "future_code"),
    ]
    for name, late, expect in cases:
        yield vector(name, Phone(unix_time=start), expect, late=late)
    yield vector("sm3: three steps old", Phone(suite=0x11), "expired_code", late=45)
    stale_forgery = Phone(unix_time=start, holder_master=bytes(32))
    yield vector("stale and not the holder's", stale_forgery, "expired_code", late=45)


def across_midnight() -> Generator[dict[str, object]]:
    before, after = Phone(unix_time=MIDNIGHT - 1), Phone(unix_time=MIDNIGHT)
    yield vector("made before midnight, read after", before, "accept", late=20)
    yield vector("made after midnight, read before", after, "accept", late=-20)
    yield vector("first code of the day", after, "accept")
    wrong = replace(after, key_day_offset=-1)
    yield vector("yesterday's key after midnight", wrong, "bad_gate_tag")
    wrong = replace(before, key_day_offset=1)
    yield vector("tomorrow's key before midnight", wrong, "bad_gate_tag", late=5)
    utc_midnight = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
    yield vector("UTC midnight is no midnight", Phone(unix_time=utc_midnight - 1), "accept", late=5)
    wrong = Phone(unix_time=utc_midnight - 1, key_day_offset=-1)
    yield vector("day of UTC used for the key", wrong, "bad_gate_tag")


def forged() -> Generator[dict[str, object]]:
    phone = Phone()
    raw = phone.code()
    for position in (11, 14):
        code = spell(flip(raw, position))
        yield vector(f"gate tag byte {position} wrong", phone, "bad_gate_tag", code=code)
    for position in (15, 22):
        code = spell(flip(raw, position))
        yield vector(f"holder tag byte {position} wrong", phone, "bad_holder_tag", code=code)
    yield vector("step changed", phone, "bad_gate_tag", code=spell(flip(raw, 10)))
    yield vector("worker changed", phone, "unknown_worker", code=spell(flip(raw, 6)))
    yield vector("code of another project", replace(phone, project=OTHER_PROJECT), "bad_gate_tag")
    yield vector("another gate master", replace(phone, gate_master=bytes(32)), "bad_gate_tag")
    stolen_gate = replace(phone, holder_master=bytes(32))
    yield vector("forged with a stolen gate's keys", stolen_gate, "bad_holder_tag")
    yield vector("old phone", phone, "bad_holder_tag", key_generation=2)
    yield vector("phone of the future", replace(phone, generation=2), "bad_holder_tag")
    relabelled = bytes([0x11]) + raw[1:]
    yield vector("suite byte changed to SM3", phone, "bad_gate_tag", code=spell(relabelled))
    sm3 = Phone(suite=0x11)
    yield vector("sm3: gate tag byte wrong", sm3, "bad_gate_tag", code=spell(flip(sm3.code(), 12)))
    yield vector(
        "sm3: holder tag byte wrong", sm3, "bad_holder_tag", code=spell(flip(sm3.code(), 20))
    )
    yield vector("sm3: old phone", sm3, "bad_holder_tag", key_generation=2)
    yield vector(
        "sm3: code of another project", replace(sm3, project=OTHER_PROJECT), "bad_gate_tag"
    )


def malformed() -> Generator[dict[str, object]]:
    phone = Phone()
    raw, text = phone.code(), spell(phone.code())
    spare_bit_set = text[:-1] + chr(ord(text[-1]) + 1)
    texts = {
        "empty": "",
        "truncated by one": text[:-1],
        "truncated to half": text[:18],
        "one character more": text + "A",
        "padded": text + "===",
        "not base32": text[:5] + "1" + text[6:],
        "space inside": text[:5] + " " + text[6:],
        "look-alike letter": text[:5] + "\u0410" + text[6:],
        "dotless i": text[:5] + "\u0131" + text[6:],
        "spare bit set": spare_bit_set,
        "version 2": spell(b"\x02" + raw[1:]),
        "version 0": spell(b"\x00" + raw[1:]),
        "a web address": "https://axm.example/s/0123456789abcdef",
        "NUL characters": "\0" * 37,
        "base64 of the same bytes": base64.b64encode(raw).decode(),
        "hex of the same bytes": raw.hex(),
    }
    for name, code in texts.items():
        yield vector(f"malformed: {name}", phone, "malformed_code", code=code)


def build_cards() -> list[dict[str, object]]:
    """Return all vectors of the printed card."""
    named = [*good_cards(), *no_cards()]
    assert len({vector["name"] for vector in named}) == len(named)
    return named


def card(name: str, code: str, secret: bytes | None, kind: str | None) -> dict[str, object]:
    """Return one vector; `secret` None: the text is no card."""
    digest = None if secret is None else hashlib.sha256(secret).hexdigest()
    return {
        "name": name,
        "code": code,
        "kind": kind,
        "secret": secret.hex() if secret is not None else None,
        "digest": digest,
    }


def good_cards() -> Generator[dict[str, object]]:
    secrets = {
        "good": bytes(range(14)),
        "all zero bits": bytes(14),
        "all one bits": b"\xff" * 14,
        "digits of every kind": bytes.fromhex("0443214c74254b635cf84653a56d"),
    }
    for name, secret in secrets.items():
        yield card(name, spell(b"\x02" + secret), secret, "AX2")
    secret = secrets["good"]
    text = spell(b"\x02" + secret)
    yield card("lower case", text.lower(), secret, "AX2")
    mixed = "".join(c.lower() if i % 2 else c for i, c in enumerate(text))
    yield card("mixed case", mixed, secret, "AX2")
    yield card("white space around", f" \t{text}\r\n", secret, "AX2")
    flipped = flip(secret, 13)
    yield card("one bit differs: another card", spell(b"\x02" + flipped), flipped, "AX2")


def no_cards() -> Generator[dict[str, object]]:
    raw = b"\x02" + bytes(range(14))
    text = spell(raw)
    live = spell(Phone().code())
    texts: dict[str, tuple[str, str | None]] = {
        "a live code": (live, "AX1"),
        "a live code in lower case": (live.lower(), "AX1"),
        "a live code cut to a card's length": (live[:24], None),
        "empty": ("", None),
        "truncated by one": (text[:-1], None),
        "one character more": (text + "A", None),
        "padded": (text + "========", None),
        "not base32": (text[:5] + "1" + text[6:], None),
        "space inside": (text[:5] + " " + text[6:], None),
        "look-alike letter": ("\u0410" + text[1:], None),
        "version 0": (spell(b"\x00" + raw[1:]), None),
        "version 1": (spell(b"\x01" + raw[1:]), None),
        "version 18": (spell(b"\x12" + raw[1:]), None),
        "NUL characters": ("\0" * 24, None),
        "base64 of the same bytes": (base64.b64encode(raw).decode(), None),
        "hex of the same bytes": (raw.hex(), None),
        "a web address": ("https://axm.example/s/01", None),
    }
    for name, (code, kind) in texts.items():
        yield card(f"no card: {name}", code, None, kind)


if __name__ == "__main__":
    for path, vectors in ((VECTORS, build()), (CARDS, build_cards())):
        path.write_text(json.dumps(vectors, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
