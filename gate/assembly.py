"""One gate put together from its parts, started and stopped in order."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.enums import Direction
from gate.alarms import Alarms
from gate.clock import Anchor, GateClock
from gate.link.asking import GIVE_UP_SECONDS, Asker
from gate.link.client import Client
from gate.link.contact import Contact
from gate.link.heartbeat import Heartbeat
from gate.link.line import Line
from gate.link.token import Token
from gate.ports.relays import Relay
from gate.screen.board import Board
from gate.state.anchor import raise_floor
from gate.state.journal import Journal, JournalError
from gate.state.known import Known
from gate.state.pairing import Pairing
from gate.turnstile import Turnstile
from gate.wire import parse_instant

CONTACT_SECONDS = 10.0
"""How long one read of a sync or an upload may take."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The parts that somebody outside talks to."""

    turnstile: Turnstile
    asker: Asker
    contact: Contact
    board: Board
    journal: Journal
    known: Known
    line: Line

    def start(self) -> None:
        """Start the threads; the scan loop is the caller's."""
        self.asker.start()
        self.contact.start()

    def stop(self) -> None:
        """End the threads and close the journal."""
        self.contact.stop(seconds=CONTACT_SECONDS)
        self.asker.stop()
        self.journal.close()


def assemble(
    *,
    pairing: Pairing,
    directory: Path,
    direction: Direction,
    relay: Relay,
    make_clock: Callable[[Anchor | None], GateClock],
    boot_id: str,
    alarms: Alarms,
    announce: Callable[[str], None],
) -> Gate:
    """Return the gate, everything it knew before the last stop remembered.

    Raises AddressError when the pairing names a server the gate will not speak to.
    """
    journal = Journal(directory, alarms)
    journal.recover()
    known = Known(directory, alarms)
    clock = make_clock(_anchor_at_start(known, journal, boot_id))
    line = Line(clock)
    token = Token(pairing, directory)
    heartbeat = Heartbeat(token, clock, known, journal)
    asking, syncing = _open_clients(pairing.server, clock, heartbeat)
    asker = Asker(asking, line)
    contact = Contact(
        syncing, token, line, clock=clock, known=known, journal=journal, alarms=alarms
    )
    board = Board(
        direction=direction,
        clock=clock,
        line=line,
        known=known,
        journal=journal,
        alarms=alarms,
        announce=announce,
    )
    turnstile = Turnstile(
        direction=direction,
        clock=clock,
        known=known,
        journal=journal,
        asker=asker,
        relay=relay,
        board=board,
        alarms=alarms,
    )
    turnstile.remember()
    return Gate(turnstile, asker, contact, board, journal, known, line)


def _open_clients(server: str, clock: GateClock, heartbeat: Heartbeat) -> tuple[Client, Client]:
    """Return the impatient connection that asks and the patient one that syncs."""
    asking = Client(server, timeout=GIVE_UP_SECONDS, uptime=clock.uptime, headers=heartbeat.brief)
    syncing = Client(server, timeout=CONTACT_SECONDS, uptime=clock.uptime, headers=heartbeat.full)
    return asking, syncing


def _anchor_at_start(known: Known, journal: Journal, boot_id: str) -> Anchor | None:
    try:
        last = journal.last_sure()
    except JournalError:
        last = None
    sure = [known.synced_at, parse_instant(last.scanned_at) if last else None]
    sure_at = max(filter(None, sure), default=None)
    return raise_floor(known.anchor, sure_at=sure_at, boot_id=boot_id)
