"""A gate's computer: the real gate program on it, its bad clocks, and its power supply."""

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from core.enums import Direction
from gate.alarms import Alarms
from gate.assembly import Gate, assemble
from gate.clock import Anchor, GateClock
from gate.decide import Decision
from gate.ports.relays import RelayError
from gate.state.database import FILE_NAME
from gate.state.entry import Entry
from gate.state.pairing import Pairing
from tests.simulation.server import Line
from tests.simulation.true_time import TrueTime

SECTOR = 512
WAL = f"{FILE_NAME}-wal"
SYNCHRONOUS_FULL = 2
NEWEST = "SELECT nonce FROM scan ORDER BY rowid DESC LIMIT 1"


class PowerCutError(BaseException):
    """The computer has stopped in the middle of what it was doing."""


@dataclass
class Passage:
    """What became of one text at the reader, as somebody standing by would tell it."""

    nonce: str | None
    """What the journal calls it; None: the journal has no such scan."""
    is_opened: bool
    is_written: bool = True
    """Whether it was on the disk before the power failed."""
    decision: Decision | None = None


@dataclass(eq=False)
class Machine:
    """One turnstile, one direction, one computer without a battery for its clock."""

    name: str
    direction: Direction
    token: str
    address: str
    time: TrueTime
    line: Line
    disk: Path
    """A new directory in it after each power cut."""
    chance: Random
    drift: float = 0.0
    wall_error: timedelta = timedelta()
    dead_clock: datetime | None = None
    """What the wall clock starts at when the power comes back; None: its battery is good."""
    is_relay_broken: bool = False
    cut_at: str | None = None
    """Where the next scan ends in a power cut: first_write, last_write or opening."""
    gate: Gate = field(init=False)
    is_on: bool = False
    boot_id: str = ""
    booted_at: datetime = field(init=False)
    _opened: bool = False
    _cuts: int = 0

    def boot(self) -> None:
        """Give it power."""
        self.boot_id, self.booted_at = f"boot-{secrets.token_hex(6)}", self.time.now
        if self.dead_clock is not None:
            self.wall_error = self.dead_clock - self.time.now
        self.start()

    def start(self) -> None:
        """Start the program, as the service manager does."""
        self.gate = assemble(
            pairing=Pairing(self.address, self.token, {}),
            directory=self._directory,
            direction=self.direction,
            relay=self,
            make_clock=self._make_clock,
            boot_id=self.boot_id,
            alarms=Alarms(),
            announce=lambda _: None,
        )
        self.gate.asker.start()
        self.is_on = True

    def kill(self) -> None:
        """End the program without a word, as `kill -9` does; the kernel keeps what was written."""
        self._lose_power(0)
        self.start()

    def cut_power(self) -> None:
        """End everything; what was not synced is gone, and the last sector is torn."""
        self._keep_image(*self._files())
        self._lose_power()

    def scan(self, text: str) -> Passage | None:
        """Hold a text to the reader; None if it was only read twice."""
        self._opened, before = False, self._newest()
        self.gate.journal.put = self._tapped(self.gate.journal.put)  # type: ignore[assignment,method-assign]
        try:
            decision = self.gate.turnstile.handle(text)
        except PowerCutError:
            newest, is_written = self._newest(), self.cut_at != "first_write"
            self._lose_power()
            return Passage(newest if newest != before else None, self._opened, is_written)
        finally:
            del self.gate.journal.put
            self.cut_at = None
        if decision is None:
            return None
        newest = self._newest()
        return Passage(newest if newest != before else None, self._opened, decision=decision)

    def contact(self) -> None:
        """One round of the thread that keeps in touch."""
        self.gate.line.woken.clear()
        self.gate.contact.step()

    def backlog(self) -> int:
        """How many scans the server has not taken."""
        return sum(self.gate.journal.counts().values())

    def open(self) -> None:
        """The relay."""
        if self.is_relay_broken:
            raise RelayError("broken")
        self._opened = True
        if self.cut_at == "opening":
            self._keep_image(*self._files())
            raise PowerCutError

    def close(self) -> None:
        """Nothing is held."""

    @property
    def _directory(self) -> Path:
        directory = self.disk / str(self._cuts)
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def _make_clock(self, anchor: Anchor | None) -> GateClock:
        return GateClock(anchor, uptime=self._uptime, wall=self._wall, boot_id=self.boot_id)

    def _uptime(self) -> float:
        return (self.time.now - self.booted_at).total_seconds() * (1 + self.drift)

    def _wall(self) -> float:
        return (self.time.now + self.wall_error).timestamp()

    def _tapped(self, put: Callable[[Entry], None]) -> Callable[[Entry], None]:
        """Let the power fail while an entry is being written: some of its sectors are there."""

        writes = iter(("first_write", "last_write", "correction"))

        def put_and_fail(entry: Entry) -> None:
            is_due = self.cut_at == next(writes)
            before = self._files() if is_due else None
            put(entry)
            if before is not None:
                self._keep_image(*self._torn(before, self._files()))
                raise PowerCutError

        return put_and_fail

    def _files(self) -> tuple[bytes, bytes]:
        return (self._directory / FILE_NAME).read_bytes(), self._synced_wal()

    def _torn(self, before: tuple[bytes, bytes], after: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        """Return file and log in the middle of a write: some sectors are new, one at least not."""
        (file, old), (moved_file, new) = before, after
        old = old.ljust(len(new), b"\0")
        sectors = [slice(at, at + SECTOR) for at in range(0, len(new), SECTOR)]
        changed = [number for number, at in enumerate(sectors) if old[at] != new[at]]
        if file != moved_file or not changed:
            return before  # the log is moved into the file once it is synced; we are earlier
        lost = set(self.chance.sample(changed, self.chance.randint(1, len(changed))))
        torn = (old[at] if number in lost else new[at] for number, at in enumerate(sectors))
        return file, b"".join(torn)

    def _synced_wal(self) -> bytes:
        """Return what of the journal's log is on the disk: SQLite syncs each commit if told so."""
        wal = self._directory / WAL
        (level,) = self.gate.journal._connect().execute("PRAGMA synchronous").fetchone()
        return wal.read_bytes() if level >= SYNCHRONOUS_FULL and wal.exists() else b""

    def _keep_image(self, journal: bytes, wal: bytes) -> None:
        """Copy the disk as it stands without power; shared memory is none of it."""
        image = self.disk / str(self._cuts + 1)
        image.mkdir()
        for file in self._directory.iterdir():
            if not file.name.startswith(FILE_NAME):
                shutil.copy(file, image)
        (image / FILE_NAME).write_bytes(journal)
        torn_tail = self.chance.randbytes(self.chance.randrange(3 * SECTOR))
        (image / WAL).write_bytes(wal + torn_tail)

    def _lose_power(self, images: int = 1) -> None:
        self.is_on = False
        self.line.let_go()
        self.gate.stop()
        self._cuts += images

    def _newest(self) -> str | None:
        found = self.gate.journal._connect().execute(NEWEST).fetchone()
        return found[0] if found else None
