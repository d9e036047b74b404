"""Calling a terminal: the port, and the HTTP behind it."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from ipaddress import IPv4Network, ip_address
from typing import Any, Protocol

from requests import RequestException, Response, Session
from requests.auth import HTTPDigestAuth

from core.clock import SHANGHAI
from devices.terminal_settings import Target

TIMEOUT_SECONDS = 4
"""A person stands before the terminal; it waits about five."""
LONGEST_ANSWER = 24_000_000
CHUNK_BYTES = 65_536
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


class TerminalCallError(Exception):
    """The terminal could not be asked; says in a few plain words why."""


class TerminalClient(Protocol):
    """What we ask of terminals."""

    def send_verdict(self, target: Target, body: bytes) -> None:
        """Tell a Hikvision terminal whether to open; TerminalCallError if it did not take it."""

    def find_records(self, target: Target, since: datetime, until: datetime) -> bytes:
        """Return what a uface terminal says it recorded; TerminalCallError otherwise."""


class HttpTerminalClient:
    """Calls terminals in the networks that the installation's operator named, and nothing else.

    A manager types the address, so without that list anybody's project could have us knock on
    our own servers' doors. Redirects are not followed for the same reason.
    """

    def __init__(self, networks: Sequence[IPv4Network], session: Session | None = None) -> None:
        self._networks = networks
        self._session = session or Session()
        self._session.trust_env = False  # no proxy stands between us and a gate

    def send_verdict(self, target: Target, body: bytes) -> None:
        """``PUT /ISAPI/AccessControl/remoteCheck`` with Digest authentication."""
        self._call(
            "PUT",
            target,
            "/ISAPI/AccessControl/remoteCheck?format=json",
            data=body,
            headers={"Content-Type": "application/json"},
            auth=HTTPDigestAuth(target.user, target.password),
        )

    def find_records(self, target: Target, since: datetime, until: datetime) -> bytes:
        """``POST /newFindRecords``: everybody's records, all on one page."""
        form = {
            "pass": target.password,
            "personId": "-1",
            "startTime": since.astimezone(SHANGHAI).strftime(TIME_FORMAT),
            "endTime": until.astimezone(SHANGHAI).strftime(TIME_FORMAT),
            "length": "-1",
            "index": "0",
            "model": "-1",
        }
        return self._call("POST", target, "/newFindRecords", data=form)

    def _call(self, method: str, target: Target, path: str, **options: Any) -> bytes:
        if not any(ip_address(target.address) in network for network in self._networks):
            raise TerminalCallError("address outside TERMINAL_NETWORKS")
        url = f"http://{target.address}:{target.port}{path}"
        try:
            with self._session.request(
                method,
                url,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
                **options,
            ) as response:
                return _read(response)
        except RequestException as error:
            raise TerminalCallError(type(error).__name__) from error


def _read(response: Response) -> bytes:
    if response.status_code != HTTPStatus.OK:
        raise TerminalCallError(f"HTTP {response.status_code}")
    content = bytearray()
    for chunk in response.iter_content(CHUNK_BYTES):
        content += chunk
        if len(content) > LONGEST_ANSWER:
            raise TerminalCallError("answer too long")
    return bytes(content)
