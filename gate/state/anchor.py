"""When the server was last heard: the clock's anchor and the age of the lists, on disk."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from gate.clock import Anchor
from gate.state import files
from gate.wire import WireError, format_instant, parse_instant

FILE_NAME = "contact.json"


@dataclass(frozen=True, slots=True)
class LastContact:
    """The last successful sync."""

    anchor: Anchor
    synced_at: datetime
    """By the server's clock."""


def save(contact: LastContact, directory: Path) -> None:
    """Write the contact durably."""
    files.write_json(
        directory / FILE_NAME,
        {"anchor": asdict(contact.anchor), "synced_at": format_instant(contact.synced_at)},
    )


def load(directory: Path) -> LastContact | None:
    """Return the saved contact; None if there never was one or its file is damaged."""
    document = files.read_json(directory / FILE_NAME)
    if document is None:
        return None
    try:
        return LastContact(Anchor(**document["anchor"]), parse_instant(document["synced_at"]))
    except (KeyError, TypeError, WireError):
        files.set_aside(directory / FILE_NAME)
        return None


def raise_floor(anchor: Anchor | None, *, sure_at: datetime | None, boot_id: str) -> Anchor | None:
    """Return an anchor of an earlier boot with its time no earlier than the last sure moment.

    There it serves as the floor: what is the past for certain.
    """
    if anchor is None or anchor.boot_id == boot_id or sure_at is None:
        return anchor
    return replace(anchor, server=max(anchor.server, sure_at.timestamp()))
