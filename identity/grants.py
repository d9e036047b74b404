"""Appointing who acts for a company: its administrators release bank files as the second person."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.enums import Role
from db.models import Employer, Person, RoleGrant
from db.session import blind_index
from identity import audit, grant_queries
from identity.errors import EmployerNotFoundError, GrantNotFoundError
from identity.grant_queries import Appointment
from identity.principal import Principal

PHONE = "person.phone"


def list_employer_admins(session: Session, *, uscc: str) -> list[Appointment]:
    """Return who acts for a company now, the longest serving first; EmployerNotFoundError."""
    return grant_queries.list_appointments(session, _get_employer(session, uscc).id)


def appoint_employer_admin(
    session: Session, *, principal: Principal, uscc: str, name: str, phone: str, at: datetime
) -> Appointment:
    """Let somebody act for a company; appointing them again changes nothing.

    They sign in with this phone. The same name on the same phone is the same person. Raises
    EmployerNotFoundError.
    """
    employer = _get_employer(session, uscc)
    person = _find_or_add_person(session, name, phone, at)
    standing = grant_queries.list_appointments(session, employer.id)
    for appointment in standing:
        if appointment.person.id == person.id:
            return appointment
    grant = RoleGrant(
        created_at=at,
        person_id=person.id,
        role=Role.EMPLOYER_ADMIN,
        employer_id=employer.id,
    )
    session.add(grant)
    session.flush()
    _record(session, principal, grant, "identity.role-granted", "任命企业管理员")
    return Appointment(grant, person)


def dismiss_employer_admin(
    session: Session,
    *,
    principal: Principal,
    uscc: str,
    grant_id: UUID,
    reason: str,
    at: datetime,
) -> None:
    """End an appointment; what the person did stays, their sign-in ends within 15 minutes.

    Raises EmployerNotFoundError, GrantNotFoundError.
    """
    employer = _get_employer(session, uscc)
    grant = grant_queries.lock_grant(session, employer_id=employer.id, grant_id=grant_id)
    if grant is None:
        raise GrantNotFoundError
    grant.revoked_at = at
    _record(session, principal, grant, "identity.role-ended", reason)
    session.flush()


def _get_employer(session: Session, uscc: str) -> Employer:
    employer = grant_queries.lock_employer(session, uscc)
    if employer is None:
        raise EmployerNotFoundError
    return employer


def _find_or_add_person(session: Session, name: str, phone: str, at: datetime) -> Person:
    index = blind_index(session, PHONE, phone)
    known = grant_queries.find_person(session, name=name, phone_index=index)
    if known is not None:
        return known
    person = Person(created_at=at, name=name, phone=phone, phone_index=index)
    session.add(person)
    session.flush()
    return person


def _record(
    session: Session, principal: Principal, grant: RoleGrant, action: str, reason: str
) -> None:
    audit.record(
        session,
        actor=principal,
        action=action,
        subject_kind="person",
        subject_id=grant.person_id,
        reason=reason,
        role=grant.role.value,
        employer_id=str(grant.employer_id),
    )
