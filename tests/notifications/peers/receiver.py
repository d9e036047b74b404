"""Plays a system that takes webhooks, over real TLS; keeps what it was told."""

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notifications.webhooks.caller import Caller
from tests.notifications.peers.wire import Answer, Peer, Request, make_certificate, serving

PUBLIC = "8.8.8.8"


class Receiver(Peer):
    """Answers 204 to everything."""

    def take(self, _request: Request) -> Answer:
        """Take the event."""
        return Answer(204, "")

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it was told, in the order of arrival."""
        return [json.loads(request.body) for request in self.requests]


def is_signed(request: Request, secret: str) -> bool:
    """Check a signature the way a receiver's library does."""
    parts = (request.headers["webhook-id"], request.headers["webhook-timestamp"], request.body)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, ".".join(parts).encode(), hashlib.sha256).digest()
    signatures = request.headers["webhook-signature"].split()
    return f"v1,{base64.b64encode(digest).decode()}" in signatures


@dataclass(frozen=True)
class Wire:
    """How to reach the receiver, whatever name is called."""

    listening: Path
    authorities: str

    def caller(self, *addresses: str) -> Caller:
        """Return a caller for whom every name has these addresses; public ones lead here."""
        return Caller(
            resolve=lambda _host, _port: list(addresses or (PUBLIC,)),
            dial=self._dial,
            authorities=self.authorities,
        )

    def _dial(self, address: str, port: int, seconds: float) -> socket.socket:
        assert (address, port) == (PUBLIC, 443)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        connection.connect(str(self.listening))
        return connection


@contextmanager
def receiving(receiver: Receiver, var: Path, name: str) -> Generator[Wire]:
    """Serve the receiver on a socket below `var`, whose path is short."""
    certificate = make_certificate(var, name)
    listening = var / f"{name}.sock"
    with serving(receiver, listening, certificate):
        yield Wire(listening, str(certificate))
