"""Evidence bundles: a ZIP of parts, a manifest of their hashes, and a signature over that.

``manifest.json`` (RFC 8785) lists every part with its SHA-256 and level, ``manifest.jws`` signs the
manifest's hash, ``keys.json`` is the published key set. A copy may leave out parts of the level
`identity`; the rest still proves itself. Such parts carry a random salt, so that nobody finds a
name or number by trying hashes.
"""

import hashlib
import json
import secrets
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from core.keyring import Keyring
from evidence.canonical import canonical_form, content_hash
from evidence.proofs import FaultyReceiptError, explain_fault
from evidence.receipts import BUNDLE, NotGenuineError, jwks, sign, verify

FORMAT = "axm-bundle/1"
MANIFEST, SIGNATURE, KEYS = "manifest.json", "manifest.jws", "keys.json"
SALT_BYTES = 16
EPOCH = (2026, 1, 1, 0, 0, 0)
"""Of every entry: the same parts make the same file."""
LARGEST_PART = 20_000_000
MOST_PARTS = 200
FAULTS = (
    BadZipFile,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    EOFError,
    RuntimeError,
    zlib.error,
)
"""What reading a bundle that is locked, cut off or no bundle inside fails with."""


class Level(StrEnum):
    """Who a part may be shown to."""

    OPEN = "open"
    IDENTITY = "identity"
    """Only to who may learn the complainant's name."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a bundle."""

    path: str
    content: bytes
    level: Level = Level.OPEN


def make_part(path: str, document: Mapping[str, Any], level: Level = Level.OPEN) -> Part:
    """Return a JSON part in its canonical form, salted where it names somebody."""
    salted = dict(document)
    if level is Level.IDENTITY:
        salted["salt"] = secrets.token_hex(SALT_BYTES)
    return Part(path, canonical_form(salted), level)


def make_manifest(subject: str, parts: Iterable[Part], *, at: datetime) -> dict[str, Any]:
    """Return what is signed: the parts by path, level, size and SHA-256 (hex)."""
    return {
        "format": FORMAT,
        "subject": subject,
        "sealed_at": at.isoformat(timespec="seconds"),
        "parts": [
            {
                "path": part.path,
                "level": part.level.value,
                "size": len(part.content),
                "sha256": hashlib.sha256(part.content).hexdigest(),
            }
            for part in parts
        ],
    }


def seal_manifest(keyring: Keyring, manifest: Mapping[str, Any], *, at: datetime) -> str:
    """Return the JWS over the manifest's hash."""
    claims = {"sub": manifest["subject"], "iat": int(at.timestamp())}
    return sign(keyring, BUNDLE, {**claims, "manifest_sha256": content_hash(manifest)})


def write_bundle(
    keyring: Keyring, manifest: Mapping[str, Any], seal: str, contents: Mapping[str, bytes]
) -> bytes:
    """Return the ZIP with the contents given, by path; parts left out stay in the manifest."""
    files = {
        MANIFEST: canonical_form(manifest),
        SIGNATURE: seal.encode(),
        KEYS: json.dumps(jwks(keyring), indent=1).encode(),
        **contents,
    }
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as bundle:
        for path, content in files.items():
            bundle.writestr(ZipInfo(path, EPOCH), content, ZIP_DEFLATED)
    return target.getvalue()


def is_bundle(content: bytes) -> bool:
    """Tell whether a ZIP looks like an evidence bundle at all."""
    try:
        with ZipFile(BytesIO(content)) as bundle:
            return {MANIFEST, SIGNATURE} <= set(bundle.namelist())
    except (BadZipFile, NotImplementedError):
        return False


def check_bundle(content: bytes, key_set: Mapping[str, Any] | None) -> list[str]:
    """Return what a bundle proves, a sentence each; offline.

    `key_set` is the published JWK Set; without it the one inside is used, which proves only that
    the bundle is whole. Raises FaultyReceiptError.
    """
    try:
        with ZipFile(BytesIO(content)) as bundle:
            return _check(bundle, key_set)
    except FAULTS as error:
        raise FaultyReceiptError(f"证据包格式不对 (malformed): {explain_fault(error)}") from error


def _check(bundle: ZipFile, key_set: Mapping[str, Any] | None) -> list[str]:
    sizes = {entry.filename: entry.file_size for entry in bundle.infolist()}
    if len(sizes) > MOST_PARTS or any(size > LARGEST_PART for size in sizes.values()):
        raise FaultyReceiptError("证据包太大 (the bundle is too large)")
    manifest = json.loads(bundle.read(MANIFEST))
    keys = json.loads(bundle.read(KEYS)) if key_set is None else key_set
    _check_seal(bundle.read(SIGNATURE).decode(), manifest, keys)
    proved = [f"签名有效 (signed): {manifest['subject']}, {manifest['sealed_at']}"]
    proved += [
        _check_part(bundle, part, is_there=part["path"] in sizes) for part in manifest["parts"]
    ]
    strangers = sizes.keys() - {part["path"] for part in manifest["parts"]}
    if strangers := strangers - {MANIFEST, SIGNATURE, KEYS}:
        raise FaultyReceiptError(f"多出来的文件 (not in the manifest): {sorted(strangers)}")
    return proved


def _check_seal(seal: str, manifest: Mapping[str, Any], key_set: Mapping[str, Any]) -> None:
    try:
        claims = verify(seal, key_set, BUNDLE)
    except NotGenuineError as error:
        raise FaultyReceiptError("签名无效 (the signature is not genuine)") from error
    if claims["manifest_sha256"] != content_hash(manifest):
        raise FaultyReceiptError("清单被改动 (the manifest is not what was signed)")


def _check_part(bundle: ZipFile, part: Mapping[str, Any], *, is_there: bool) -> str:
    path = part["path"]
    if not is_there:
        if part["level"] != Level.IDENTITY:
            raise FaultyReceiptError(f"缺少文件 (missing): {path}")
        return f"未附 (withheld): {path}"
    if hashlib.sha256(bundle.read(path)).hexdigest() != part["sha256"]:
        raise FaultyReceiptError(f"文件被改动 (altered): {path}")
    return f"未被改动 (unchanged): {path}"
