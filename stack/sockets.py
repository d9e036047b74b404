"""Where the bundled servers put their unix sockets."""

import hashlib
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from stack.children import StackError, own_directory

LONGEST_SOCKET_PATH = 107
"""`sun_path` is 108 bytes on Linux, with the closing zero (unix(7))."""
POSTGRES_SOCKET = ".s.PGSQL.5432"
"""Named by PostgreSQL; the longest of ours."""


@contextmanager
def socket_directory(var: Path) -> Generator[Path]:
    """Yield an owner-only directory for the sockets of the servers under `var`.

    It is `var/run`, or a directory of the system's temporary one when that path is too long.
    """
    directory = _make(var)
    yield directory
    with suppress(OSError):  # the other server's socket is still in it
        directory.rmdir()


def _make(var: Path) -> Path:
    inside = var.resolve() / "run"
    digest = hashlib.sha256(os.fsencode(inside)).hexdigest()[:16]
    for directory in (inside, Path(tempfile.gettempdir()) / f"axm-{os.geteuid()}-{digest}"):
        if len(os.fsencode(directory / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH:
            return own_directory(directory)
    raise StackError(
        f"临时目录路径太长：{tempfile.gettempdir()}；请设置较短的 TMPDIR。"
        " (the temporary directory's path is too long for a socket; set a shorter TMPDIR)"
    )
