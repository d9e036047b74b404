"""A reader that types: key events of `/dev/input/event*` (linux/input.h), turned into text.

Taken from the kernel rather than from a terminal, because a gate's computer has no keyboard focus
to type into; the device is grabbed, so that codes do not land in a login prompt either.
"""

import fcntl
import os
import struct
from contextlib import suppress
from pathlib import Path

EVENT = struct.Struct("@llHHi")
"""struct input_event: time (two longs), type, code, value."""
EV_KEY = 1
KEY_DOWN = 1
EVIOCGRAB = 0x40044590
SHIFT_KEYS = frozenset({42, 54})
KEYS = {
    28: "\n\n",
    96: "\n\n",
    57: "  ",
    **dict(
        zip(
            range(2, 14),
            ("1!", "2@", "3#", "4$", "5%", "6^", "7&", "8*", "9(", "0)", "-_", "=+"),
            strict=True,
        )
    ),
    **{16 + place: letter + letter.upper() for place, letter in enumerate("qwertyuiop")},
    **{30 + place: letter + letter.upper() for place, letter in enumerate("asdfghjkl")},
    **{44 + place: letter + letter.upper() for place, letter in enumerate("zxcvbnm")},
    **dict(zip(range(51, 54), (",<", ".>", "/?"), strict=True)),
    39: ";:",
}
"""Key code → character without and with shift, on the US layout that readers ship with."""


def open_keyboard(path: Path) -> int:
    """Return a descriptor that delivers key events to us alone."""
    device = os.open(path, os.O_RDONLY)
    with suppress(OSError):
        fcntl.ioctl(device, EVIOCGRAB, 1)
    return device


class Keyboard:
    """Follows the shift key and an event cut in two by a read."""

    def __init__(self) -> None:
        self._rest = b""
        self._shifts: set[int] = set()

    def feed(self, chunk: bytes) -> bytes:
        """Return what the events of the chunk type."""
        events = self._rest + chunk
        whole = len(events) - len(events) % EVENT.size
        self._rest = events[whole:]
        return "".join(
            self._typed(key, value)
            for *_, kind, key, value in EVENT.iter_unpack(events[:whole])
            if kind == EV_KEY
        ).encode("ascii")

    def _typed(self, key: int, value: int) -> str:
        if key in SHIFT_KEYS:
            (self._shifts.add if value else self._shifts.discard)(key)
            return ""
        if value != KEY_DOWN or key not in KEYS:
            return ""
        return KEYS[key][bool(self._shifts)]
