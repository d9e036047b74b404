"""What the server told the gate to decide by: day keys, blocks, cards; no personal data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from gate.state import files
from gate.wire import DayKey, SyncPage, WireError, to_bytes, to_text

FILE_NAME = "lists.json"


@dataclass(frozen=True, slots=True)
class Lists:
    """One state of the lists; replaced as a whole, so a scan never sees half an update."""

    project_id: UUID | None = None
    day_keys: tuple[DayKey, ...] = ()
    blocks: Mapping[bytes, str] = field(default_factory=dict)
    """worker_ref → why not."""
    cards: Mapping[bytes, bytes] = field(default_factory=dict)
    """Digest of a printed card that is good → worker_ref of its holder."""
    cursor: str = ""
    etag: str = ""

    def keys_of(self, *, day: date, suite: int) -> tuple[bytes, ...]:
        """Return the project's keys for a day: none, one, or two while masters rotate."""
        return tuple(
            known.key for known in self.day_keys if known.day == day and known.suite == suite
        )

    @property
    def last_day(self) -> date | None:
        """The last day the gate can decide alone."""
        return max((known.day for known in self.day_keys), default=None)


def apply_page(lists: Lists, page: SyncPage, *, etag: str) -> Lists:
    """Return the lists after one sync answer; applying the same answer again changes nothing."""
    blocks = {} if page.is_full else dict(lists.blocks)
    cards = {} if page.is_full else dict(lists.cards)
    for worker_ref in page.unblocked:
        blocks.pop(worker_ref, None)
    for digest in page.ended_cards:
        cards.pop(digest, None)
    return replace(
        lists,
        project_id=page.project_id,
        day_keys=page.day_keys,
        blocks={**blocks, **page.blocks},
        cards={**cards, **page.cards},
        cursor=page.cursor,
        etag=etag,
    )


def without_position(lists: Lists) -> Lists:
    """Return the lists as one who asks the server from the beginning; after pairing anew."""
    return replace(lists, cursor="", etag="")


def save(lists: Lists, directory: Path) -> None:
    """Write the lists durably."""
    files.write_json(directory / FILE_NAME, _to_document(lists))


def load(directory: Path) -> Lists:
    """Return the saved lists; empty ones if nothing usable is there, and the next sync is full."""
    document = files.read_json(directory / FILE_NAME)
    if document is None:
        return Lists()
    try:
        return _from_document(document)
    except (KeyError, TypeError, ValueError, WireError):
        files.set_aside(directory / FILE_NAME)
        return Lists()


def _to_document(lists: Lists) -> dict[str, Any]:
    return {
        "project_id": str(lists.project_id) if lists.project_id else None,
        "day_keys": [[key.day.isoformat(), key.suite, to_text(key.key)] for key in lists.day_keys],
        "blocks": {to_text(worker_ref): reason for worker_ref, reason in lists.blocks.items()},
        "cards": {to_text(digest): to_text(ref) for digest, ref in lists.cards.items()},
        "cursor": lists.cursor,
        "etag": lists.etag,
    }


def _from_document(document: dict[str, Any]) -> Lists:
    project_id = document["project_id"]
    return Lists(
        project_id=UUID(project_id) if project_id else None,
        day_keys=tuple(
            DayKey(date.fromisoformat(day), int(suite), to_bytes(key))
            for day, suite, key in document["day_keys"]
        ),
        blocks={to_bytes(ref): str(reason) for ref, reason in document["blocks"].items()},
        cards={to_bytes(digest): to_bytes(ref) for digest, ref in dict(document["cards"]).items()},
        cursor=str(document["cursor"]),
        etag=str(document["etag"]),
    )
