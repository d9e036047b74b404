"""A provider of text messages that remembers what it accepted and fails on demand."""

from collections.abc import Callable

from notifications.gateways.base import GatewayError, Sms, UnknownOutcomeError


class Provider:
    """Accepts every message, except that the next calls fail as told."""

    needs_approval = False

    def __init__(self, name: str = "provider") -> None:
        self.name = name
        self.accepted: list[Sms] = []
        self.refusals: list[GatewayError] = []
        self.breakdowns: list[GatewayError] = []
        self.lost_answers = 0
        self.before_answering: Callable[[], object] = lambda: None

    def send(self, sms: Sms) -> str:
        """Accept the message unless a refusal is due; maybe lose the answer."""
        if self.refusals:
            raise self.refusals.pop(0)
        self.accepted.append(sms)
        self.before_answering()
        if self.lost_answers:
            self.lost_answers -= 1
            raise UnknownOutcomeError("timeout")
        return f"P{len(self.accepted)}"

    def find(self, sms: Sms) -> list[str]:
        """Recognise number and text only, as most providers do."""
        if self.breakdowns:
            raise self.breakdowns.pop(0)
        return [
            f"P{number}"
            for number, earlier in enumerate(self.accepted, start=1)
            if (earlier.phone, earlier.body) == (sms.phone, sms.body)
        ]
