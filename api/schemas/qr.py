"""Wire shapes of a worker's 安薪码."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from core.crypto import b64url
from qr.service import CodeKit, GateKey


class GateKeyOut(BaseModel):
    """The key of one project and day."""

    project_id: UUID
    day: date = Field(description="In Asia/Shanghai.")
    key: str = Field(description="16 bytes, base64url.")

    @classmethod
    def of(cls, gate_key: GateKey) -> Self:
        """Return the wire shape of a gate key."""
        return cls(project_id=gate_key.project_id, day=gate_key.day, key=b64url(gate_key.key))


class CodeKitOut(BaseModel):
    """What the phone keeps to show live codes for eight days without a network."""

    worker_ref: str = Field(description="6 bytes, base64url.")
    key_generation: int = Field(description="Raised by a new phone, which ends the old one.")
    holder_key: str = Field(description="32 bytes, base64url; only this phone and the server.")
    gate_keys: list[GateKeyOut]
    server_time: datetime = Field(description="To correct a phone clock that is off.")

    @classmethod
    def of(cls, kit: CodeKit) -> Self:
        """Return the wire shape of a kit."""
        return cls(
            worker_ref=b64url(kit.worker_ref),
            key_generation=kit.key_generation,
            holder_key=b64url(kit.holder_key),
            gate_keys=[GateKeyOut.of(gate_key) for gate_key in kit.gate_keys],
            server_time=kit.server_time,
        )
