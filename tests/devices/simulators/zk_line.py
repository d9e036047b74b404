"""The line between a simulated ZKTeco terminal and the server: GET and POST, with cookies."""

from dataclasses import dataclass, field
from typing import Protocol

import httpx


class Answer(Protocol):
    """What both clients answer with."""

    @property
    def status_code(self) -> int: ...

    @property
    def content(self) -> bytes: ...

    @property
    def text(self) -> str: ...


class Client(Protocol):
    """What `TestClient` and `httpx.Client` have in common."""

    def request(
        self, method: str, url: str, *, content: bytes | None, headers: dict[str, str]
    ) -> Answer: ...


@dataclass
class ZkLine:
    """Calls below ``{base}/iclock/``; `loses_answers` delivers and loses what comes back."""

    client: Client
    base: str
    is_cut: bool = False
    loses_answers: bool = False
    calls: list[tuple[str, str]] = field(default_factory=list)

    def call(
        self, method: str, path: str, body: bytes = b"", *, cookie: str | None = None
    ) -> Answer | None:
        """Return the answer, or None when none came."""
        if self.is_cut:
            return None
        self.calls.append((method, path))
        headers = {"Content-Type": "application/push;charset=UTF-8"}
        if cookie:
            headers["Cookie"] = cookie
        try:
            answer = self.client.request(
                method, f"{self.base}/iclock/{path}", content=body or None, headers=headers
            )
        except httpx.TransportError:
            return None
        return None if self.loses_answers else answer
