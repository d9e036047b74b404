"""Every SELECT on projects, parties, teams, their workers and contracts."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import or_, tuple_, union
from sqlmodel import Session, col, select

from core.enums import Role
from db.models import (
    ClosingNotice,
    Contract,
    Employer,
    PaySheet,
    Payslip,
    Person,
    Project,
    ProjectFence,
    ProjectParty,
    ProjectWorker,
    RoleGrant,
    SignIn,
    Team,
)
from projects.errors import ProjectNotFoundError, TeamNotFoundError, UnknownPosterError


def get_project(session: Session, project_id: UUID) -> Project:
    """Return the project or raise ProjectNotFoundError."""
    project = session.get(Project, project_id)
    if project is None:
        raise ProjectNotFoundError
    return project


def lock_project(session: Session, project_id: UUID) -> Project:
    """Return the project with its row locked, so two rosters cannot be written into it at once.

    Not against rows that point at it: the project's gates go on recording.
    """
    statement = select(Project).where(Project.id == project_id).with_for_update(key_share=True)
    project = session.exec(statement).one_or_none()
    if project is None:
        raise ProjectNotFoundError
    return project


def lock_project_by_code(session: Session, code: str) -> Project:
    """Return the project with this national code, which must exist, with its row locked."""
    statement = select(Project).where(Project.code == code).with_for_update(key_share=True)
    return session.exec(statement).one()


def list_projects(
    session: Session,
    *,
    project_id: UUID | None,
    county_code: str | None,
    before: UUID | None,
    limit: int,
) -> list[Project]:
    """Return up to `limit` projects inside a caller's scope registered before one, newest first."""
    statement = select(Project).order_by(col(Project.id).desc()).limit(limit)
    if project_id is not None:
        statement = statement.where(Project.id == project_id)
    if county_code is not None:
        statement = statement.where(Project.county_code == county_code)
    if before is not None:
        statement = statement.where(col(Project.id) < before)
    return list(session.exec(statement))


def get_team(session: Session, *, project_id: UUID, team_id: UUID) -> Team:
    """Return the project's team or raise TeamNotFoundError."""
    statement = select(Team).where(Team.id == team_id, Team.project_id == project_id)
    team = session.exec(statement).one_or_none()
    if team is None:
        raise TeamNotFoundError
    return team


def list_teams(session: Session, project_id: UUID) -> list[Team]:
    """Return the project's teams by name."""
    statement = select(Team).where(Team.project_id == project_id).order_by(col(Team.name))
    return list(session.exec(statement))


def list_parties(session: Session, project_id: UUID) -> list[tuple[ProjectParty, Employer]]:
    """Return who builds the project and as what."""
    statement = (
        select(ProjectParty, Employer)
        .join(Employer, col(Employer.id) == ProjectParty.employer_id)
        .where(ProjectParty.project_id == project_id)
        .order_by(col(ProjectParty.party_type), col(Employer.uscc))
    )
    return list(session.exec(statement))


def list_employers(session: Session, usccs: Collection[str]) -> list[Employer]:
    """Return the employers with these codes."""
    return list(session.exec(select(Employer).where(col(Employer.uscc).in_(usccs))))


def find_project_by_poster(session: Session, poster_token: str) -> Project | None:
    """Return the project whose poster carries the token."""
    statement = select(Project).where(Project.poster_token == poster_token)
    return session.exec(statement).one_or_none()


def get_project_by_poster(session: Session, poster_token: str) -> Project:
    """Return the project whose poster carries the token or raise UnknownPosterError."""
    project = find_project_by_poster(session, poster_token)
    if project is None:
        raise UnknownPosterError
    return project


def find_fence(session: Session, project_id: UUID) -> ProjectFence | None:
    """Return where the project's site is, as it was entered."""
    statement = select(ProjectFence).where(ProjectFence.project_id == project_id)
    return session.exec(statement).one_or_none()


def find_closing_notice(session: Session, project_id: UUID) -> ClosingNotice | None:
    """Return the notice that the project's wage account will be closed, if it stands."""
    statement = select(ClosingNotice).where(
        ClosingNotice.project_id == project_id, col(ClosingNotice.withdrawn_at).is_(None)
    )
    return session.exec(statement).one_or_none()


def list_labour_managers(session: Session, project_id: UUID) -> list[Person]:
    """Return the project's 劳资专管员, longest in office first."""
    statement = (
        select(Person)
        .join(RoleGrant, col(RoleGrant.person_id) == Person.id)
        .where(
            RoleGrant.project_id == project_id,
            RoleGrant.role == Role.LABOUR_MANAGER,
            col(RoleGrant.revoked_at).is_(None),
        )
        .order_by(col(RoleGrant.id))
    )
    return list(session.exec(statement))


def list_pay_terms(session: Session, project_id: UUID, on: date) -> list[Contract]:
    """Return the contracts in force on a day of those who have not left, newest first."""
    statement = (
        select(Contract)
        .join(ProjectWorker, col(ProjectWorker.id) == Contract.project_worker_id)
        .where(
            Contract.project_id == project_id,
            Contract.start_date <= on,
            or_(col(Contract.end_date).is_(None), col(Contract.end_date) >= on),
            or_(col(ProjectWorker.left_date).is_(None), col(ProjectWorker.left_date) >= on),
        )
        .order_by(col(Contract.start_date).desc(), col(Contract.id))
    )
    return list(session.exec(statement))


def list_current_projects(session: Session, person_id: UUID, on: date) -> list[ProjectWorker]:
    """Return the person's places on projects they have entered and not left by a day."""
    statement = (
        select(ProjectWorker)
        .where(
            ProjectWorker.person_id == person_id,
            ProjectWorker.entered_date <= on,
            or_(col(ProjectWorker.left_date).is_(None), col(ProjectWorker.left_date) >= on),
        )
        .order_by(col(ProjectWorker.entered_date), col(ProjectWorker.id))
    )
    return list(session.exec(statement))


def list_people(session: Session, identities: Collection[tuple[str, bytes]]) -> list[Person]:
    """Return the people with these pairs of document type and blind index."""
    pair = tuple_(col(Person.id_type), col(Person.id_number_index))
    return list(session.exec(select(Person).where(pair.in_(identities))))


def lock_project_workers(session: Session, project_id: UUID) -> list[ProjectWorker]:
    """Return everybody who is or was on the project, locked: a worker may be changing the card."""
    statement = (
        select(ProjectWorker)
        .where(ProjectWorker.project_id == project_id)
        .order_by(col(ProjectWorker.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.exec(statement))


def list_shown_workers(session: Session, project_id: UUID) -> set[UUID]:
    """Return the project workers who were shown a payslip, which names their card."""
    statement = (
        select(Payslip.project_worker_id)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(Payslip.project_id == project_id, col(PaySheet.published_at).is_not(None))
        .distinct()
    )
    return set(session.exec(statement))


def list_contracts(session: Session, project_id: UUID) -> list[Contract]:
    """Return every contract on the project."""
    return list(session.exec(select(Contract).where(Contract.project_id == project_id)))


def list_card_owners(session: Session, indexes: Collection[bytes]) -> list[tuple[bytes, UUID]]:
    """Return (bank card index, person) for every place on any project paid to these cards."""
    statement = select(ProjectWorker.bank_card_index, ProjectWorker.person_id).where(
        col(ProjectWorker.bank_card_index).in_(indexes)
    )
    return [(index, person_id) for index, person_id in session.exec(statement) if index]


def list_settled_people(
    session: Session, *, project_id: UUID, person_ids: Collection[UUID]
) -> set[UUID]:
    """Return those whose phone is theirs: they signed in, work elsewhere, or got a payslip.

    A published payslip waits for an answer that only its owner may give (条例 §31).
    """
    signed_in = select(SignIn.person_id).where(col(SignIn.person_id).in_(person_ids))
    elsewhere = select(ProjectWorker.person_id).where(
        col(ProjectWorker.person_id).in_(person_ids), ProjectWorker.project_id != project_id
    )
    paid = (
        select(Payslip.person_id)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(col(Payslip.person_id).in_(person_ids), col(PaySheet.published_at).is_not(None))
    )
    return set(session.scalars(union(signed_in, elsewhere, paid)))


def list_roster(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int
) -> list[tuple[ProjectWorker, Person, Team]]:
    """Return up to `limit` workers registered before one, newest first."""
    statement = (
        select(ProjectWorker, Person, Team)
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .where(ProjectWorker.project_id == project_id)
        .order_by(col(ProjectWorker.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(ProjectWorker.id) < before)
    return list(session.exec(statement))
