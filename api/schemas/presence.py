"""Wire shapes of who is on a site."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from attendance.presence import Presence
from attendance.presence_queries import LastCrossing
from core.masking import mask_name
from projects import dictionaries


class PresentWorkerOut(BaseModel):
    """Somebody who came in and was not seen leaving."""

    project_worker_id: UUID
    masked_name: str
    work_type_name: str
    team_id: UUID
    team_name: str
    since: datetime
    gate: str | None = Field(description="Where; null when no gate of ours saw it.")

    @classmethod
    def of(cls, crossing: LastCrossing) -> Self:
        """Return the wire shape of somebody's last crossing."""
        return cls(
            project_worker_id=crossing.project_worker_id,
            masked_name=mask_name(crossing.name),
            work_type_name=dictionaries.WORK_TYPE.name_of(crossing.work_type),
            team_id=crossing.team_id,
            team_name=crossing.team_name,
            since=crossing.at,
            gate=crossing.gate,
        )


class PresentTeamOut(BaseModel):
    """How many of a team are on the site."""

    team_id: UUID
    team_name: str
    count: int


class PresenceOut(BaseModel):
    """A site's people now."""

    at: datetime
    count: int
    teams: list[PresentTeamOut]
    workers: list[PresentWorkerOut]
    unclear: list[PresentWorkerOut] = Field(
        description="Came in longer ago than a shift can last; their exit is missing."
    )
    unrecognised: int = Field(description="Times a gate let in somebody it did not know.")

    @classmethod
    def of(cls, presence: Presence) -> Self:
        """Return the wire shape of a site's people."""
        return cls(
            at=presence.at,
            count=len(presence.on_site),
            teams=[
                PresentTeamOut(team_id=team_id, team_name=name, count=count)
                for (team_id, name), count in presence.teams.items()
            ],
            workers=[PresentWorkerOut.of(crossing) for crossing in presence.on_site],
            unclear=[PresentWorkerOut.of(crossing) for crossing in presence.unclear],
            unrecognised=presence.unrecognised,
        )
