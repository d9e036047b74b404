"""Wire shapes of vendors' terminals and what they sent."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, IPvAnyNetwork, field_validator

from api.schemas.devices import Name
from api.schemas.words import Words
from attendance.rereading import Rereading
from core.enums import DeviceVendor, Direction, MessageState
from db.models import DeviceMessage
from devices.inbox import TerminalOffer

Networks = Annotated[list[IPvAnyNetwork], Field(max_length=20)]
SerialNumber = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Vendor = Literal[
    DeviceVendor.ZKTECO_ATT,
    DeviceVendor.ZKTECO_ACC,
    DeviceVendor.HIKVISION,
    DeviceVendor.VGUANG,
    DeviceVendor.UFACE,
    DeviceVendor.FACESLUICE,
]


class TerminalSettingsIn(BaseModel):
    """How a terminal stands and who may call as it; see docs/terminals.md."""

    direction: Direction | None = Field(
        default=None,
        description="Which way people pass it; null only if the terminal itself says.",
    )
    serial_number: SerialNumber | None = Field(
        default=None, description="A message that names another one is kept, but not believed."
    )
    allowed_networks: Networks = Field(
        default_factory=list,
        description="CIDR blocks it calls from; none means from anywhere.",
        examples=[["203.0.113.0/28"]],
    )
    settings: dict[str, Any] = Field(
        default_factory=dict, description="The vendor's own, by vendor in docs/terminals.md."
    )

    @field_validator("settings")
    @classmethod
    def _refuse_half_characters(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """JSON can escape half a character; no answer and no table can hold it."""
        json.dumps(settings, ensure_ascii=False).encode()
        return settings


class TerminalIn(TerminalSettingsIn):
    """A vendor's terminal to be connected."""

    name: Name = Field(description="Unique on the project.", examples=["北门人脸机"])
    vendor: Vendor


class TerminalOfferOut(BaseModel):
    """Where the terminal is to call; the secret in it is shown once."""

    device_id: UUID
    url: str = Field(description="Type it into the terminal, with what its vendor adds.")

    @classmethod
    def of(cls, offer: TerminalOffer, *, base_url: str) -> Self:
        """Return the wire shape of an offer."""
        return cls(device_id=offer.device_id, url=f"{base_url.rstrip('/')}/t/{offer.secret}")


class TerminalMessageOut(BaseModel):
    """One message of a terminal, without its content."""

    id: UUID
    device_id: UUID
    received_at: datetime
    path: str
    content_type: str
    state: MessageState
    note: str | None = Field(description="Why it could not be read.")

    @classmethod
    def of(cls, message: DeviceMessage) -> Self:
        """Return the wire shape of a message."""
        return cls(
            id=message.id,
            device_id=message.device_id,
            received_at=message.created_at,
            path=message.path,
            content_type=message.content_type,
            state=message.state,
            note=message.note,
        )


class MessageReadingIn(BaseModel):
    """Why a message is opened; kept with who did."""

    reason: Words = Field(examples=["核对北门终端的通过类型"])


class TerminalMessageBodyOut(TerminalMessageOut):
    """A message with its content, pictures and identity numbers taken out."""

    body: str = Field(description="As text; bytes that are none are replaced.")

    @classmethod
    def of_body(cls, message: DeviceMessage, body: bytes) -> Self:
        """Return the wire shape of a message that was opened."""
        head = TerminalMessageOut.of(message)
        return cls(**head.model_dump(), body=body.decode("utf-8", "replace"))


class RereadingOut(BaseModel):
    """What became of the messages nobody could read."""

    read: int
    still_unread: int

    @classmethod
    def of(cls, rereading: Rereading) -> Self:
        """Return the wire shape of a rereading."""
        return cls(read=rereading.read, still_unread=rereading.still_unread)
