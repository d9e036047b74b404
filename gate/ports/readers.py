"""Where codes come from: standard input, a serial reader, or a reader that acts as a keyboard."""

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from gate.alarms import Alarm, Alarms
from gate.ports.keyboard import Keyboard, open_keyboard
from gate.ports.lines import LineSplitter, to_text
from gate.ports.serial import DEFAULT_BAUD, open_serial

CHUNK = 4096
REOPEN_SECONDS = 1.0
SILENCE_SECONDS = 0.5
"""A reader sends a code within 0.1 s, even at 4800 baud; after this long a line was cut off."""


class ReaderError(Exception):
    """The description of the reader is not one we know; the message says what is possible."""


class Reader(Protocol):
    """A source of codes."""

    def codes(self) -> Iterator[str]:
        """Yield codes as they are read, until there can be no more."""
        ...


class StreamReader:
    """Reads lines from an open descriptor until its end: a terminal, a pipe, a keyboard wedge."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def codes(self) -> Iterator[str]:
        """Yield the code of each line."""
        splitter = LineSplitter()
        while chunk := os.read(self._descriptor, CHUNK):
            yield from map(to_text, splitter.feed(chunk))


class DeviceReader:
    """Reads a device for ever, opening it again whenever it is pulled out and put back."""

    def __init__(
        self,
        open_device: Callable[[], int],
        alarms: Alarms,
        *,
        make_decoder: Callable[[], Callable[[bytes], bytes]] = lambda: bytes,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._open_device = open_device
        self._alarms = alarms
        self._make_decoder = make_decoder
        self._pause = pause

    def codes(self) -> Iterator[str]:
        """Yield the code of each line."""
        while True:
            with suppress(OSError):  # pulled out, or not there yet; it may also just end
                yield from self._session()
            self._alarms.set(Alarm.READER, is_on=True)
            self._pause(REOPEN_SECONDS)

    def _session(self) -> Iterator[str]:
        device = self._open_device()
        try:
            self._alarms.set(Alarm.READER, is_on=False)
            decode, splitter = self._make_decoder(), LineSplitter()
            while chunk := _read_next(device, splitter):
                yield from map(to_text, splitter.feed(decode(chunk)))
        finally:
            os.close(device)


def _read_next(device: int, splitter: LineSplitter) -> bytes:
    """Return what arrives next; a line whose rest does not come has no part in it."""
    if splitter.has_begun and not select.select([device], [], [], SILENCE_SECONDS)[0]:
        splitter.forget_begun()
    return os.read(device, CHUNK)


def open_reader(description: str, alarms: Alarms) -> Reader:
    """Return the reader of ``stdin``, ``serial:<path>[@<baud>]`` or ``keyboard:<path>``."""
    kind, _, where = description.partition(":")
    path, _, baud = where.partition("@")
    match kind:
        case "stdin" if not where:
            return StreamReader(sys.stdin.fileno())
        case "serial" if path and (not baud or baud.isdecimal()):
            open_device = partial(open_serial, Path(path), int(baud or DEFAULT_BAUD))
            return DeviceReader(open_device, alarms)
        case "keyboard" if where:
            return DeviceReader(
                partial(open_keyboard, Path(where)),
                alarms,
                make_decoder=lambda: Keyboard().feed,
            )
    raise ReaderError(
        f"扫码器应为 stdin、serial:/dev/ttyUSB0[@9600] 或 keyboard:/dev/input/event3：{description}"
        " (use stdin, serial:<device>[@<baud>] or keyboard:<device>)"
    )
