"""What opens the turnstile: a GPIO line, a relay with a web address, or nothing but a message."""

import http.client
import logging
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from gate.ports import gpio

logger = logging.getLogger(__name__)

PULSE_SECONDS = 0.5
HTTP_SECONDS = 1.0
DONE = range(200, 300)


class RelayError(Exception):
    """The turnstile was not told to open, or the relay did not say that it will."""


class RelayDescriptionError(Exception):
    """The description of the relay is not one we know; the message says what is possible."""


class Relay(Protocol):
    """Opens the turnstile for one person."""

    def open(self) -> None:
        """Begin one opening pulse; RelayError if that failed."""
        ...

    def close(self) -> None:
        """Let go of the hardware, the turnstile shut."""
        ...


class DryRunRelay:
    """Only says that it would open."""

    def open(self) -> None:
        """Print one line."""
        try:
            sys.stdout.write("[闸门] 打开\n")
            sys.stdout.flush()
        except OSError as error:
            raise RelayError("nobody reads the output") from error

    def close(self) -> None:
        """Nothing is held."""


class GpioRelay:
    """Drives one line high for half a second; opening again meanwhile begins the pulse anew."""

    def __init__(self, line: int, set_line: Callable[..., None] = gpio.set_line) -> None:
        self._line = line
        self._set_line = set_line
        self._lock = threading.Lock()
        self._pulse = threading.Timer(PULSE_SECONDS, self._end)

    def open(self) -> None:
        """Begin the pulse; a thread ends it."""
        with self._lock:
            self._pulse.cancel()
            self._drive(is_high=True)
            self._pulse = threading.Timer(PULSE_SECONDS, self._end)
            self._pulse.daemon = True
            self._pulse.start()

    def close(self) -> None:
        """Shut the turnstile and give the line back to the kernel."""
        with self._lock:
            self._pulse.cancel()
            os.close(self._line)

    def _end(self) -> None:
        with self._lock:
            try:
                self._drive(is_high=False)
            except RelayError:
                logger.exception("the turnstile may stay open")

    def _drive(self, *, is_high: bool) -> None:
        try:
            self._set_line(self._line, is_high=is_high)
        except OSError as error:
            raise RelayError(str(error)) from error


class HttpRelay:
    """A relay on the site's own network that opens on GET and times the pulse itself."""

    def __init__(self, connect: Callable[[], http.client.HTTPConnection], target: str) -> None:
        self._connect = connect
        self._target = target

    def open(self) -> None:
        """Call the relay; it has one second to say yes."""
        connection = self._connect()
        try:
            connection.request("GET", self._target)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise RelayError(repr(error)) from error
        finally:
            connection.close()
        if status not in DONE:
            raise RelayError(f"status {status}")

    def close(self) -> None:
        """Nothing is held between calls."""


def open_relay(description: str) -> Relay:
    """Return the relay of ``dry-run``, ``gpio:<chip>:<line>`` or ``http://<relay>/<path>``.

    Raises RelayDescriptionError, and RelayError when the GPIO line cannot be had.
    """
    kind, _, rest = description.partition(":")
    chip, _, offset = rest.rpartition(":")
    match kind:
        case "dry-run" if not rest:
            return DryRunRelay()
        case "gpio" if chip and offset.isdecimal():
            try:
                return GpioRelay(gpio.open_line(Path(chip), int(offset)))
            except OSError as error:
                raise RelayError(f"{chip}: {error}") from error
        case "http" if urlsplit(description).hostname:
            return _http_relay(description)
    raise RelayDescriptionError(
        f"继电器应为 dry-run、gpio:/dev/gpiochip0:17 或 http://…：{description}"
        " (use dry-run, gpio:<chip>:<line> or http://<relay>/<path>)"
    )


def _http_relay(url: str) -> HttpRelay:
    parts = urlsplit(url)
    connect = partial(
        http.client.HTTPConnection, parts.hostname or "", parts.port, timeout=HTTP_SECONDS
    )
    return HttpRelay(connect, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
