"""What the gate knows from the server, in memory for the scan loop and on disk for the next start.

A disk that does not take it costs nothing but the next start: the gate goes on with what is in
memory and the alarm is raised.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gate.alarms import Alarm, Alarms
from gate.clock import Anchor
from gate.state import anchor, lists, refusal
from gate.state.anchor import LastContact
from gate.wire import SyncPage


class Known:
    """The lists and the last contact; written by the contact thread only."""

    def __init__(self, directory: Path, alarms: Alarms) -> None:
        self._directory = directory
        self._alarms = alarms
        self._contact = anchor.load(directory)
        self.lists = lists.load(directory)

    @property
    def anchor(self) -> Anchor | None:
        """The clock's anchor at the last contact."""
        return self._contact.anchor if self._contact else None

    @property
    def synced_at(self) -> datetime | None:
        """When the lists were last known to be current, by the server's clock."""
        return self._contact.synced_at if self._contact else None

    def take_page(self, page: SyncPage, *, etag: str) -> None:
        """Take one sync answer: in force at once, then on disk."""
        self.lists = lists.apply_page(self.lists, page, etag=etag)
        self._write(lambda: lists.save(self.lists, self._directory))

    def note_contact(self, contact: LastContact) -> None:
        """Remember that everything was current just now."""
        self._contact = contact
        self._write(lambda: anchor.save(contact, self._directory))

    def note_standing(self, *, refused_at: datetime | None) -> None:
        """Remember that the server knows this gate, or since when it does not."""
        if refused_at is None:
            self._write(lambda: refusal.clear(self._directory))
        else:
            self._write(lambda: refusal.note(self._directory, refused_at))

    def _write(self, save: Callable[[], None]) -> None:
        try:
            save()
        except OSError:
            self._alarms.set(Alarm.DISK, is_on=True)
