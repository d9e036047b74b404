"""All secret keys of one installation, read from a single owner-only file."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.clock import ONE_DAY
from core.crypto import FieldKeys

KEY_BYTES = 32
OWNER_ONLY = 0o600
KIT_LIFE = timedelta(days=8)
"""How long what a phone or a gate was given is good; so a key planned that far ahead meets nobody
who holds an older one for the same day."""
ROTATED = ("gate", "holder")
MOST_VERSIONS = 3
"""Of one master. A code names none, so every one is tried."""


class KeyFileError(Exception):
    """The key file cannot be trusted or read; the message says how to put it right."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys in memory. Masters map version → 32 bytes, the newest version first.

    `…_starts` maps version → the first Shanghai day whose codes are made with it; a version
    without one was there from the beginning, and ends none. A code names no version: `…_on`
    returns the master to make a code of that day with, `…_of` those to check one with.
    """

    gate_masters: Mapping[int, bytes] = field(hash=False)
    holder_masters: Mapping[int, bytes] = field(hash=False)
    fields: FieldKeys = field(hash=False)
    token_key: str
    """PEM, P-256; signs access tokens (ES256)."""
    receipt_key: str
    """PEM, P-256; signs receipts (ES256), published in the JWKS."""
    gate_starts: Mapping[int, date] = field(default_factory=dict, hash=False)
    holder_starts: Mapping[int, date] = field(default_factory=dict, hash=False)

    def gate_master_on(self, day: date) -> bytes:
        """Return the gate master that the keys of this day are made with."""
        return _choose(self.gate_masters, self.gate_starts, day)

    def holder_master_on(self, day: date) -> bytes:
        """Return the holder master that kits given out on this day are made with."""
        return _choose(self.holder_masters, self.holder_starts, day)

    def gate_masters_of(self, day: date) -> list[bytes]:
        """Return the gate masters that a code of this day may be from, newest first."""
        return [self.gate_masters[version] for version in self.gate_versions_of(day)]

    def holder_masters_of(self, day: date) -> list[bytes]:
        """Return the holder masters that a code of this day may be from, newest first."""
        return [
            self.holder_masters[version]
            for version in _list_valid(self.holder_masters, self.holder_starts, day)
        ]

    def gate_versions_of(self, day: date) -> list[int]:
        """Return the versions behind `gate_masters_of`."""
        return _list_valid(self.gate_masters, self.gate_starts, day)


def ends_after(version: int, masters: Mapping[int, bytes], starts: Mapping[int, date]) -> date:
    """Return the last day with codes of this version: its successor's start and a kit's life."""
    later = [starts[other] for other in masters if other > version and other in starts]
    return min(later) + KIT_LIFE - ONE_DAY if later else date.max


def _choose(masters: Mapping[int, bytes], starts: Mapping[int, date], day: date) -> bytes:
    begun = [version for version in masters if starts.get(version, date.min) <= day]
    return masters[max(begun, default=min(masters))]


def _list_valid(masters: Mapping[int, bytes], starts: Mapping[int, date], day: date) -> list[int]:
    def is_valid(version: int) -> bool:
        # From the day before the first: just after midnight a slow phone shows yesterday's step.
        first = starts.get(version, date.min)
        return first <= day + ONE_DAY and day <= ends_after(version, masters, starts)

    return sorted(filter(is_valid, masters), reverse=True)


def load_keyring(path: Path) -> Keyring:
    """Read the key file, creating it with fresh keys when it does not exist.

    Raises KeyFileError when others may read it or it is not ours.
    """
    if not path.exists():
        _write_new(path)
    return _parse_file(path)[0]


def read_key_file(path: Path) -> tuple[Keyring, dict[str, Any]]:
    """Return the keys and the document they stand in; KeyFileError when there is none."""
    if not path.exists():
        raise KeyFileError(f"没有密钥文件 {path} (there is no key file)")
    return _parse_file(path)


class KeyFile:
    """The key file of a running process, read again when it was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.keyring = load_keyring(path)
        self._seen = self._fingerprint()

    def refresh(self) -> bool:
        """Read the file if it changed; tell whether `keyring` did.

        Raises KeyFileError for a file that is not good; the keys in memory then stay in force.
        """
        seen = self._fingerprint()
        if seen == self._seen:
            return False
        self.keyring = read_key_file(self._path)[0]
        self._seen = seen
        return True

    def _fingerprint(self) -> tuple[int, ...]:
        try:
            status = self._path.stat()
        except OSError:
            return ()
        return status.st_ino, status.st_size, status.st_mtime_ns, status.st_mode


def _parse_file(path: Path) -> tuple[Keyring, dict[str, Any]]:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(
                f"密钥文件 {path} 可被他人读取，请执行 chmod 600 {path} 后重试。"
                f" (key file {path} is readable by others; run: chmod 600 {path})"
            )
        document = json.loads(path.read_text(encoding="utf-8"))
        return _parse(document), document
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyFileError(f"密钥文件 {path} 已损坏 (key file is damaged): {error!r}") from error


def generate_keys() -> dict[str, Any]:
    """Return the JSON document of a fresh key file."""
    return {
        "gate": {"1": new_key()},
        "holder": {"1": new_key()},
        "field": {"1": new_key()},
        "index": new_key(),
        "token": _new_signing_key(),
        "receipt": _new_signing_key(),
    }


def write_aside(path: Path, document: Mapping[str, Any]) -> Path:
    """Write a key file durably under another name beside `path`; the caller puts it in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _write_new(path: Path) -> None:
    # Linked, so two processes starting together agree on one file.
    draft = write_aside(path, generate_keys())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _parse(document: dict[str, Any]) -> Keyring:
    sealing = _masters(document["field"])
    for name in ROTATED:
        if not 0 < len(document[name]) <= MOST_VERSIONS:
            raise ValueError(f"1 to {MOST_VERSIONS} versions of the {name} key")
    return Keyring(
        gate_masters=_masters(document["gate"]),
        holder_masters=_masters(document["holder"]),
        gate_starts=_starts(document["gate"]),
        holder_starts=_starts(document["holder"]),
        fields=FieldKeys(sealing, max(sealing), _key(document["index"])),
        token_key=document["token"],
        receipt_key=document["receipt"],
    )


def _masters(versions: dict[str, Any]) -> dict[int, bytes]:
    keys = {int(version): _key(_split(entry)[0]) for version, entry in versions.items()}
    return dict(sorted(keys.items(), reverse=True))


def _starts(versions: dict[str, Any]) -> dict[int, date]:
    starts = {int(version): _split(entry)[1] for version, entry in versions.items()}
    return {version: date.fromisoformat(start) for version, start in starts.items() if start}


def _split(entry: Any) -> tuple[str, str | None]:
    """Return key and first day; a version that was always there is the key alone."""
    return (entry, None) if isinstance(entry, str) else (entry["key"], entry["from"])


def _key(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError(f"a key must be {KEY_BYTES} bytes, not {len(raw)}")
    return raw


def new_key() -> str:
    """Return 32 fresh random bytes as base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _new_signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
