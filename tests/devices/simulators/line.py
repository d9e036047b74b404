"""The line between a simulated terminal and the server; it can be cut in either direction."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.factories.vendors import MadeTerminal

Post = Callable[[str, bytes, str], "Answer"]
"""Path behind the secret, body, content type."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


@dataclass
class Line:
    """Carries posts; `is_cut` loses them, `loses_answers` delivers and loses what comes back."""

    post: Post
    is_cut: bool = False
    loses_answers: bool = False
    sent: list[bytes] = field(default_factory=list)

    def send(self, path: str, body: bytes, content_type: str) -> Answer | None:
        """Return the answer, or None when none came."""
        if self.is_cut:
            return None
        self.sent.append(body)
        answer = self.post(path, body, content_type)
        return None if self.loses_answers else answer


Connect = Callable[[MadeTerminal], Line]
"""Gives a terminal its line to the server."""
