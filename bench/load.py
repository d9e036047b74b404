"""A small load generator: keep-alive HTTP/1.1 over a unix socket or loopback, bounded in time."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Self, cast

import uvloop

SETTLE_SECONDS = 30
"""How much longer than the measured time a run may take before it is called stuck."""
HEADER_END = b"\r\n\r\n"

MakeRequest = Callable[[int], bytes | None]
"""Given a running number, returns one whole HTTP request (`post_json`); None when there are no
more, which ends the run early."""


class LoadError(Exception):
    """The server answered with an error or not at all, so the numbers would mean nothing."""


@dataclass(frozen=True)
class Address:
    """Where to send: a unix socket, or a port of this machine."""

    socket: str = ""
    port: int = 0


@dataclass
class Result:
    """Answers counted within the measured time."""

    seconds: float
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Return the latency that this share of answers stayed within, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def post_json(path: str, body: bytes, *, headers: str = "") -> bytes:
    """Return the bytes of a POST request; `headers` are whole lines, each closed with CRLF."""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    return f"{head}{headers}Content-Length: {len(body)}{HEADER_END.decode()}".encode() + body


def get(path: str, *, headers: str = "") -> bytes:
    """Return the bytes of a GET request; `headers` as for `post_json`."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n".encode()


def run_load(
    address: Address,
    make_request: MakeRequest,
    *,
    connections: int,
    seconds: float,
    pause: float = 0,
) -> Result:
    """Keep every connection busy for the given time; LoadError unless all answers are 2xx.

    With a `pause` (in seconds) each connection rests so long after an answer, as a gate does
    until the next person has come.
    """
    return uvloop.run(_run(address, make_request, connections, seconds, pause))


async def _run(
    address: Address, make_request: MakeRequest, connections: int, seconds: float, pause: float
) -> Result:
    loop = asyncio.get_running_loop()
    result = Result(seconds)
    run = _Run(make_request, loop.time() + seconds, pause, result)
    clients = []
    for _ in range(connections):
        client = _Client(run, loop.create_future())
        if address.socket:
            await loop.create_unix_connection(client.started, address.socket)
        else:
            await loop.create_connection(client.started, "127.0.0.1", address.port)
        clients.append(client)
    async with asyncio.timeout(seconds + SETTLE_SECONDS):
        await asyncio.gather(*(client.done for client in clients))
    return result


@dataclass
class _Run:
    make_request: MakeRequest
    ends_at: float
    pause: float
    result: Result
    sent: int = 0

    def next_request(self) -> bytes | None:
        self.sent += 1
        return self.make_request(self.sent)


class _Client(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends again until time is up."""

    def __init__(self, run: _Run, done: "asyncio.Future[None]") -> None:
        self.done = done
        self._run = run
        self._buffer = b""
        self._sent_at = 0.0

    def started(self) -> Self:
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(HEADER_END)
        if head_end < 0 or len(self._buffer) < head_end + 4 + _body_length(self._buffer[:head_end]):
            return
        if self._buffer[9:10] != b"2":
            self._finish(LoadError(self._buffer.decode(errors="replace")[:500]))
            return
        self._buffer = b""
        self._count()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(LoadError(f"the server closed the connection: {exc}"))

    def _count(self) -> None:
        if asyncio.get_running_loop().time() >= self._run.ends_at:
            self._finish(None)
            return
        self._run.result.latencies.append(perf_counter() - self._sent_at)
        if self._run.pause:
            asyncio.get_running_loop().call_later(self._run.pause, self._send)
        else:
            self._send()

    def _send(self) -> None:
        request = self._run.next_request()
        if request is None:
            self._finish(None)
            return
        self._sent_at = perf_counter()
        self._transport.write(request)

    def _finish(self, error: LoadError | None) -> None:
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)
        self._transport.close()


def _body_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
