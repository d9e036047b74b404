"""The gate event that all baseline programs receive."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class GateEvent(BaseModel):
    """One crossing, as small as it can be."""

    nonce: UUID
    worker_id: UUID
    project_id: UUID
    device_id: UUID
    direction: str
    occurred_at: datetime
