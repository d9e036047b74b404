"""HTTP calls to the server over one kept connection: TLS, loopback, or a unix socket.

`http.client`, not a larger library: one connection per thread, no pool, and 13 MB less memory.
"""

import http.client
import json
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from gate.clock import Measurement
from gate.wire import TIME_RESOLUTION, WireError, parse_instant

LARGEST_BODY = 32 * 1024 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class AddressError(Exception):
    """The server's address is not one the gate will speak to; the message says what to use."""


class ContactError(Exception):
    """The server was not reached, or what answered was not our server."""


class StaleConnectionError(ContactError):
    """The connection ended before an answer came, as one kept too long does."""


@dataclass(frozen=True, slots=True)
class Response:
    """One answer, and what its arrival says about the server's clock."""

    status: int
    body: Any
    etag: str
    retry_after: float | None
    sent: float
    received: float
    """Uptime when the call left and the answer was complete."""
    timed: Measurement | None
    """By the `Server-Time` header; None without it, and behind a cache.

    Never by `Date`: servers make it ahead and give it out again, so its error has no bound.
    """


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def open_connection(address: str, *, timeout: float) -> http.client.HTTPConnection:
    """Return a connection, not yet connected, to ``https://…``, loopback, or ``unix:<path>``.

    Raises AddressError: the token and the day keys never travel a network unencrypted.
    """
    if address.startswith("unix:"):
        return _UnixConnection(address.removeprefix("unix:"), timeout)
    host, port, is_encrypted = _endpoint(address)
    if is_encrypted:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    return http.client.HTTPConnection(host, port, timeout=timeout)


def _endpoint(address: str) -> tuple[str, int | None, bool]:
    with suppress(ValueError):  # a port that is no number
        parts = urlsplit(address)
        host, port, is_encrypted = parts.hostname, parts.port, parts.scheme == "https"
        if host and (is_encrypted or (parts.scheme == "http" and host in LOOPBACK)):
            return host, port, is_encrypted
    raise AddressError(
        f"服务器地址应为 https://… 或本机地址：{address}"
        f" (use https://, a loopback address, or unix:<path>; got {address})"
    )


class Client:
    """Calls from one thread to one server, on one connection that is reopened when it breaks."""

    def __init__(
        self,
        address: str,
        *,
        timeout: float,
        uptime: Callable[[], float],
        headers: Callable[[], Mapping[str, str]],
    ) -> None:
        self._connection = open_connection(address, timeout=timeout)
        self._uptime = uptime
        self._headers = headers

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Make one call and return its answer, whatever its status; ContactError.

        The other side may have closed a kept connection meanwhile, so a call on one that got no
        answer is made once more: every call of a gate may be repeated.
        """
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        every = {**self._headers(), **(headers or {}), "Content-Type": "application/json"}
        was_kept = self._connection.sock is not None
        try:
            return self._attempt(method, path, content, every)
        except StaleConnectionError:
            if not was_kept:
                raise
        return self._attempt(method, path, content, every)

    def close(self) -> None:
        """Drop the connection; the next call opens another."""
        self._connection.close()

    def _attempt(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> Response:
        try:
            return self._exchange(method, path, content, headers)
        except (ConnectionError, http.client.HTTPException) as error:
            self.close()
            raise StaleConnectionError(repr(error)) from error
        except (OSError, ValueError) as error:
            self.close()
            raise ContactError(repr(error)) from error

    def _exchange(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> Response:
        sent = self._uptime()
        self._connection.request(method, path, body=content, headers=headers)
        answer = self._connection.getresponse()
        raw = answer.read(LARGEST_BODY + 1)
        received = self._uptime()
        if len(raw) > LARGEST_BODY:
            self.close()
            raise ContactError("answer too large")
        return Response(
            status=answer.status,
            body=_parsed(raw, answer.headers.get_content_type()),
            etag=answer.headers.get("ETag", ""),
            retry_after=_seconds(answer.headers.get("Retry-After")),
            sent=sent,
            received=received,
            timed=_timed(answer.headers, sent=sent, received=received),
        )


def _parsed(raw: bytes, content_type: str) -> Any:
    # A captive portal answers 200 with a page; only JSON can be our server.
    if not content_type.endswith("json"):
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None


def _timed(headers: http.client.HTTPMessage, *, sent: float, received: float) -> Measurement | None:
    if "Age" in headers:
        return None
    try:
        server = parse_instant(headers.get("Server-Time")).timestamp()
    except WireError:
        return None
    return Measurement(server=server, resolution=TIME_RESOLUTION, sent=sent, received=received)
