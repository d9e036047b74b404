"""SELECTs about who was appointed to act for a company."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from core.enums import Role
from db.models import Employer, Person, RoleGrant


@dataclass(frozen=True, slots=True)
class Appointment:
    """A role somebody holds."""

    grant: RoleGrant
    person: Person


def lock_employer(session: Session, uscc: str) -> Employer | None:
    """Return the company with its row locked, so that nobody is appointed twice at once."""
    statement = select(Employer).where(Employer.uscc == uscc).with_for_update(key_share=True)
    return session.exec(statement).one_or_none()


def list_appointments(session: Session, employer_id: UUID) -> list[Appointment]:
    """Return who administers a company, the longest serving first."""
    statement = (
        select(RoleGrant, Person)
        .join(Person, col(Person.id) == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.EMPLOYER_ADMIN,
            RoleGrant.employer_id == employer_id,
            col(RoleGrant.revoked_at).is_(None),
        )
        .order_by(col(RoleGrant.id))
    )
    return [Appointment(grant, person) for grant, person in session.exec(statement)]


def lock_grant(session: Session, *, employer_id: UUID, grant_id: UUID) -> RoleGrant | None:
    """Return an appointment of the company that has not ended, with its row locked."""
    statement = (
        select(RoleGrant)
        .where(
            RoleGrant.id == grant_id,
            RoleGrant.role == Role.EMPLOYER_ADMIN,
            RoleGrant.employer_id == employer_id,
            col(RoleGrant.revoked_at).is_(None),
        )
        .with_for_update()
    )
    return session.exec(statement).one_or_none()


def find_person(session: Session, *, name: str, phone_index: bytes) -> Person | None:
    """Return who has this name on this phone; a phone alone may be several people's."""
    statement = (
        select(Person)
        .where(Person.name == name, Person.phone_index == phone_index)
        .order_by(col(Person.id))
        .limit(1)
    )
    return session.exec(statement).one_or_none()
