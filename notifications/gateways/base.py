"""The port every text message provider stands behind, and how it reports trouble.

* GatewayError
  + PermanentGatewayError   the number cannot be reached, by nobody
  + RefusedHereError        this gateway will not carry it; another one may
  + TemporaryGatewayError   certainly not accepted; later, or by another gateway
  + UnknownOutcomeError     may or may not have been accepted
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.enums import NotificationState, NumberTrouble


class GatewayError(Exception):
    """The provider did not confirm the message; `reason` is short, stable and not personal."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class PermanentGatewayError(GatewayError):
    """Refused for a reason that lies in this number; trying again is useless anywhere."""

    def __init__(self, reason: str, trouble: NumberTrouble | None = None) -> None:
        self.trouble = trouble
        super().__init__(reason)


class RefusedHereError(GatewayError):
    """Refused for a reason that lies between this gateway and this text or number."""


class TemporaryGatewayError(GatewayError):
    """Certainly not accepted, for a reason that passes or that an operator can mend.

    `is_gateway_out` tells that it will not pass here before somebody acts, e.g. when the account
    is empty or the text not yet approved.
    """

    def __init__(self, reason: str, *, is_gateway_out: bool = False) -> None:
        self.is_gateway_out = is_gateway_out
        super().__init__(reason)


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
    provider_template: str | None = None
    """What a gateway that holds the texts itself calls this one; None if it has not approved it."""
    parameters: Mapping[str, str] | None = None
    """The shown values of the text's placeholders."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says became of a message."""

    provider_reference: str
    reference: str | None
    """Ours, if the provider tells it back."""
    state: NotificationState
    """`sent`, `delivered` or `failed`."""
    error: str = ""
    """The provider's own code."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody wrote back."""

    phone: str
    """E.164."""
    text: str


class Gateway(Protocol):
    """A provider of text messages; every call ends within seconds."""

    name: str
    needs_approval: bool
    """It sends only texts its operator has approved, named by `Sms.provider_template`."""

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
