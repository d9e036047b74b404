"""The port every text message provider stands behind, and how it reports trouble."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class GatewayError(Exception):
    """The provider did not confirm the message; `reason` is short, stable and not personal."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class PermanentGatewayError(GatewayError):
    """Refused for a reason that lies in this number or this text; trying again is useless."""


class TemporaryGatewayError(GatewayError):
    """Certainly not accepted, for a reason that passes or that an operator can mend."""


class UnknownOutcomeError(GatewayError):
    """May or may not have been accepted: look it up before sending again."""


@dataclass(frozen=True, slots=True)
class Sms:
    """One text message to hand over."""

    reference: str
    """Ours, the same at every attempt."""
    phone: str
    """E.164."""
    body: str
    created_at: datetime
    """No attempt was made before this instant."""


class Gateway(Protocol):
    """A provider of text messages; every call ends within seconds."""

    name: str

    def send(self, sms: Sms) -> str:
        """Hand the message over once and return the provider's reference; GatewayError if not."""
        ...

    def find(self, sms: Sms) -> list[str]:
        """Return the provider's references of messages that may be this one.

        Raises GatewayError when the provider cannot tell now.
        A provider that does not keep our reference recognises number and text only, and two
        people sharing a phone can be sent the same text: the caller rules out those it knows.
        """
        ...
