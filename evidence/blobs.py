"""Files people hand in: sealed, outside the database, each named by what it holds."""

import fcntl
import hashlib
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from core.crypto import FieldKeys, SealError
from evidence.errors import BlobLostError

CONTEXT = "evidence.blob"
RETRY_SECONDS = 60
"""Time to mount a disk again."""
DIGEST = re.compile(r"[0-9a-f]{64}")


class FolderBlobs:
    """Files in one folder, each under the SHA-256 of what it holds; nothing is ever overwritten.

    Any store with the same methods can stand in its place. A file is on the disk before
    `put` returns, so before the row that names it is committed; a rollback leaves it unnamed.
    """

    def __init__(self, folder: Path, keys: FieldKeys) -> None:
        self._folder = folder
        self._keys = keys

    def put(self, content: bytes) -> str:
        """Keep the content and return its SHA-256 in hex; repeating keeps it anew."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path.parent, fcntl.LOCK_SH) as folder:
            if self.exists(digest):
                os.utime(path)  # whoever drops what is old must not take this for old
            else:
                self._write(path, self._keys.seal(CONTEXT, content))
                os.fsync(folder)  # the name survives a power cut, not only the content
        return digest

    def drop(self, digest: str, *, unused_since: datetime) -> bool:
        """Delete what was last put before the instant; tell whether it is gone.

        The caller knows that no row names it. What somebody else has put since then stays: their
        row may not be committed yet. Repeating after a crash does no harm.
        """
        path = self._path(digest)
        if not path.parent.is_dir():
            return True
        with _locked(path.parent, fcntl.LOCK_EX):
            if self.exists(digest) and path.stat().st_mtime >= unused_since.timestamp():
                return False
            path.unlink(missing_ok=True)
        return True

    def get(self, digest: str) -> bytes:
        """Return what was put; BlobLostError when it is gone or was altered."""
        try:
            content = self._keys.open(CONTEXT, self._path(digest).read_bytes())
        except (OSError, SealError) as error:
            raise BlobLostError(retry_after=RETRY_SECONDS) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise BlobLostError(retry_after=RETRY_SECONDS)
        return content

    def exists(self, digest: str) -> bool:
        """Tell whether such a file was put."""
        return self._path(digest).is_file()

    def _path(self, digest: str) -> Path:
        if DIGEST.fullmatch(digest) is None:
            raise ValueError("not a SHA-256 in lower-case hex")
        return self._folder / digest[:2] / digest

    @staticmethod
    def _write(path: Path, sealed: bytes) -> None:
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)  # whole or not at all, also when two put the same


@contextmanager
def _locked(folder: Path, how: int) -> Generator[int]:
    """Hold a lock on a folder; it ends with the process, however that ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield handle
    finally:
        os.close(handle)
