"""All secret keys of one installation, read from a single owner-only file."""

import base64
import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from core.crypto import FieldKeys

KEY_BYTES = 32
OWNER_ONLY = 0o600


class KeyFileError(Exception):
    """The key file cannot be trusted or read; the message says how to put it right."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys in memory. Masters map version → 32 bytes; the highest version is current."""

    gate_masters: dict[int, bytes]
    holder_masters: dict[int, bytes]
    fields: FieldKeys
    token_key: str
    """PEM, P-256; signs access tokens (ES256)."""
    receipt_key: str
    """PEM, P-256; signs receipts (ES256), published in the JWKS."""

    @property
    def gate_master(self) -> bytes:
        """The current gate master key."""
        return self.gate_masters[max(self.gate_masters)]

    @property
    def holder_master(self) -> bytes:
        """The current holder master key."""
        return self.holder_masters[max(self.holder_masters)]


def load_keyring(path: Path) -> Keyring:
    """Read the key file, creating it with fresh keys when it does not exist.

    Raises KeyFileError when others may read it or it is not ours.
    """
    if not path.exists():
        _write_new(path)
    if path.stat().st_mode & 0o077:
        raise KeyFileError(
            f"密钥文件 {path} 可被他人读取，请执行 chmod 600 {path} 后重试。"
            f" (key file {path} is readable by others; run: chmod 600 {path})"
        )
    try:
        return _parse(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFileError(f"密钥文件 {path} 已损坏 (key file is damaged): {error!r}") from error


def generate_keys() -> dict[str, Any]:
    """Return the JSON document of a fresh key file."""
    return {
        "gate": {"1": _new_key()},
        "holder": {"1": _new_key()},
        "field": {"1": _new_key()},
        "index": _new_key(),
        "token": _new_signing_key(),
        "receipt": _new_signing_key(),
    }


def main(path: Path) -> None:
    """Make the key file, or check the one that is there; it is never overwritten."""
    was_there = path.exists()
    try:
        load_keyring(path)
    except KeyFileError as error:
        sys.exit(str(error))
    state = (
        "已存在，可用 (already there, good)"
        if was_there
        else "已生成，请另行备份 (made; back it up)"
    )
    sys.stdout.write(f"{path} {state}\n")


def _write_new(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked, so two processes starting together agree on one file.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(generate_keys(), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _parse(document: dict[str, Any]) -> Keyring:
    sealing = _masters(document["field"])
    return Keyring(
        gate_masters=_masters(document["gate"]),
        holder_masters=_masters(document["holder"]),
        fields=FieldKeys(sealing, max(sealing), _key(document["index"])),
        token_key=document["token"],
        receipt_key=document["receipt"],
    )


def _masters(versions: dict[str, str]) -> dict[int, bytes]:
    return {int(version): _key(text) for version, text in versions.items()}


def _key(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if len(raw) != KEY_BYTES:
        raise ValueError(f"a key must be {KEY_BYTES} bytes, not {len(raw)}")
    return raw


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _new_signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
