"""Follows the console gateway's file, so that a terminal can show what would be on a phone."""

import json
from pathlib import Path


class MessageFeed:
    """New lines of a growing file of text messages; starts at its present end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = file.stat().st_size if file.exists() else 0

    def read_new(self) -> list[str]:
        """Return the messages written since the last call, ready to print."""
        if not self._file.exists():
            return []
        with self._file.open("rb") as file:
            file.seek(self._offset)
            added = file.read()
        complete = added[: added.rfind(b"\n") + 1]
        self._offset += len(complete)
        return [_describe(line) for line in complete.splitlines()]


def _describe(line: bytes) -> str:
    message = json.loads(line)
    return f"短信 → {message['phone']}：{message['body']}"
