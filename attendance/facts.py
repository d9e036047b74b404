"""What the queries tell the rules: who stands at the gate, what was recorded, a month's lines."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from attendance.folding import Crossing
from attendance.rules import Span
from core.enums import CheckInMethod
from db.models import ObjectionPhoto, ObjectionReply, ProjectFence, WorkDayObjection

Line = dict[str, Any]
"""One worker's month on a sheet: `project_worker_id`, `units`, `minutes`, `days`,
`needs_confirmation`, `grades`; `original` where somebody has corrected it; `cells` once the sheet
is locked."""


@dataclass(frozen=True, slots=True)
class WorkerCard:
    """What a guard may see of a worker."""

    name: str
    work_type: str
    team_name: str


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whom a terminal's number (门禁卡号) speaks of."""

    project_worker_id: UUID
    stay: Span
    contracts: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PhoneWorker:
    """Whose phone punches at a poster."""

    project_worker_id: UUID
    stay: Span
    contracts: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class SeenCheckIn:
    """A check-in that says where somebody was, by its own location or its project's fence."""

    at: datetime
    location: str | None
    fence: ProjectFence | None


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """Whose a printed card (AX2) is: the same `worker_ref` that their live codes carry."""

    worker_ref: bytes
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecordedCrossing:
    """A valid check-in as stored."""

    project_worker_id: UUID
    code_step: int | None
    crossing: Crossing


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection, the pictures that go with it, and what the labour manager answered."""

    objection: WorkDayObjection
    reply: ObjectionReply | None
    photos: tuple[ObjectionPhoto, ...]

    @property
    def id(self) -> UUID:
        """Of the objection."""
        return self.objection.id

    @property
    def project_worker_id(self) -> UUID:
        """Who objects."""
        return self.objection.project_worker_id

    @property
    def work_date(self) -> date:
        """To which day."""
        return self.objection.work_date


@dataclass(frozen=True, slots=True)
class SeenCrossing:
    """A check-in as its worker is shown it."""

    project_worker_id: UUID
    crossing: Crossing
    method: CheckInMethod
    gate_name: str | None
    note: str | None
    """Why it was entered by hand."""
