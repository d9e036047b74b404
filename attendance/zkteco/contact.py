"""One call of a terminal with everything that is needed to answer it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from redis import Redis
from sqlmodel import Session

from core.enums import MessageState
from core.keyring import Keyring
from db.models import Device
from db.session import blind_index
from devices.inbox import keep_message
from devices.vendors.reading import decode
from devices.zkteco.settings import ZktecoSettings

COMM_KEY = "pushcommkey"
CARD_CONTEXT = "device_message.identity"


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `action` is what follows ``/iclock/``."""

    method: str
    action: str
    query: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    content_type: str
    token: str | None
    """An access terminal's session token."""
    received_at: datetime
    is_bare: bool = False
    """Whether it came without a secret in its path."""

    @property
    def table(self) -> str:
        """Which table is uploaded, in capitals."""
        return self.query.get("table", "").upper()

    @property
    def path(self) -> str:
        """What is kept of the address: no key, and no secret."""
        shown = {name: value for name, value in self.query.items() if name != COMM_KEY}
        return f"/iclock/{self.action}?{urlencode(shown)}"

    def with_body(self, body: bytes) -> "Call":
        """Return the same call with what was sent after its head."""
        return replace(self, body=body)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the terminal is told."""

    text: str
    is_refused: bool = False
    """The terminal must say hello again."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A known terminal's call, and the transaction it is answered in."""

    session: Session
    valkey: Redis
    keyring: Keyring
    device: Device
    settings: ZktecoSettings
    call: Call

    @property
    def text(self) -> str:
        """The body, whatever it was written in."""
        return decode(self.call.body)

    def digest(self, number: str) -> str:
        """Return the keyed hash of an identity number: the only thing that is kept of it."""
        return blind_index(self.session, CARD_CONTEXT, number).hex()

    def keep(self, body: bytes, *, notes: list[str]) -> None:
        """Keep the message for seven days, to be looked at if there is a note."""
        keep_message(
            self.session,
            device=self.device,
            path=self.call.path,
            content_type=self.call.content_type,
            body=body,
            state=MessageState.UNREAD if notes else MessageState.TAKEN,
            note="; ".join(dict.fromkeys(notes)) or None,
        )
