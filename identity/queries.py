"""Every SELECT about people, their roles, their sign-ins and who looked at them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.enums import Notice, Role
from db.models import (
    AuditEntry,
    Consent,
    Employer,
    Person,
    Project,
    ProjectWorker,
    RoleGrant,
    SignIn,
    Team,
    WorkerPhoto,
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
    is_team_leader: bool


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
        Engagement(project.id, project.name, team.name, worker.entered_date, worker.is_team_leader)
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


def is_signed_in(session: Session, family_id: UUID, *, at: datetime) -> bool:
    """Tell whether a sign-in has neither been ended nor run out."""
    if find_revoked_at(session, family_id) is not None:
        return False
    statement = select(sa.func.max(SignIn.expires_at)).where(SignIn.family_id == family_id)
    expires_at = session.exec(statement).one()
    return expires_at is not None and expires_at > at


def list_signed_in(session: Session, family_ids: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Return those of the sign-ins that have neither been ended nor run out."""
    statement = (
        select(SignIn.family_id)
        .where(col(SignIn.family_id).in_(family_ids))
        .group_by(col(SignIn.family_id))
        .having(sa.func.max(SignIn.expires_at) > at, sa.func.count(col(SignIn.revoked_at)) == 0)
    )
    return set(session.exec(statement))


def list_managers(session: Session, project_id: UUID) -> Sequence[UUID]:
    """Return the labour managers of a project, the longest serving first."""
    statement = (
        select(RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.LABOUR_MANAGER,
            RoleGrant.project_id == project_id,
            col(RoleGrant.revoked_at).is_(None),
        )
        .order_by(col(RoleGrant.id))
    )
    return session.exec(statement).all()


def list_administrators(session: Session) -> Sequence[UUID]:
    """Return who administers the installation, the longest serving first."""
    statement = (
        select(RoleGrant.person_id)
        .where(RoleGrant.role == Role.ADMIN, col(RoleGrant.revoked_at).is_(None))
        .order_by(col(RoleGrant.id))
    )
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


def find_photo(session: Session, person_id: UUID) -> WorkerPhoto | None:
    """Return the person's photo."""
    statement = select(WorkerPhoto).where(WorkerPhoto.person_id == person_id)
    return session.exec(statement).one_or_none()


def find_workers_photo(session: Session, project_worker_id: UUID) -> WorkerPhoto | None:
    """Return the photo of somebody on a project."""
    statement = (
        select(WorkerPhoto)
        .join(ProjectWorker, col(ProjectWorker.person_id) == WorkerPhoto.person_id)
        .where(ProjectWorker.id == project_worker_id)
    )
    return session.exec(statement).one_or_none()


def find_consent(session: Session, person_id: UUID, notice: Notice) -> Consent | None:
    """Return the person's consent that they have not withdrawn."""
    statement = select(Consent).where(
        Consent.person_id == person_id,
        Consent.notice == notice,
        col(Consent.withdrawn_at).is_(None),
    )
    return session.exec(statement).one_or_none()


def lock_person(session: Session, person_id: UUID) -> None:
    """Let one transaction at a time change what belongs to the person."""
    session.exec(
        select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    ).one()
