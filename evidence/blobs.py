"""Files people hand in: sealed, outside the database, each named by what it holds."""

import hashlib
import os
import re
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

    Any store with the same three methods can stand in its place. A file is on the disk before
    `put` returns, so before the row that names it is committed; a rollback leaves it unnamed.
    """

    def __init__(self, folder: Path, keys: FieldKeys) -> None:
        self._folder = folder
        self._keys = keys

    def put(self, content: bytes) -> str:
        """Keep the content for good and return its SHA-256 in hex; repeating changes nothing."""
        digest = hashlib.sha256(content).hexdigest()
        if not self.exists(digest):
            self._write(self._path(digest), self._keys.seal(CONTEXT, content))
        return digest

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
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)  # whole or not at all, also when two put the same
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)  # the name survives a power cut, not only the content
        os.close(folder)
