"""What the queries tell the rules: who stands at the gate, what was recorded, month sums."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from attendance.folding import Crossing
from attendance.rules import Span
from db.models import ProjectFence


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
class MonthTotal:
    """One worker's sums over the folded days of a month."""

    project_worker_id: UUID
    units: int
    minutes: int
    days: int
    needs_confirmation: int
