"""Wire shapes of what a labour manager is to look at after the gates: conflicts, unread uploads."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.gate import ShownWorkerOut
from api.schemas.words import NO_NUL, SEEN, Words
from attendance.conflicts import ConflictView, UnreadView
from core.enums import ConflictKind, ConflictOutcome, Direction, ScanReason
from core.places import Place, PunchSignal


class ConflictState(StrEnum):
    """Whether somebody still has to look."""

    OPEN = "open"
    RESOLVED = "resolved"


class GateConflictOut(BaseModel):
    """A crossing where a gate opened, or stayed shut, and something was not right."""

    id: UUID
    kind: ConflictKind
    state: ConflictState
    gate: str | None = Field(examples=["东门 1 号闸机"])
    direction: Direction
    occurred_at: datetime
    clock_bound_ms: int = Field(description="± how far `occurred_at` may be from the truth.")
    received_at: datetime
    decided_offline: bool
    counts_as_work: bool
    reason: ScanReason
    explanation: str = Field(examples=["闸机放行了，但这个人当天已经退场"])
    worker: ShownWorkerOut | None = Field(description="Names are masked.")
    owner_name: str | None = Field(description="Who has to look: labour manager, else admin.")
    place: Place | None = Field(description="Of a phone check-in, never its coordinates.")
    accuracy_m: int | None = Field(description="± metres of a phone check-in's location.")
    signals: list[PunchSignal] = Field(description="What raises a question about the location.")
    outcome: ConflictOutcome | None
    note: str | None
    guard_name: str | None = Field(description="Whose statement it is.")
    resolved_at: datetime | None

    @classmethod
    def of(cls, view: ConflictView) -> Self:
        """Return the wire shape of a conflict."""
        check_in, conflict = view.check_in, view.conflict
        return cls(
            id=conflict.id,
            kind=conflict.kind,
            state=ConflictState.RESOLVED if conflict.resolved_at else ConflictState.OPEN,
            gate=view.gate,
            direction=check_in.direction,
            occurred_at=check_in.occurred_at,
            clock_bound_ms=check_in.clock_bound_ms,
            received_at=check_in.received_at,
            decided_offline=check_in.decided_offline,
            counts_as_work=view.counts_as_work,
            reason=check_in.reason,
            explanation=view.explanation,
            worker=view.worker and ShownWorkerOut.of(view.worker),
            owner_name=view.owner_name,
            place=view.finding and view.finding.place,
            accuracy_m=view.finding and view.finding.accuracy_m,
            signals=list(view.finding.signals) if view.finding else [],
            outcome=conflict.outcome,
            note=conflict.note,
            guard_name=conflict.guard_name,
            resolved_at=conflict.resolved_at,
        )


class ResolutionIn(BaseModel):
    """What its owner found about a conflict."""

    outcome: ConflictOutcome
    note: Words
    guard_name: (
        Annotated[
            str,
            StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=NO_NUL),
            SEEN,
        ]
        | None
    ) = Field(default=None, description="Mandatory with `guard_statement`.")


class UnreadScanOut(BaseModel):
    """Something a gate uploaded that is no scan; kept whole, shown masked."""

    id: UUID
    gate: str
    received_at: datetime
    characters: int
    masked_content: str = Field(description="The beginning, numbers and names starred.")

    @classmethod
    def of(cls, view: UnreadView) -> Self:
        """Return the wire shape of an unread upload."""
        return cls(
            id=view.id,
            gate=view.gate,
            received_at=view.unread.created_at,
            characters=len(view.unread.content),
            masked_content=view.masked_content,
        )


class RevealIn(BaseModel):
    """Why the whole content is needed."""

    reason: str = Field(max_length=500, pattern=NO_NUL, description="At least 5 characters.")


class RevealedOut(BaseModel):
    """The upload as it came; show it once, store it nowhere."""

    content: str
