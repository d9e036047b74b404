"""Crossings where a gate opened and something was not right, for the labour manager to see."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from attendance import scan_queries
from attendance.facts import WorkerCard
from attendance.rejudge import EXPLANATIONS
from attendance.service import ShownWorker
from core.masking import mask_name
from db.models import CheckIn
from projects.dictionaries import WORK_TYPE


@dataclass(frozen=True, slots=True)
class ConflictView:
    """One conflict in words."""

    check_in: CheckIn
    gate: str | None
    worker: ShownWorker | None
    explanation: str

    @property
    def id(self) -> UUID:
        """What pages are ordered by."""
        return self.check_in.id


def list_conflicts(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int
) -> list[ConflictView]:
    """Return up to `limit` conflicts of a project that arrived before one, newest first."""
    listed = scan_queries.list_conflicts(session, project_id=project_id, before=before, limit=limit)
    return [
        ConflictView(
            check_in=conflict.check_in,
            gate=conflict.device_name,
            worker=_show(conflict.card) if conflict.card else None,
            explanation=EXPLANATIONS[conflict.check_in.reason],
        )
        for conflict in listed
    ]


def _show(card: WorkerCard) -> ShownWorker:
    trade = WORK_TYPE.names.get(card.work_type, card.work_type)
    return ShownWorker(mask_name(card.name), trade, card.team_name)
