"""Small owner-only files that are always either the old or the new version, never half of it."""

import json
import os
from itertools import count
from pathlib import Path
from typing import Any

OWNER_ONLY = 0o600
OWNER_ONLY_DIRECTORY = 0o700
DAMAGED_SUFFIX = ".damaged"


def own_directory(directory: Path) -> Path:
    """Make the directory if needed, for its owner only: it holds the token and day keys."""
    directory.mkdir(mode=OWNER_ONLY_DIRECTORY, parents=True, exist_ok=True)
    directory.chmod(OWNER_ONLY_DIRECTORY)
    return directory


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Replace the file durably: written aside, synced, renamed, and the directory synced too."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_directory(path.parent)


def read_json(path: Path) -> dict[str, Any] | None:
    """Return the file's object; None if there is none, or if it is damaged: it is then set aside.

    A disk that lies about syncing can leave an empty file behind; asking the server again mends
    that, a program that does not start would not.
    """
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        document = None
    if not isinstance(document, dict):
        set_aside(path)
        return None
    return document


def set_aside(path: Path) -> None:
    """Rename a damaged file out of the way."""
    path.replace(free_name(path))


def free_name(path: Path) -> Path:
    """Return where a damaged file is kept, beside every earlier one."""
    candidates = (path.with_name(f"{path.name}{DAMAGED_SUFFIX}-{number}") for number in count())
    return next(candidate for candidate in candidates if not candidate.exists())


def sync_directory(directory: Path) -> None:
    """Make renames and new files in the directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
