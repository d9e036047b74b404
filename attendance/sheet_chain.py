"""Who looks an attendance sheet over, in which order, and whose approval still stands; pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from attendance.sheet_errors import SheetStepOutOfTurnError
from core.enums import Role
from core.sheet_enums import SheetAct, SheetStep
from evidence.canonical import content_hash
from identity.principal import Principal

COUNTED = ("project_worker_id", "units", "minutes", "days", "needs_confirmation", "grades")
"""What an approval is about: the sums that wages are made of."""
ENDS_APPROVALS = (SheetAct.SENT_BACK, SheetAct.REOPENED)


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """Who could look over a team's sheet."""

    leader_ids: frozenset[UUID]
    """Persons registered as the team's leader and still on the site."""
    employer_id: UUID
    """The team's own company."""
    contractor_ids: frozenset[UUID]
    """The project's general contractors, as companies."""
    administrator_ids: frozenset[UUID]
    """Who acts for the team's own company."""

    @property
    def needed(self) -> tuple[SheetStep, ...]:
        """The steps before the lock; the general contractor's own team has no subcontractor."""
        if self.employer_id in self.contractor_ids:
            return (SheetStep.TEAM_LEADER,)
        return (SheetStep.TEAM_LEADER, SheetStep.SUBCONTRACTOR)

    def is_staffed(self, step: SheetStep) -> bool:
        """Whether there is anybody who could take the step."""
        if step is SheetStep.TEAM_LEADER:
            return bool(self.leader_ids)
        return step is SheetStep.GENERAL_CONTRACTOR or bool(self.administrator_ids)


@dataclass(frozen=True, slots=True)
class DoneAct:
    """Something done about a sheet, as far as the chain cares."""

    step: SheetStep
    act: SheetAct
    content_hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """How far a sheet has come."""

    approved: tuple[SheetStep, ...]
    """Steps whose approval is of the lines as they are now."""
    missing: tuple[SheetStep, ...]
    """Steps that somebody has to take before the sheet is locked, in order."""


def hash_lines(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of what the sheet counts, whatever days its sums are made of."""
    return content_hash({"lines": [{name: line[name] for name in COUNTED} for line in lines]})


def judge_chain(acts: Sequence[DoneAct], *, facts: TeamFacts, current: str) -> Chain:
    """Return which approvals stand, given all acts oldest first and the hash of the lines."""
    standing: set[SheetStep] = set()
    for act in acts:
        if act.act in ENDS_APPROVALS:
            standing.clear()
        elif act.act is SheetAct.APPROVED and act.content_hash == current:
            standing.add(act.step)
    return Chain(
        approved=tuple(step for step in SheetStep if step in standing),
        missing=tuple(step for step in facts.needed if step not in standing),
    )


def find_step(principal: Principal, *, project_id: UUID, facts: TeamFacts) -> SheetStep | None:
    """Return the step this caller may take on the team's sheets, or None.

    The role they are signed in with decides: a team leader acts as a worker, the subcontractor
    and the general contractor by an administrator of the company, or the latter by the labour
    manager it must have on the project (条例 §28).
    """
    match principal.role:
        case Role.WORKER if principal.person_id in facts.leader_ids:
            return SheetStep.TEAM_LEADER
        case Role.LABOUR_MANAGER if principal.project_id == project_id:
            return SheetStep.GENERAL_CONTRACTOR
        case Role.EMPLOYER_ADMIN:
            return _find_company_step(principal.employer_id, facts)
    return None


def find_turn(chain: Chain, *, facts: TeamFacts) -> SheetStep:
    """Return the next step: one that is missing and that somebody could take, else the lock's."""
    return next(filter(facts.is_staffed, chain.missing), SheetStep.GENERAL_CONTRACTOR)


def check_turn(step: SheetStep, *, facts: TeamFacts, approved: Collection[SheetStep]) -> None:
    """Raise SheetStepOutOfTurnError while an earlier step that somebody could take is open."""
    earlier = list(SheetStep)[: list(SheetStep).index(step)]
    for other in earlier:
        if other in facts.needed and other not in approved and facts.is_staffed(other):
            raise SheetStepOutOfTurnError(step=other.value, who=NAMES[other])


def _find_company_step(employer_id: UUID | None, facts: TeamFacts) -> SheetStep | None:
    if employer_id in facts.contractor_ids:
        return SheetStep.GENERAL_CONTRACTOR
    return SheetStep.SUBCONTRACTOR if employer_id == facts.employer_id else None


NAMES: dict[SheetStep, str] = {
    SheetStep.TEAM_LEADER: "班组长",
    SheetStep.SUBCONTRACTOR: "分包单位",
    SheetStep.GENERAL_CONTRACTOR: "施工总承包单位",
}
"""As people call them."""
