"""Wire shapes of gates asking whether to open."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from annotated_types import Interval
from pydantic import AwareDatetime, BaseModel, Field

from attendance.service import ScanDecision, ShownWorker
from core.enums import Direction, ScanReason, Tone

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
Instant = Annotated[AwareDatetime, Interval(ge=EARLIEST, lt=LATEST)]
"""Wide enough for clocks that lost their battery, narrow enough to be an instant at all."""


class Decision(StrEnum):
    """What the gate does."""

    ADMITTED = "admitted"
    REFUSED = "refused"


class VerifyIn(BaseModel):
    """One scan at a gate."""

    code: str = Field(
        description="Exactly what the reader read; anything that is no code is a decision too.",
        examples=["AFCEM2DJNJUHNCVSCP4RQSDP4EZ7MHYZLDPVY"],
    )
    direction: Direction
    nonce: str = Field(
        pattern=r"^[A-Za-z0-9._:-]{8,64}$",
        description="Chosen by the gate, new for each scan, the same when it asks again.",
        examples=["g1-20261031-000417"],
    )
    scanned_at: Instant = Field(description="By the gate's own clock, uncorrected, with offset.")


class ShownWorkerOut(BaseModel):
    """What a guard may see of a worker."""

    masked_name: str = Field(examples=["王*明"])
    trade: str = Field(examples=["钢筋工"])
    team: str = Field(examples=["钢筋一班"])

    @classmethod
    def of(cls, worker: ShownWorker) -> Self:
        """Return the wire shape of a shown worker."""
        return cls(masked_name=worker.masked_name, trade=worker.trade, team=worker.team)


class DecisionOut(BaseModel):
    """The answer to a scan; it is recorded when this is sent."""

    decision: Decision
    reason: ScanReason
    say: str = Field(
        description="A short sentence for the loudspeaker.", examples=["请进，注意安全"]
    )
    tone: Tone
    worker: ShownWorkerOut | None = Field(
        description="Only when the worker's own phone was proved, admitted or not."
    )
    check_in_id: UUID

    @classmethod
    def of(cls, decision: ScanDecision) -> Self:
        """Return the wire shape of a decision."""
        return cls(
            decision=Decision.ADMITTED if decision.admitted else Decision.REFUSED,
            reason=decision.reason,
            say=decision.say,
            tone=decision.tone,
            worker=decision.worker and ShownWorkerOut.of(decision.worker),
            check_in_id=decision.check_in.id,
        )
