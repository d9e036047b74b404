"""Calling terminals: Digest, private networks only, and answers that are none."""

import hashlib
import io
import re
from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Network
from typing import Any
from urllib.parse import parse_qs

import pytest
from requests import ConnectTimeout, PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from core.clock import SHANGHAI
from devices.terminal_client import HttpTerminalClient, TerminalCallError
from devices.terminal_settings import Target

TARGET = Target("10.20.0.7", 80, "admin", "p-1")
NETWORKS = [IPv4Network("10.20.0.0/16")]
CHALLENGE = 'Digest realm="DS-K1", nonce="abc", qop="auth", algorithm=MD5'


def md5(*words: str) -> str:
    return hashlib.md5(":".join(words).encode(), usedforsecurity=False).hexdigest()


class Terminal(HTTPAdapter):
    """Stands where the network is; asks for Digest when it is a Hikvision terminal."""

    def __init__(
        self, *, asks_digest: bool = False, status: int = 200, body: bytes = b"{}", **headers: str
    ) -> None:
        super().__init__()
        self.requests: list[PreparedRequest] = []
        self._asks_digest = asks_digest
        self._status = status
        self._body = body
        self._headers = headers

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        self.requests.append(request)
        if self._asks_digest and not self._is_proved(request):
            return self._answer(request, 401, {"WWW-Authenticate": CHALLENGE}, b"")
        return self._answer(request, self._status, self._headers, self._body)

    def _is_proved(self, request: PreparedRequest) -> bool:
        said = str(request.headers.get("Authorization", ""))
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?', said))
        if not fields:
            return False
        first = md5("admin", "DS-K1", "p-1")
        second = md5(str(request.method), fields["uri"])
        expected = md5(first, "abc", fields["nc"], fields["cnonce"], "auth", second)
        return bool(fields["response"] == expected)

    def _answer(
        self, request: PreparedRequest, status: int, headers: Mapping[str, str], body: bytes
    ) -> Response:
        raw = HTTPResponse(
            io.BytesIO(body), headers=dict(headers), status=status, preload_content=False
        )
        response = self.build_response(request, raw)
        response.connection = self
        return response


def call(terminal: Terminal, networks: list[IPv4Network] = NETWORKS) -> HttpTerminalClient:
    session = Session()
    session.mount("http://", terminal)
    return HttpTerminalClient(networks, session)


def test_a_verdict_is_put_with_digest() -> None:
    terminal = Terminal(asks_digest=True)

    call(terminal).send_verdict(TARGET, b'{"RemoteCheck":{}}')

    request = terminal.requests[-1]
    assert (request.method, request.body) == ("PUT", b'{"RemoteCheck":{}}')
    assert request.url == "http://10.20.0.7:80/ISAPI/AccessControl/remoteCheck?format=json"


def test_a_wrong_password_is_a_failed_call() -> None:
    terminal = Terminal(asks_digest=True)
    with pytest.raises(TerminalCallError, match="401"):
        call(terminal).send_verdict(Target("10.20.0.7", 80, "admin", "wrong"), b"{}")


def test_records_are_asked_for_in_the_terminals_time() -> None:
    terminal = Terminal(body=b'{"data":{}}')
    since = datetime(2026, 11, 20, 8, 0, tzinfo=SHANGHAI)

    body = call(terminal).find_records(TARGET, since, since.replace(day=21))

    assert body == b'{"data":{}}'
    form = parse_qs(str(terminal.requests[0].body))
    assert (form["pass"], form["personId"]) == (["p-1"], ["-1"])
    assert (form["startTime"], form["endTime"]) == (
        ["2026-11-20 08:00:00"],
        ["2026-11-21 08:00:00"],
    )


@pytest.mark.parametrize("address", ["10.21.0.1", "127.0.0.1", "169.254.169.254", "8.8.8.8"])
def test_nobody_outside_the_named_networks_is_called(address: str) -> None:
    terminal = Terminal()
    with pytest.raises(TerminalCallError, match="TERMINAL_NETWORKS"):
        call(terminal).send_verdict(Target(address, 80, "admin", "p"), b"{}")
    assert terminal.requests == []


def test_without_networks_nobody_is_called() -> None:
    with pytest.raises(TerminalCallError, match="TERMINAL_NETWORKS"):
        call(Terminal(), []).send_verdict(TARGET, b"{}")


def test_a_redirect_is_not_followed() -> None:
    terminal = Terminal(status=302, Location="http://127.0.0.1/")
    with pytest.raises(TerminalCallError, match="302"):
        call(terminal).send_verdict(TARGET, b"{}")
    assert len(terminal.requests) == 1


def test_an_answer_without_end_is_broken_off() -> None:
    with pytest.raises(TerminalCallError, match="too long"):
        call(Terminal(body=b"x" * 25_000_000)).find_records(
            TARGET, datetime.now(SHANGHAI), datetime.now(SHANGHAI)
        )


def test_a_terminal_out_of_reach_is_a_failed_call() -> None:
    class Dead(Terminal):
        def send(self, *_: Any, **__: Any) -> Response:
            raise ConnectTimeout

    with pytest.raises(TerminalCallError, match="ConnectTimeout"):
        call(Dead()).send_verdict(TARGET, b"{}")
