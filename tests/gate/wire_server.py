"""Answers HTTP on a unix socket with whatever a test puts behind it, and fails on demand."""

import json
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any, Protocol

HELD_SECONDS = 30
Reply = tuple[int, dict[str, Any] | None, dict[str, str]]
Headers = dict[str, str]
"""Names in lower case."""


@dataclass
class Fault:
    """Something that goes wrong with the next call whose path starts so."""

    path: str
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    is_portal: bool = False
    """Answers 200 with a page, as a captive portal does."""
    drops_answer: bool = False
    """Does the work, then closes the connection."""
    held: threading.Event | None = None
    """Does the work, then answers only when the event is set."""


class Answering(Protocol):
    """What stands behind the socket."""

    def now(self) -> datetime:
        """Return the time for the `Date` header."""
        ...

    def meet(self, method: str, path: str, headers: Headers) -> Fault | None:
        """Return what goes wrong with this call; None when nobody is there."""
        ...

    def answer(self, method: str, path: str, headers: Headers, body: Any) -> Reply:
        """Do the work."""
        ...


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A gate that hangs up is nothing to report."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    peer: Answering
    lock: threading.Lock

    def do_GET(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.lock:
            fault = self.peer.meet(self.command, self.path, headers)
            if fault is None:
                self.close_connection = True
                return
            status, content, extra = self._answer(fault, headers, raw)
        if fault.held:
            fault.held.wait(HELD_SECONDS)
        if fault.drops_answer:
            self.close_connection = True
        else:
            with suppress(ConnectionError):  # the gate has not waited
                self._send(status, content, extra)

    do_POST = do_GET  # noqa: N815 - http.server names it

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Stay silent."""

    def _answer(
        self, fault: Fault, headers: Headers, raw: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        if fault.status:
            return fault.status, b"{}", fault.headers
        if fault.is_portal:
            return 200, b"<html>", {"Content-Type": "text/html"} | fault.headers
        body = json.loads(raw) if raw else None
        status, answer, extra = self.peer.answer(self.command, self.path, headers, body)
        return status, b"" if answer is None else json.dumps(answer).encode(), extra

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        date = format_datetime(self.peer.now(), usegmt=True)
        for name, value in ({"Date": date, "Content-Type": "application/json"} | headers).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serving(peer: Answering, path: Path) -> Generator[str]:
    """Serve the peer; yield its address."""
    handler = type("Handler", (_Handler,), {"peer": peer, "lock": threading.Lock()})
    server = _Server(str(path), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"unix:{path}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
