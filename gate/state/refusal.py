"""Since when the server does not know this gate any more, on disk for `python -m gate status`."""

from datetime import datetime
from pathlib import Path

from gate.state import files
from gate.wire import WireError, format_instant, parse_instant

FILE_NAME = "refused.json"


def note(directory: Path, at: datetime) -> None:
    """Write down when the server refused this gate, unless it has before; OSError."""
    path = directory / FILE_NAME
    if not path.exists():
        files.write_json(path, {"refused_at": format_instant(at)})


def clear(directory: Path) -> None:
    """The server knows this gate; OSError."""
    (directory / FILE_NAME).unlink(missing_ok=True)


def load(directory: Path) -> datetime | None:
    """Return since when the server refuses this gate; None if it does not, as far as is known."""
    document = files.read_json(directory / FILE_NAME)
    if document is None:
        return None
    try:
        return parse_instant(document["refused_at"])
    except (KeyError, WireError):
        files.set_aside(directory / FILE_NAME)
        return None
