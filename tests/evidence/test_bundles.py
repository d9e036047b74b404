"""A bundle proves what was sealed, whole or without the names, and shows every change."""

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest

from core.keyring import Keyring
from evidence.bundles import (
    MANIFEST,
    Level,
    Part,
    check_bundle,
    make_manifest,
    make_part,
    seal_manifest,
    write_bundle,
)
from evidence.proofs import FaultyReceiptError
from evidence.receipts import jwks

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
PARTS = [
    make_part("complaint.json", {"number": "AX1", "amount": "5280.00"}),
    make_part("person.json", {"name": "王小明"}, Level.IDENTITY),
    Part("files/01.jpg", b"\xff\xd8\xff picture", Level.IDENTITY),
]


def bundle(keyring: Keyring, parts: list[Part] | None = None) -> bytes:
    manifest = make_manifest("AX1", PARTS, at=AT)
    given = PARTS if parts is None else parts
    contents = {part.path: part.content for part in given}
    return write_bundle(keyring, manifest, seal_manifest(keyring, manifest, at=AT), contents)


def changed(content: bytes, path: str, replacement: bytes | None) -> bytes:
    """Return the ZIP with one file replaced, added, or removed."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w") as copy:
        for name in source.namelist():
            if name != path:
                copy.writestr(name, source.read(name))
        if replacement is not None:
            copy.writestr(path, replacement)
    return target.getvalue()


def test_a_whole_bundle_proves_every_part(keyring: Keyring) -> None:
    proved = check_bundle(bundle(keyring), jwks(keyring))

    assert len(proved) == 4
    assert "AX1" in proved[0]
    assert all("unchanged" in line for line in proved[1:])


def test_a_bundle_without_names_still_proves_the_rest(keyring: Keyring) -> None:
    open_parts = [part for part in PARTS if part.level is Level.OPEN]

    proved = check_bundle(bundle(keyring, open_parts), None)

    assert [line.split(":")[0] for line in proved[1:]] == [
        "未被改动 (unchanged)",
        "未附 (withheld)",
        "未附 (withheld)",
    ]


def test_names_cannot_be_guessed_from_hashes() -> None:
    once, again = (make_part("person.json", {"name": "王"}, Level.IDENTITY) for _ in range(2))
    assert once.content != again.content


def test_the_same_parts_make_the_same_file(keyring: Keyring) -> None:
    manifest = make_manifest("AX1", PARTS, at=AT)
    seal = seal_manifest(keyring, manifest, at=AT)
    contents = {part.path: part.content for part in PARTS}
    files = {write_bundle(keyring, manifest, seal, contents) for _ in range(2)}
    assert len(files) == 1


@pytest.mark.parametrize(
    ("path", "replacement"),
    [
        ("complaint.json", b"{}"),
        ("complaint.json", None),
        ("files/01.jpg", b"another picture"),
        ("files/02.jpg", b"one more"),
        ("manifest.jws", b"nonsense"),
        ("manifest.json", b"[]"),
        (MANIFEST, b'{"format":"axm-bundle/1","parts":[],"sealed_at":"x","subject":"AX1"}'),
        ("keys.json", b'{"keys": []}'),
    ],
)
def test_every_change_is_found(keyring: Keyring, path: str, replacement: bytes | None) -> None:
    with pytest.raises(FaultyReceiptError):
        check_bundle(changed(bundle(keyring), path, replacement), None)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all"])
def test_what_is_no_bundle_is_refused(content: bytes) -> None:
    with pytest.raises(FaultyReceiptError):
        check_bundle(content, None)


def test_a_bundle_that_unpacks_to_gigabytes_is_not_unpacked(keyring: Keyring) -> None:
    target = BytesIO()
    with ZipFile(target, "w", 8) as bomb:
        bomb.writestr(MANIFEST, b" " * 20_000_001)
    with pytest.raises(FaultyReceiptError, match="too large"):
        check_bundle(target.getvalue(), jwks(keyring))
