"""A provider of text messages that has bad hours, and counts what it did to each message."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from threading import Lock, Timer
from urllib.parse import parse_qs, urlsplit

from core.clock import now
from tests.notifications.peers.twilio import TwilioPeer, refusal
from tests.notifications.peers.wire import HANG, HANG_UP, Answer, Request

WIRE = "WIRE"
"""The environment variable that tells a wired worker the directory of its network's sockets."""
LATE_SECONDS = 4.0
"""Well after our look-up: what neither side can tell from a message that was never taken."""


@dataclass
class BrownedOut(TwilioPeer):
    """Twilio, which in a brown-out fails before, after or long before it takes a message."""

    bad_answers: int = 0
    """How many more requests are answered badly."""
    accepted: Counter[str] = field(default_factory=Counter)
    """How often each of our messages was taken."""
    ambiguous: set[str] = field(default_factory=set)
    """Those whose sender could not know whether they were."""
    lock: Lock = field(default_factory=Lock)
    late: list[Timer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._troubles = cycle(
            (self._fail_before, self._fail_after, self._hang_after, self._hang_up, self._take_late)
        )

    def serve(self, request: Request) -> Answer:
        """Take the message, or do badly while bad answers are due."""
        with self.lock:
            if self.bad_answers <= 0:
                return self.take(request)
            self.bad_answers -= 1
            if request.method == "GET":
                return refusal(503, 20503)
            self.ambiguous.add(reference_of(request))
            trouble: Callable[[Request], Answer] = next(self._troubles)
            return trouble(request)

    def take(self, request: Request) -> Answer:
        """Do what is asked, and count."""
        self.clock = now()
        answer = super().take(request)
        if request.method == "POST" and answer.status == 201:
            self.accepted[reference_of(request)] += 1
        return answer

    def settle(self) -> None:
        """Return when everything taken late has been taken."""
        for timer in self.late:
            timer.join()

    def _fail_before(self, _request: Request) -> Answer:
        return refusal(503, 20503)

    def _fail_after(self, request: Request) -> Answer:
        self.take(request)
        return refusal(503, 20503)

    def _hang_after(self, request: Request) -> Answer:
        self.take(request)
        return HANG

    def _hang_up(self, _request: Request) -> Answer:
        return HANG_UP

    def _take_late(self, request: Request) -> Answer:
        timer = Timer(LATE_SECONDS, self._take_alone, (request,))
        timer.start()
        self.late.append(timer)
        return HANG

    def _take_alone(self, request: Request) -> None:
        with self.lock:
            self.take(request)


def reference_of(request: Request) -> str:
    """Return our own id of the message a request is about."""
    return reference_in(request.form["StatusCallback"])


def reference_in(callback: str) -> str:
    """Return our own id, which the callback's address carries."""
    return parse_qs(urlsplit(callback).query)["message"][0]
