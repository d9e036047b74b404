"""Real HTTPS over a unix socket: a server for the providers' peers, and a way to reach it."""

import socket
import ssl
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import NewConnectionError

HOSTS = ("api.twilio.com", "dysmsapi.aliyuncs.com", "hooks.example.com")


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    form: dict[str, str]
    body: str

    @property
    def parameters(self) -> dict[str, str]:
        """The query's fields."""
        return dict(parse_qsl(self.query))


@dataclass(frozen=True)
class Answer:
    """What to send back."""

    status: int
    body: str
    kind: str = "application/json"


HANG = Answer(0, "")
"""Never answer; the client's patience decides."""
HANG_UP = Answer(-1, "")
"""Close the connection without a word."""
HTML_200 = Answer(200, "<html><h1>Welcome to the hotel</h1></html>", "text/html")
HTML_502 = Answer(502, "<html>Bad gateway</html>", "text/html")


@dataclass
class Peer:
    """A provider that answers `answers` first and then as `answer` says."""

    faults: list[Answer] = field(default_factory=list)
    """For the next requests, instead of being served."""
    late_faults: list[Answer] = field(default_factory=list)
    """Likewise, but only after the request took effect."""
    requests: list[Request] = field(default_factory=list)
    stopping: Event = field(default_factory=Event)
    before_answering: Callable[[], object] = lambda: None

    def serve(self, request: Request) -> Answer:
        """Take effect unless a fault is due, and answer unless a late fault is."""
        self.requests.append(request)
        if self.faults:
            return self.faults.pop(0)
        answer = self.take(request)
        self.before_answering()
        return self.late_faults.pop(0) if self.late_faults else answer

    def take(self, request: Request) -> Answer:
        """Do what the request asks."""
        raise NotImplementedError


def make_certificate(directory: Path, name: str) -> Path:
    """Write a self-signed certificate and its key for the providers' hosts into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(h) for h in HOSTS]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = directory / f"{name}.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


@contextmanager
def serving(peer: Peer, listening: Path, certificate: Path) -> Generator[None]:
    """Serve the peer over TLS on a unix socket."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._serve()

        def do_GET(self) -> None:
            self._serve()

        def _serve(self) -> None:
            place = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            form = dict(parse_qsl(body, keep_blank_values=True))
            answer = peer.serve(Request(self.command, place.path, place.query, headers, form, body))
            if answer is HANG:
                peer.stopping.wait()
            if answer in (HANG, HANG_UP):
                self.close_connection = True
                return
            content = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Stay quiet."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _Server(str(listening), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            peer.stopping.set()
            server.shutdown()
            thread.join()


class _Connection(HTTPSConnection):
    def __init__(self, *args: Any, socket_path: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._socket_path = socket_path

    def _new_conn(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.timeout)
        try:
            connection.connect(self._socket_path)
        except OSError as error:
            connection.close()
            raise NewConnectionError(self, "refused") from error
        return connection


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


class UnixAdapter(HTTPAdapter):
    """Sends what is meant for any host to one unix socket; certificates are checked as ever."""

    def __init__(self, listening: Path) -> None:
        self._listening = str(listening)
        self._pools: dict[str, HTTPSConnectionPool] = {}
        super().__init__()

    def get_connection_with_tls_context(
        self, request: PreparedRequest, *_: Any, **__: Any
    ) -> HTTPSConnectionPool:
        """Return a pool for the request's host."""
        host = urlsplit(str(request.url)).hostname or ""
        return self._pools.setdefault(host, _Pool(host, socket_path=self._listening))

    def close(self) -> None:
        """Close what is open."""
        for pool in self._pools.values():
            pool.close()
        super().close()
