"""What the queries tell the rules: who stands at the gate, what was recorded, month sums."""

from dataclasses import dataclass
from uuid import UUID

from attendance.folding import Crossing, DayRules
from attendance.rules import Span
from db.models import CheckIn


@dataclass(frozen=True, slots=True)
class WorkerCard:
    """What a guard may see of a worker."""

    name: str
    work_type: str
    team_name: str


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """Whom a code speaks of, and their standing on one project."""

    key_generation: int
    project_worker_id: UUID | None
    stay: Span | None
    has_contract: bool
    card: WorkerCard | None
    day_rules: DayRules


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whom a terminal's number (门禁卡号) speaks of."""

    project_worker_id: UUID
    stay: Span
    contracts: tuple[Span, ...]


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


@dataclass(frozen=True, slots=True)
class GateConflict:
    """A crossing where a gate opened and something was not right."""

    check_in: CheckIn
    device_name: str | None
    card: WorkerCard | None

    @property
    def id(self) -> UUID:
        """What pages are ordered by."""
        return self.check_in.id
