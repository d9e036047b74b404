"""Every scan, on disk before the turnstile opens and until the server has it.

SQLite in WAL mode with synchronous=FULL: one fsync per write, a torn tail is cut off by its own
checksums, and the uploader and `python -m gate status` read while a scan is written. Of what the
server has taken only number, time and decision stay, for 30 days. A disk that refuses to write
costs no scan: entries stay in memory, the alarm is raised, every later write tries them again.
"""

import logging
import sqlite3
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from gate.alarms import Alarm, Alarms
from gate.state.database import (
    FILE_NAME,
    SELECT,
    check_whole,
    forget,
    is_damage,
    mend,
    open_database,
    put_entries,
    to_entry,
    transaction,
)
from gate.state.entry import LOOKED, NOT_OPENED, NOT_THE_HOLDER, Entry, State
from gate.wire import ScanResult, format_instant

logger = logging.getLogger(__name__)


HELD = timedelta(minutes=5)
"""So long a code must not open again after a restart, and the guard is asked about a face."""
REMEMBERED = timedelta(days=30)


class JournalError(Exception):
    """The disk does not take or give entries right now; what was put is in memory."""


class JournalMendedError(JournalError):
    """The file was found damaged and has been replaced: trying again will work."""


class Journal:
    """The journal of one gate; used by the scan loop and the contact thread at once."""

    def __init__(self, directory: Path, alarms: Alarms) -> None:
        self._path = directory / FILE_NAME
        self._alarms = alarms
        self._lock = threading.RLock()
        self._unsaved: dict[str, Entry] = {}
        self._held: str | None = None
        self._database: sqlite3.Connection | None = None
        self._sequence = 0
        self._is_owner = False

    def recover(self) -> None:
        """Carry on where the last run ended; a scan it did not answer did not open the gate.

        For the running gate only: from here on a damaged file is mended under its name.
        """
        self._is_owner = True
        with suppress(JournalError):
            try:
                self._recover()
            except JournalMendedError:
                self._recover()

    def next_sequence(self) -> int:
        """Return the next number; a gap tells the server that a scan is missing."""
        with self._lock:
            self._sequence += 1
            return self._sequence

    def put(self, entry: Entry) -> None:
        """Write the entry durably, replacing what is known of its nonce.

        If the disk refuses, it is kept in memory and the alarm is raised.
        """
        with self._lock:
            self._unsaved[entry.nonce] = entry
            with suppress(JournalError):
                self.flush()

    def flush(self) -> None:
        """Write what is only in memory; JournalError if the disk still refuses."""
        with self._lock:
            if not self._unsaved:
                return
            try:
                self._write_unsaved()
            except JournalMendedError:
                self._write_unsaved()
            self._unsaved.clear()
            self._alarms.set(Alarm.DISK, is_on=False)

    @contextmanager
    def holding(self, nonce: str) -> Generator[None]:
        """Keep an entry from being uploaded until the turnstile has opened or failed to."""
        self._held = nonce
        try:
            yield
        finally:
            self._held = None

    def put_not_opened(self, entry: Entry) -> None:
        """Correct an admission that the turnstile did not carry out."""
        state = State.WAITING if entry.decided_offline else State.ANNUL
        self.put(replace(entry, admitted=False, reason=NOT_OPENED, state=state))

    def put_look(self, nonce: str, *, is_holder: bool) -> None:
        """Note what a guard says of the face of somebody let in with a card; the first word counts.

        A scan that waits is uploaded with it, of one the server has it is told afterwards.
        """
        with self._lock:
            entry = self._find(nonce)
            if entry is not None and entry.admitted and entry.reason != LOOKED:
                said = LOOKED if is_holder else NOT_THE_HOLDER
                self.put(_to_be_told(replace(entry, reason=said, admitted=is_holder)))

    def follow_looks(self, sent: Iterable[Entry]) -> None:
        """Have the server told of looks that came while these entries were under way."""
        with self._lock:
            for entry in sent:
                now = self._find(entry.nonce)
                if now is not None and now.reason != entry.reason:
                    self.put(_to_be_told(now))

    def pending(self, state: State, limit: int) -> list[Entry]:
        """Return the oldest entries in a state, those only in memory last."""
        with self._lock:
            saved: list[Entry] = []
            with suppress(JournalError):
                saved = self._select("WHERE state = ? ORDER BY rowid LIMIT ?", state, limit + 1)
            entries = [entry for entry in saved if entry.nonce not in self._unsaved]
            entries += [entry for entry in self._unsaved.values() if entry.state is state]
            return [entry for entry in entries if entry.nonce != self._held][:limit]

    def settle(self, results: Iterable[ScanResult]) -> None:
        """Note what the server said about each entry; JournalError if it cannot be written."""
        with self._lock:
            answered = [(_state(result), result.answer, result.nonce) for result in results]
            for state, answer, nonce in answered:
                if nonce in self._unsaved:
                    self._unsaved[nonce] = replace(self._unsaved[nonce], state=state, answer=answer)
            with suppress(JournalError):
                self.flush()
            with self._open() as database, transaction(database):
                database.executemany(
                    "UPDATE scan SET state = ?, answer = ? WHERE nonce = ?", answered
                )

    def forget(self, synced_at: datetime) -> None:
        """Let go of what the server took some time before this contact; JournalError."""
        with self._open() as database:
            forget(
                database,
                emptied=format_instant(synced_at - HELD),
                removed=format_instant(synced_at - REMEMBERED),
                sequence=self._sequence,
            )

    def release_quarantined(self) -> int:
        """Let the server judge the quarantined entries again; return how many."""
        with self._open() as database:
            return database.execute(
                "UPDATE scan SET state = ? WHERE state = ?", (State.WAITING, State.QUARANTINED)
            ).rowcount

    def counts(self) -> dict[State, int]:
        """Return how many entries are in each state but TAKEN."""
        with self._lock:
            counts = dict.fromkeys(State, 0)
            with suppress(JournalError), self._open() as database:
                counts |= database.execute(
                    "SELECT state, count(*) FROM scan WHERE state <> 'taken' GROUP BY state"
                ).fetchall()
            for entry in self._unsaved.values():
                counts[entry.state] += 1
            return counts

    def last_admitted(self, limit: int) -> list[Entry]:
        """Return the newest admissions, newest first; JournalError."""
        return self._select("WHERE admitted = 1 ORDER BY rowid DESC LIMIT ?", limit)

    def last_sure(self) -> Entry | None:
        """Return the newest scan made while the clock was sure; JournalError."""
        found = self._select("WHERE clock_bound_ms IS NOT NULL ORDER BY rowid DESC LIMIT 1")
        return found[0] if found else None

    def close(self) -> None:
        """Write what can still be written and let go of the file."""
        with self._lock:
            with suppress(JournalError):
                self.flush()
            self._drop()

    def _find(self, nonce: str) -> Entry | None:
        if nonce in self._unsaved:
            return self._unsaved[nonce]
        found = self._select("WHERE nonce = ?", nonce)
        return found[0] if found else None

    def _write_unsaved(self) -> None:
        with self._open() as database:
            put_entries(database, iter(self._unsaved.values()))

    def _recover(self) -> None:
        with self._open() as database:
            database.execute(
                "UPDATE scan SET state = ? WHERE state = ?", (State.WAITING, State.OPEN)
            )
            (last,) = database.execute("SELECT max(sequence) FROM scan").fetchone()
            self._sequence = last or 0

    def _select(self, clause: str, *values: object) -> list[Entry]:
        with self._open() as database:
            return [to_entry(row) for row in database.execute(f"{SELECT} {clause}", values)]

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection]:
        """Yield the database; whatever it raises becomes a JournalError, damage is mended."""
        with self._lock:
            try:
                yield self._connect()
            except sqlite3.Error as error:
                if self._is_owner and is_damage(error) and self._is_mended():
                    raise JournalMendedError from error
                if Alarm.DISK not in self._alarms.active:
                    logger.error("journal: %s", error)  # noqa: TRY400 - a trace says nothing more
                self._alarms.set(Alarm.DISK, is_on=True)
                raise JournalError(str(error)) from error

    def _connect(self) -> sqlite3.Connection:
        if self._database is None:
            self._database = open_database(self._path)
            if self._is_owner:
                check_whole(self._database, self._path)
        return self._database

    def _is_mended(self) -> bool:
        self._drop()
        try:
            self._database = mend(self._path)
        except (sqlite3.Error, OSError) as error:
            logger.error("journal: not mended: %s", error)  # noqa: TRY400
            return False
        self._alarms.set(Alarm.JOURNAL_DAMAGED, is_on=True)
        return True

    def _drop(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def _to_be_told(entry: Entry) -> Entry:
    """Return an entry the server may have without the look, so that it hears of it."""
    if entry.state is not State.TAKEN:
        return entry
    return replace(entry, state=State.LOOK if entry.admitted else State.ANNUL)


def _state(result: ScanResult) -> State:
    return State.TAKEN if result.is_taken else State.QUARANTINED
