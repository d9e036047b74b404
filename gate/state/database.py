"""The journal's SQLite file: opened so that a commit survives a power cut, mended if it did not."""

import logging
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from core.enums import Direction
from gate.state import files
from gate.state.entry import Entry, State

logger = logging.getLogger(__name__)

FILE_NAME = "journal.db"
COMPANIONS = ("-wal", "-shm")
BUSY_SECONDS = 5
PRIMARY_CODE = 0xFF
DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
COLUMNS = tuple(column.name for column in fields(Entry))
SCHEMA = """
CREATE TABLE IF NOT EXISTS scan (
    sequence INTEGER NOT NULL,
    nonce TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    direction TEXT NOT NULL,
    scanned_at TEXT NOT NULL,
    clock_bound_ms INTEGER,
    boot_id TEXT NOT NULL,
    uptime_ms INTEGER NOT NULL,
    admitted INTEGER NOT NULL,
    reason TEXT NOT NULL,
    decided_offline INTEGER NOT NULL,
    state TEXT NOT NULL,
    answer TEXT
);
CREATE INDEX IF NOT EXISTS scan_state ON scan (state) WHERE state <> 'taken';
CREATE INDEX IF NOT EXISTS scan_held ON scan (scanned_at) WHERE state = 'taken' AND code <> '';
"""
VALUES = f"scan ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"
UPSERT = (
    f"INSERT INTO {VALUES} ON CONFLICT (nonce)"
    f" DO UPDATE SET {', '.join(f'{name} = :{name}' for name in COLUMNS)}"
)
SALVAGE = f"INSERT OR IGNORE INTO {VALUES}"
"""Leaves out what stands twice, and what a damaged page has emptied."""
EMPTY = """UPDATE scan SET code = '', answer = NULL
WHERE state = 'taken' AND code <> '' AND scanned_at < ?"""
REMOVE = """DELETE FROM scan
WHERE rowid IN (SELECT rowid FROM scan WHERE state = 'taken' ORDER BY rowid LIMIT 1000)
AND scanned_at < ? AND sequence < ?"""
SELECT = f"SELECT {', '.join(COLUMNS)} FROM scan"  # noqa: S608 - column names of our own class


class DamagedFileError(sqlite3.DatabaseError):
    """The file is broken in a way SQLite itself has not noticed."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open or create the file, every commit of which is on the disk when it returns.

    Raises sqlite3.Error; `is_damage` tells whether `mend` is called for.
    """
    database = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA cache_size = -1024")
        database.execute("PRAGMA secure_delete = ON")
        database.executescript(SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    path.chmod(files.OWNER_ONLY)
    files.sync_directory(path.parent)
    return database


def check_whole(database: sqlite3.Connection, path: Path) -> None:
    """Raise DamagedFileError when the file is shorter than its own header says; takes no time.

    SQLite itself would notice only when it reads a missing page, and may write there before.
    """
    with suppress(sqlite3.OperationalError):  # a full disk is no damage
        (is_busy, *_) = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        (page_size,) = database.execute("PRAGMA page_size").fetchone()
        if not is_busy and path.stat().st_size < pages * page_size:
            raise DamagedFileError


def is_damage(error: sqlite3.Error) -> bool:
    """Tell a broken file from a full or missing disk."""
    code = getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE
    return isinstance(error, DamagedFileError) or code in DAMAGE


def mend(path: Path) -> sqlite3.Connection:
    """Replace the damaged file by a new one with every entry still readable, and keep it aside.

    The new file is complete before anything is moved; without room for it nothing changes.
    """
    fresh = path.with_name(f"{path.name}.mended")
    for leftover in _family(fresh):
        leftover.unlink(missing_ok=True)
    with closing(open_database(fresh)) as database, closing(sqlite3.connect(path)) as broken:
        broken.execute("PRAGMA writable_schema = ON")  # or SQLite reads nothing of a cut-off file
        for order in ("ASC", "DESC"):  # from both ends, up to the damage
            with transaction(database):
                database.executemany(SALVAGE, _readable(broken, order))
    damaged = files.free_name(path)
    for part, kept in zip(_family(path), _family(damaged), strict=True):
        with suppress(FileNotFoundError):
            part.replace(kept)
    fresh.replace(path)
    logger.error("journal was damaged, kept as %s", damaged.name)
    return open_database(path)


def put_entries(database: sqlite3.Connection, entries: Iterator[Entry]) -> None:
    """Write entries in one durable transaction, replacing what is known of their nonces."""
    with transaction(database):
        database.executemany(UPSERT, (asdict(entry) for entry in entries))


def forget(database: sqlite3.Connection, *, emptied: str, removed: str, sequence: int) -> None:
    """Empty and remove what the server took of scans before two instants; no log keeps it either.

    The last number given out stays, whatever its age: numbers go on from it.
    """
    with transaction(database):
        number = database.execute(EMPTY, (emptied,)).rowcount
        number += database.execute(REMOVE, (removed, sequence)).rowcount
    if number:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def to_entry(row: tuple[Any, ...]) -> Entry:
    """Return the entry of a `SELECT` row; DamagedFileError if it cannot be one of ours."""
    values = dict(zip(COLUMNS, row, strict=True))
    try:
        read = {
            "direction": Direction(values["direction"]),
            "state": State(values["state"]),
            "admitted": bool(values["admitted"]),
            "decided_offline": bool(values["decided_offline"]),
        }
    except ValueError as error:
        raise DamagedFileError from error
    return Entry(**values | read)


@contextmanager
def transaction(database: sqlite3.Connection) -> Generator[None]:
    """Commit on success, roll back on any exception."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            database.execute("ROLLBACK")
        raise


def _family(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in ("", *COMPANIONS)]


def _readable(broken: sqlite3.Connection, order: str) -> Iterator[dict[str, Any]]:
    with suppress(sqlite3.Error):
        for row in broken.execute(f"{SELECT} ORDER BY rowid {order}"):
            with suppress(DamagedFileError):
                yield asdict(to_entry(row))
