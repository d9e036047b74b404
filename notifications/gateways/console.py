"""The gateway of a laptop: keeps each message as one JSON line in a file of its owner."""

import json
import os
from pathlib import Path

from core.clock import now
from notifications.gateways.base import Sms

OWNER_ONLY = 0o600


class ConsoleGateway:
    """Messages go to `file` and nowhere else; for development, refused in production.

    Not even to the log: sign-in codes are credentials, and logs are read by more people. `make
    run` follows the file and shows it on the screen.
    """

    name = "console"
    needs_approval = False

    def __init__(self, file: Path) -> None:
        self._file = file

    def send(self, sms: Sms) -> str:
        """Append the line; it survives the death of this process, though not a power cut."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        line = {
            "reference": sms.reference,
            "phone": sms.phone,
            "body": sms.body,
            "at": now().isoformat(),
        }
        self._append(json.dumps(line, ensure_ascii=False))
        return _reference(sms)

    def find(self, sms: Sms) -> list[str]:
        """Return the message's reference if the file holds it."""
        if not self._file.exists():
            return []
        with self._file.open(encoding="utf-8") as lines:
            is_there = any(f'"reference": "{sms.reference}"' in line for line in lines)
        return [_reference(sms)] if is_there else []

    def _append(self, line: str) -> None:
        # One write to an O_APPEND file: workers side by side never mix their lines.
        descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, OWNER_ONLY)
        try:
            os.write(descriptor, f"{line}\n".encode())
        finally:
            os.close(descriptor)


def _reference(sms: Sms) -> str:
    return f"console:{sms.reference}"
