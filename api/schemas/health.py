"""Wire shapes of health checks."""

from typing import Literal

from pydantic import BaseModel


class LivenessOut(BaseModel):
    """The process serves requests."""

    status: Literal["ok"] = "ok"


class ReadinessOut(BaseModel):
    """Every part answers; when one does not, the answer is the problem `api.not-ready`."""

    status: Literal["ready"] = "ready"
    parts: dict[Literal["postgresql", "valkey", "worker"], Literal["ok"]]
