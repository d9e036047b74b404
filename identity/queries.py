"""Every SELECT about people, their roles, their sign-ins and who looked at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.enums import Role
from db.models import (
    AuditEntry,
    Employer,
    Person,
    Project,
    ProjectWorker,
    RoleGrant,
    SignIn,
    Team,
)
from identity.errors import PersonNotFoundError
from identity.rules import Identity


@dataclass(frozen=True, slots=True)
class Engagement:
    """A project a person works on now."""

    project_id: UUID
    project_name: str
    team_name: str
    entered_date: date


def get_person(session: Session, person_id: UUID) -> Person:
    """Return the person; PersonNotFoundError if there is none."""
    person = session.get(Person, person_id)
    if person is None:
        raise PersonNotFoundError
    return person


def list_number_identities(session: Session, phone_index: bytes) -> list[Identity]:
    """Return everything a phone number can sign in as; crews share phones."""
    return _identities(session, col(Person.phone_index) == phone_index)


def list_person_identities(session: Session, person_id: UUID) -> list[Identity]:
    """Return every role the person holds."""
    return _identities(session, col(Person.id) == person_id)


def list_engagements(session: Session, person_id: UUID, on: date) -> list[Engagement]:
    """Return the projects the person is on that day, newest first."""
    statement = (
        select(ProjectWorker, Project, Team)
        .join(Project, col(Project.id) == ProjectWorker.project_id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .where(
            ProjectWorker.person_id == person_id,
            ProjectWorker.entered_date <= on,
            sa.func.coalesce(ProjectWorker.left_date, on) >= on,
        )
        .order_by(col(ProjectWorker.entered_date).desc(), col(ProjectWorker.id))
    )
    return [
        Engagement(project.id, project.name, team.name, worker.entered_date)
        for worker, project, team in session.exec(statement)
    ]


def find_engagement_in_scope(
    session: Session, person_id: UUID, *, project_id: UUID | None, county_code: str | None
) -> ProjectWorker | None:
    """Return the person's newest engagement on the project or in the county, ended ones too.

    Without either scope there is nothing to find.
    """
    statement = (
        select(ProjectWorker)
        .join(Project, col(Project.id) == ProjectWorker.project_id)
        .where(
            ProjectWorker.person_id == person_id,
            sa.or_(col(Project.id) == project_id, col(Project.county_code) == county_code),
        )
        .order_by(col(ProjectWorker.entered_date).desc(), col(ProjectWorker.id).desc())
        .limit(1)
    )
    return session.exec(statement).first()


def find_sign_in(session: Session, token_hash: bytes) -> SignIn | None:
    """Return the refresh token's row."""
    return session.exec(select(SignIn).where(SignIn.token_hash == token_hash)).one_or_none()


def list_family(session: Session, family_id: UUID) -> Sequence[SignIn]:
    """Return every refresh token that descends from one sign-in."""
    return session.exec(select(SignIn).where(SignIn.family_id == family_id)).all()


def find_revoked_at(session: Session, family_id: UUID) -> datetime | None:
    """Return when the sign-in was ended; one revoked token ends its whole family.

    So a token that a parallel refresh was just issuing ends too.
    """
    statement = select(sa.func.min(SignIn.revoked_at)).where(SignIn.family_id == family_id)
    return session.exec(statement).one()


def list_accesses(
    session: Session, person_id: UUID, *, action: str, before: UUID | None, limit: int
) -> Sequence[AuditEntry]:
    """Return who did `action` to the person, newest first, one more than `limit` if there is."""
    statement = (
        select(AuditEntry)
        .where(
            AuditEntry.subject_kind == "person",
            AuditEntry.subject_id == person_id,
            AuditEntry.action == action,
        )
        .order_by(col(AuditEntry.id).desc())
        .limit(limit + 1)
    )
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    return session.exec(statement).all()


def _identities(session: Session, condition: sa.ColumnElement[bool]) -> list[Identity]:
    return [*_worker_identities(session, condition), *_granted_identities(session, condition)]


def _worker_identities(session: Session, condition: sa.ColumnElement[bool]) -> list[Identity]:
    """Anybody who is or was on a roster is a worker; the wages of a past month still matter."""
    on_a_roster = select(ProjectWorker.id).where(ProjectWorker.person_id == Person.id).exists()
    people = session.exec(select(Person).where(condition, on_a_roster).order_by(col(Person.id)))
    return [
        Identity(person.id, person.name, Role.WORKER, "工人本人", None, None, None, None)
        for person in people
    ]


def _granted_identities(session: Session, condition: sa.ColumnElement[bool]) -> list[Identity]:
    statement = (
        select(RoleGrant, Person, Project, Employer)
        .join(Person, col(Person.id) == RoleGrant.person_id)
        .outerjoin(Project, col(Project.id) == RoleGrant.project_id)
        .outerjoin(Employer, col(Employer.id) == RoleGrant.employer_id)
        .where(condition, col(RoleGrant.revoked_at).is_(None))
        .order_by(col(RoleGrant.id))
    )
    return [
        Identity(
            person_id=person.id,
            name=person.name,
            role=grant.role,
            scope_label=_scope_label(grant, project, employer),
            grant_id=grant.id,
            project_id=grant.project_id,
            employer_id=grant.employer_id,
            county_code=grant.county_code,
        )
        for grant, person, project, employer in session.exec(statement)
    ]


def _scope_label(grant: RoleGrant, project: Project | None, employer: Employer | None) -> str:
    if project is not None:
        return project.name
    if employer is not None:
        return employer.name
    return "全部" if grant.county_code is None else f"区县 {grant.county_code}"
