"""Files people hand in: kept whole, sealed, and never taken for another."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import now
from core.crypto import FieldKeys
from evidence.blobs import FolderBlobs
from evidence.errors import BlobLostError

KEYS = FieldKeys({1: b"\x01" * 32}, 1, b"\x02" * 32)
PHOTO = b"\xff\xd8\xff photo of a payslip"
DIGEST = "3f1d3f4ae1b2b0c9d4f7d1f0a1e2c3b4" * 2


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs", KEYS)


def files_of(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_was_put_comes_back(blobs: FolderBlobs) -> None:
    assert blobs.get(blobs.put(PHOTO)) == PHOTO


def test_the_name_is_the_sha_256_of_the_content(blobs: FolderBlobs) -> None:
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    assert blobs.put(b"") == empty


def test_nothing_readable_stands_on_the_disk(blobs: FolderBlobs, tmp_path: Path) -> None:
    blobs.put(PHOTO)

    [file] = files_of(tmp_path)
    assert b"payslip" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_the_same_content_is_kept_once(blobs: FolderBlobs, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        digests = set(pool.map(blobs.put, [PHOTO] * 16))

    assert [file.name for file in files_of(tmp_path)] == list(digests)


def test_an_altered_file_is_not_given_out(blobs: FolderBlobs, tmp_path: Path) -> None:
    digest = blobs.put(PHOTO)
    [file] = files_of(tmp_path)
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")

    with pytest.raises(BlobLostError):
        blobs.get(digest)


def test_a_file_put_in_anothers_place_is_not_given_out(blobs: FolderBlobs, tmp_path: Path) -> None:
    digest, other = blobs.put(PHOTO), blobs.put(b"another")
    paths = {path.name: path for path in files_of(tmp_path)}
    paths[digest].write_bytes(paths[other].read_bytes())

    with pytest.raises(BlobLostError):
        blobs.get(digest)


def test_what_was_never_put_is_not_there(blobs: FolderBlobs) -> None:
    assert not blobs.exists(DIGEST)
    with pytest.raises(BlobLostError):
        blobs.get(DIGEST)


def test_what_is_dropped_is_gone_and_dropping_it_again_does_no_harm(
    blobs: FolderBlobs, tmp_path: Path
) -> None:
    digest = blobs.put(PHOTO)

    gone = [blobs.drop(digest, unused_since=now() + timedelta(days=1)) for _ in range(2)]

    assert (gone, files_of(tmp_path)) == ([True, True], [])


def test_what_somebody_put_again_meanwhile_is_not_dropped(
    blobs: FolderBlobs, tmp_path: Path
) -> None:
    digest = blobs.put(PHOTO)
    [file] = files_of(tmp_path)
    os.utime(file, (0, 0))
    blobs.put(PHOTO)

    assert not blobs.drop(digest, unused_since=now() - timedelta(days=1))

    assert blobs.get(digest) == PHOTO


def test_dropping_what_was_never_put_does_no_harm(blobs: FolderBlobs) -> None:
    assert blobs.drop(DIGEST, unused_since=now())


@pytest.mark.parametrize("name", ["../keys.json", "", "AB" * 32, "a" * 63, "a" * 64 + "\n"])
def test_only_a_digest_is_a_name(blobs: FolderBlobs, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        blobs.get(name)
