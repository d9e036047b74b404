"""Who is on the site now, as far as the gates know."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from attendance import presence_queries
from attendance.folding import MAX_SHIFT
from attendance.presence_queries import LastCrossing
from core.clock import SHANGHAI
from core.enums import Direction
from identity import audit
from identity.principal import Principal
from projects import dictionaries
from projects.queries import get_project
from qr.prints.evacuation import EvacuationList, ListedTeam, ListedWorker

LOOK_BACK = timedelta(hours=72)
"""Whoever came in longer ago and was not seen since is not looked for in the yard."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A site's people at an instant; both lists by team and name."""

    at: datetime
    on_site: list[LastCrossing]
    """Came in within the length of one shift and were not seen leaving."""
    unclear: list[LastCrossing]
    """Came in longer ago; most of them left without being seen, but nobody knows."""
    unrecognised: int
    """Times the gate let in somebody it did not know, within the length of one shift."""

    @property
    def teams(self) -> dict[tuple[UUID, str], int]:
        """How many of each team are on the site."""
        return dict(Counter((crossing.team_id, crossing.team_name) for crossing in self.on_site))


def get_presence(session: Session, *, project_id: UUID, at: datetime) -> Presence:
    """Return who is on the project's site; whoever a gate let in counts, valid or not."""
    last = presence_queries.list_last_crossings(
        session, project_id=project_id, since=at - LOOK_BACK, until=at
    )
    inside = [crossing for crossing in last if crossing.direction is Direction.IN]
    return Presence(
        at=at,
        on_site=[crossing for crossing in inside if is_within_shift(crossing.at, at)],
        unclear=[crossing for crossing in inside if not is_within_shift(crossing.at, at)],
        unrecognised=presence_queries.count_unrecognised(
            session, project_id=project_id, since=at - MAX_SHIFT, until=at
        ),
    )


def is_within_shift(entered_at: datetime, at: datetime) -> bool:
    """Tell whether somebody who came in then may still be in the same shift."""
    return at - entered_at <= MAX_SHIFT


def list_for_evacuation(
    session: Session, *, principal: Principal, project_id: UUID, at: datetime
) -> EvacuationList:
    """Return the list to call the roll from: full names, which leaves an audit row."""
    presence = get_presence(session, project_id=project_id, at=at)
    audit.record(
        session,
        actor=principal,
        action="attendance.list-for-evacuation",
        subject_kind="project",
        subject_id=project_id,
        reason="应急疏散清单",
        workers=str(len(presence.on_site) + len(presence.unclear)),
    )
    return EvacuationList(
        project=get_project(session, project_id).name,
        at=_show(at),
        total=len(presence.on_site),
        teams=_group(presence.on_site),
        unclear=_group(presence.unclear),
        unrecognised=presence.unrecognised,
    )


def _group(crossings: list[LastCrossing]) -> list[ListedTeam]:
    teams: dict[tuple[UUID, str], list[ListedWorker]] = {}
    for crossing in crossings:
        teams.setdefault((crossing.team_id, crossing.team_name), []).append(_list(crossing))
    return [ListedTeam(name, workers) for (_, name), workers in teams.items()]


def _list(crossing: LastCrossing) -> ListedWorker:
    return ListedWorker(
        name=crossing.name,
        trade=dictionaries.WORK_TYPE.name_of(crossing.work_type),
        since=_show(crossing.at),
        gate=crossing.gate or "",
    )


def _show(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}"
