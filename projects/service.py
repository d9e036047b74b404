"""What may be done with a project as a whole: see it, list them, register it from its workbook."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from core.enums import Role
from db.base import new_id
from db.models import Employer, Person, Project, ProjectParty, ProjectWorker, Team
from identity import audit
from identity.principal import Principal
from projects import queries
from projects.errors import ProjectNotFoundError
from projects.project_sheets import (
    PARTY_SHEET,
    PROJECT_SHEET,
    TEAM_SHEET,
    PartyLine,
    ProjectSheets,
    read_project_sheets,
)
from projects.workbook import open_workbook

POSTER_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class ProjectDetail:
    """A project with who builds it and its teams."""

    project: Project
    parties: Sequence[tuple[ProjectParty, Employer]]
    teams: Sequence[Team]


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One worker's place on a project; `id` is the project worker's."""

    id: UUID
    worker: ProjectWorker
    person: Person
    team: Team


def get_project(session: Session, *, principal: Principal, project_id: UUID) -> ProjectDetail:
    """Return a project inside the caller's scope; ProjectNotFoundError for any other."""
    project = queries.get_project(session, project_id)
    if not _is_in_scope(principal, project):
        raise ProjectNotFoundError
    return ProjectDetail(
        project,
        queries.list_parties(session, project_id),
        queries.list_teams(session, project_id),
    )


def list_projects(
    session: Session, *, principal: Principal, before: UUID | None, limit: int
) -> list[Project]:
    """Return the projects of the caller's scope, newest first, one more than `limit` if any."""
    if principal.role is not Role.ADMIN and principal.scope is None:
        return []
    return queries.list_projects(
        session,
        project_id=principal.project_id,
        county_code=principal.county_code,
        before=before,
        limit=limit + 1,
    )


def list_roster(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int
) -> list[RosterEntry]:
    """Return the project's workers, newest first, one more than `limit` if there are more."""
    found = queries.list_roster(session, project_id=project_id, before=before, limit=limit + 1)
    return [RosterEntry(worker.id, worker, person, team) for worker, person, team in found]


def import_project(
    session: Session, *, content: bytes, at: datetime, actor: Principal | None = None
) -> Project:
    """Register or update one project, its companies and teams from an .xlsx workbook.

    Everything or nothing: ProjectSheetInvalidError lists each mistake. Companies and teams the
    workbook no longer names stay as they are.
    """
    workbook = open_workbook(content, sheets=[PROJECT_SHEET, PARTY_SHEET, TEAM_SHEET])
    sheets = read_project_sheets(workbook)
    project = _save_project(session, sheets, at)
    employers = _save_employers(session, sheets, at)
    parties = _save_parties(session, project, sheets.parties, employers)
    _save_teams(session, project, sheets, employers, parties)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="projects.import_project",
        subject_kind="project",
        subject_id=project.id,
        reason="项目资料导入",
    )
    return project


def _is_in_scope(principal: Principal, project: Project) -> bool:
    if principal.role is Role.ADMIN:
        return True
    return project.id == principal.project_id or project.county_code == principal.county_code


def _save_project(session: Session, sheets: ProjectSheets, at: datetime) -> Project:
    """Insert unless somebody else just did, then lock the row and set it to the sheet."""
    values = asdict(sheets.project)
    poster_token = secrets.token_urlsafe(POSTER_TOKEN_BYTES)
    fresh = Project(created_at=at, poster_token=poster_token, **values)
    session.execute(
        insert(Project).values(fresh.model_dump()).on_conflict_do_nothing(index_elements=["code"])
    )
    project = queries.lock_project_by_code(session, sheets.project.code)
    project.sqlmodel_update(values)
    return project


def _save_employers(session: Session, sheets: ProjectSheets, at: datetime) -> dict[str, Employer]:
    """Return every company by USCC, under the name the workbook gives."""
    names = {party.uscc: party.name for party in sheets.parties}
    # In one order everywhere, so that two imports wait for each other and never deadlock.
    rows = [
        {"id": new_id(), "created_at": at, "uscc": uscc, "name": name}
        for uscc, name in sorted(names.items())
    ]
    statement = insert(Employer)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["uscc"], set_={"name": statement.excluded.name}
        ),
        rows,
    )
    return {each.uscc: each for each in queries.list_employers(session, names)}


def _save_parties(
    session: Session,
    project: Project,
    lines: Sequence[PartyLine],
    employers: dict[str, Employer],
) -> dict[UUID, ProjectParty]:
    """Return the parties by employer; a company in two parts keeps its teams under the first."""
    known = {
        (party.employer_id, party.party_type): party
        for party, _ in queries.list_parties(session, project.id)
    }
    parties: dict[UUID, ProjectParty] = {}
    for line in lines:
        employer_id = employers[line.uscc].id
        party = known.get((employer_id, line.party_type)) or ProjectParty(
            project_id=project.id, employer_id=employer_id, party_type=line.party_type
        )
        party.sqlmodel_update(asdict(line))
        session.add(party)
        parties.setdefault(employer_id, party)
    # There are no ORM relationships, so parties are flushed before the teams that point at them.
    session.flush()
    return parties


def _save_teams(
    session: Session,
    project: Project,
    sheets: ProjectSheets,
    employers: dict[str, Employer],
    parties: dict[UUID, ProjectParty],
) -> None:
    known = {team.name: team for team in queries.list_teams(session, project.id)}
    for line in sheets.teams:
        party = parties[employers[line.uscc].id]
        team = known.get(line.name) or Team(
            project_id=project.id, party_id=party.id, name=line.name
        )
        team.party_id = party.id
        team.leader_name = line.leader_name
        session.add(team)
