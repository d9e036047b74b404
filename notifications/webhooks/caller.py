"""Calling addresses that strangers gave us; the only place that does.

The name is resolved here and the connection made to the very address that was judged, so a name
that answers differently the second time (DNS rebinding) gains nothing. No proxy, no redirect, no
cookie, no answer body: a receiver can say a status, and nothing else reaches us.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnectionError
from requests.exceptions import SSLError, Timeout
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

from notifications.webhooks import rules

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""Between two signs of life."""
WHOLE_SECONDS = 20.0
"""From the connection to the status, however slowly the receiver drips."""

Resolve = Callable[[str, int], list[str]]
Dial = Callable[[str, int, float], socket.socket]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one call; `error` is short, stable and not the receiver's words."""

    status: int | None
    error: str | None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has the event."""
        return self.error is None


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name; OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def dial(address: str, port: int, seconds: float) -> socket.socket:
    """Connect to an address."""
    return socket.create_connection((address, port), timeout=seconds)


class PrivateAddressError(NewConnectionError):
    """The name leads to an address inside; whoever gave it wants us to knock on our own doors."""


class Caller:
    """Posts events to webhooks."""

    def __init__(
        self, *, resolve: Resolve = resolve, dial: Dial = dial, authorities: str | bool = True
    ) -> None:
        self._resolve, self._dial = resolve, dial
        self._authorities = authorities

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Outcome:
        """Make one call and return what came of it; never raises for what a receiver does."""
        with Session() as session:
            session.trust_env = False
            session.mount("https://", _GuardedAdapter(self._resolve, self._dial))
            try:
                with session.post(
                    url,
                    data=body,
                    headers={"Content-Type": "application/json", **headers},
                    timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                    allow_redirects=False,
                    stream=True,
                    verify=self._authorities,
                ) as response:
                    status = response.status_code
            except (RequestException, OSError, ValueError) as error:
                return Outcome(None, _name(error))
        return Outcome(status, None if rules.is_success(status) else f"http_{status}")


def _name(error: Exception) -> str:
    reasons = (
        (PrivateAddressError, "private_address"),
        (NameResolutionError, "unknown_host"),
    )
    cause = getattr(error.args[0] if error.args else None, "reason", None)
    for kind, reason in reasons:
        if isinstance(cause, kind):
            return reason
    if isinstance(error, SSLError):
        return "bad_certificate"
    if isinstance(error, Timeout):
        return "timeout"
    return "no_connection" if isinstance(error, NoConnectionError) else "bad_answer"


class _GuardedConnection(HTTPSConnection):
    """Connects to public addresses only, and for a bounded time."""

    def __init__(self, *args: Any, resolve: Resolve, dial: Dial, **options: Any) -> None:
        super().__init__(*args, **options)
        self._resolve, self._dial = resolve, dial
        self._deadline: Timer | None = None

    def _new_conn(self) -> socket.socket:
        host, port = str(self.host), int(self.port)
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(host, self, socket.gaierror(str(error))) from error
        if not addresses or not all(rules.is_public(address) for address in addresses):
            raise PrivateAddressError(self, "not a public address")
        try:
            return self._dial(addresses[0], port, CONNECT_SECONDS)
        except OSError as error:
            raise NewConnectionError(self, "refused") from error

    def connect(self) -> None:
        """Begin to count, and connect."""
        self._deadline = Timer(WHOLE_SECONDS, self._hang_up)
        self._deadline.daemon = True
        self._deadline.start()
        super().connect()

    def close(self) -> None:
        """Close, and stop counting."""
        if self._deadline is not None:
            self._deadline.cancel()
        super().close()

    def _hang_up(self) -> None:
        if self.sock is not None:
            with suppress(OSError):  # it has ended by itself
                self.sock.shutdown(socket.SHUT_RDWR)


class _GuardedPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedAdapter(HTTPAdapter):
    """Opens one guarded connection, and closes it with the call's session."""

    def __init__(self, resolve: Resolve, dial: Dial) -> None:
        super().__init__()
        self._resolve, self._dial = resolve, dial
        self._pools: list[HTTPSConnectionPool] = []

    def get_connection_with_tls_context(
        self, request: PreparedRequest, *_: Any, **__: Any
    ) -> HTTPSConnectionPool:
        """Return a pool for the connection; `requests` itself tells it what to verify."""
        parts = urlsplit(str(request.url))
        host = parts.hostname or ""
        pool = _GuardedPool(host, parts.port, resolve=self._resolve, dial=self._dial)
        self._pools.append(pool)
        return pool

    def close(self) -> None:
        """Close what is open."""
        for pool in self._pools:
            pool.close()
        super().close()
