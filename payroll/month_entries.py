"""What was entered for a team's month, as the labour manager looks it over."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from core.clock import ONE_DAY, month_start, next_month
from db.models import PayEntry, Person, ProjectWorker
from payroll import desk_queries, term_queries
from payroll.advances import AdvanceView
from payroll.deductions import NEEDS_CONSENT


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is or was in the team."""

    worker: ProjectWorker
    person: Person

    def was_there(self, first: date, last: date) -> bool:
        """Tell whether they belonged to the project on any of these days."""
        left = self.worker.left_date
        return self.worker.entered_date <= last and (left is None or left >= first)


@dataclass(frozen=True, slots=True)
class MonthEntry:
    """An entry and whose it is."""

    entry: PayEntry
    name: str

    @property
    def waits_for_consent(self) -> bool:
        """Whether only the worker's word is missing; silence is none."""
        entry = self.entry
        needs = entry.deduction_kind in NEEDS_CONSENT
        return needs and entry.agreed_at is None and entry.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class MonthAdvance:
    """An advance and whose it is."""

    view: AdvanceView
    name: str


@dataclass(frozen=True, slots=True)
class MonthEntries:
    """Everything entered for a team's month, newest first, and who something can be entered for."""

    present: list[Member]
    absent: list[Member]
    """Not on the project in that month; what an earlier month lacked can still be made good."""
    entries: list[MonthEntry]
    advances: list[MonthAdvance]


def get_month_entries(
    session: Session, *, project_id: UUID, team_id: UUID, month: str
) -> MonthEntries:
    """Return what was entered for members of a team: entries of the month, advances paid in it."""
    first = month_start(month)
    last = next_month(first) - ONE_DAY
    members = [
        Member(worker, person)
        for worker, person in desk_queries.list_members(
            session, project_id=project_id, team_id=team_id
        )
    ]
    names = {member.worker.id: member.person.name for member in members}
    entries = desk_queries.list_entries(session, list(names), month=month)
    return MonthEntries(
        present=[member for member in members if member.was_there(first, last)],
        absent=[member for member in members if not member.was_there(first, last)],
        entries=[MonthEntry(entry, names[entry.project_worker_id]) for entry in entries],
        advances=_list_advances(session, names, first=first, last=last),
    )


def _list_advances(
    session: Session, names: dict[UUID, str], *, first: date, last: date
) -> list[MonthAdvance]:
    advances = desk_queries.list_advances(session, list(names), first=first, last=last)
    taken = term_queries.sum_recoveries(session, [advance.id for advance in advances])
    return [
        MonthAdvance(AdvanceView(each, taken.get(each.id, 0)), names[each.project_worker_id])
        for each in advances
    ]
