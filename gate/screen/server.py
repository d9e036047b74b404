"""Serves the page to the browser on the gate's own screen; never to the network."""

import logging
import socketserver
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from gate.screen.board import Board
from gate.screen.page import HOLDER, SECURITY_POLICY, render_board, render_page

logger = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
OWN_HOSTS = frozenset({LOOPBACK, "localhost"})
LONGEST_FORM = 200
POLL_SECONDS = 2.0
"""How long the page waits for a change; also how fresh its small print is."""


class PageAddressError(Exception):
    """The page cannot be served there; the message says what is possible."""


@contextmanager
def serving(board: Board, address: str) -> Generator[None]:
    """Serve the page on a port of the loopback interface, or on ``unix:<path>``."""
    server = _open_server(address, _handler_of(board))
    thread = threading.Thread(target=server.serve_forever, name="page", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _TcpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    board: Board

    def do_GET(self) -> None:
        if not self._is_called_by_own_name():
            return
        url = urlsplit(self.path)
        if url.path == "/board":
            self.board.wait_newer(_version_of(url.query), POLL_SECONDS)
            view = self.board.view()
            self._send(render_board(view), version=view.version)
        elif url.path == "/":
            view = self.board.view()
            self._send(render_page(view), version=view.version)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        if not self._is_called_by_own_name():
            return
        if self.headers.get("Origin") != f"http://{self.headers['Host']}":
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        length = self.headers.get("Content-Length", "")
        if self.path != "/look" or not length.isdecimal() or int(length) > LONGEST_FORM:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        form = parse_qs(self.rfile.read(int(length)).decode("ascii", "replace"))
        (nonce,), (face,) = form.get("nonce", [""])[:1], form.get("face", [""])[:1]
        # Nobody but who sees this screen knows the nonce, so no other page can press for them.
        self.board.take_look(nonce, is_holder=face == HOLDER)
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _is_called_by_own_name(self) -> bool:
        """Refuse what a browser asks under a foreign name that was made to point here."""
        name, _, _ = self.headers.get("Host", "").partition(":")
        if name.lower() not in OWN_HOSTS:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return False
        return True

    def _send(self, html: str, *, version: int) -> None:
        content = html.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", SECURITY_POLICY)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Board-Version", str(version))
        self.end_headers()
        self.wfile.write(content)

    def address_string(self) -> str:
        return "screen"  # a unix socket has no address to log

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
        logger.debug(format, *args)


def _handler_of(board: Board) -> type[_Handler]:
    return type("Handler", (_Handler,), {"board": board})


def _open_server(address: str, handler: type[_Handler]) -> socketserver.BaseServer:
    try:
        if address.startswith("unix:"):
            path = Path(address.removeprefix("unix:"))
            path.unlink(missing_ok=True)
            return _UnixServer(str(path), handler)
        return _TcpServer((LOOPBACK, int(address)), handler)
    except (OSError, ValueError, OverflowError) as error:
        raise PageAddressError(
            f"状态页不能用地址 {address}：请换一个端口 ({error}; choose another port)"
        ) from error


def _version_of(query: str) -> int:
    (text,) = parse_qs(query).get("after", ["-1"])[:1]
    return int(text) if text.isdecimal() else -1
