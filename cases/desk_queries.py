"""Every SELECT of the desk: handlers, requests, notes, bureaus and statistics."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from cases.desk_errors import CaseRequestNotFoundError, ContactNotFoundError, HandlerNotFoundError
from core.case_enums import CaseAction, CaseState
from core.enums import Role
from db.models import (
    AuditEntry,
    BureauAlarm,
    BureauContact,
    BureauHead,
    Case,
    CaseHandler,
    CaseNote,
    CaseRequest,
    Complaint,
    Employer,
    Person,
    ProjectParty,
    ProjectWorker,
    RoleGrant,
    Team,
)
from projects.notice_board import GENERAL_CONTRACTOR
from projects.queries import list_parties


@dataclass(frozen=True, slots=True)
class Owed:
    """What one complaint says is owed; nothing of who says so."""

    facts: dict[str, Any]
    amount_fen: int | None
    people: int


def list_handlers(session: Session, case_id: UUID) -> list[tuple[CaseHandler, Person]]:
    """Return everybody who investigates or investigated the case, first assigned first."""
    statement = (
        select(CaseHandler, Person)
        .join(Person, col(Person.id) == CaseHandler.person_id)
        .where(CaseHandler.case_id == case_id)
        .order_by(col(CaseHandler.id))
    )
    return list(session.exec(statement))


def find_handler(session: Session, case_id: UUID, person_id: UUID) -> CaseHandler | None:
    """Return the person's part in the case, present or past."""
    statement = select(CaseHandler).where(
        CaseHandler.case_id == case_id, CaseHandler.person_id == person_id
    )
    return session.exec(statement).one_or_none()


def get_handler(session: Session, case_id: UUID, person_id: UUID) -> CaseHandler:
    """Return somebody who investigates the case now; HandlerNotFoundError."""
    handler = find_handler(session, case_id, person_id)
    if handler is None or handler.left_at is not None:
        raise HandlerNotFoundError
    return handler


def list_handlers_now(session: Session, case_id: UUID) -> list[CaseHandler]:
    """Return who investigates the case now."""
    statement = select(CaseHandler).where(
        CaseHandler.case_id == case_id, col(CaseHandler.left_at).is_(None)
    )
    return list(session.exec(statement))


def is_party(session: Session, person_id: UUID, complaint: Complaint) -> bool:
    """Tell whether the person is part of what the complaint is about: worker, staff or owner."""
    if complaint.person_id == person_id:
        return True
    project_id = complaint.project_id
    if project_id is None:
        return False
    works = select(ProjectWorker.id).where(
        ProjectWorker.person_id == person_id, ProjectWorker.project_id == project_id
    )
    builders = select(ProjectParty.employer_id).where(ProjectParty.project_id == project_id)
    manages = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id,
        sa.or_(col(RoleGrant.project_id) == project_id, col(RoleGrant.employer_id).in_(builders)),
    )
    found = session.exec(select(sa.or_(works.exists(), manages.exists()))).one()
    return bool(found)


def find_roster_employer(session: Session, *, project_id: UUID, person_id: UUID) -> str | None:
    """Return the name of the employer whose team the person is in on the project."""
    statement = (
        select(Employer.name)
        .join(ProjectParty, col(ProjectParty.employer_id) == Employer.id)
        .join(Team, col(Team.party_id) == ProjectParty.id)
        .join(ProjectWorker, col(ProjectWorker.team_id) == Team.id)
        .where(ProjectWorker.project_id == project_id, ProjectWorker.person_id == person_id)
    )
    return session.exec(statement).first()


def find_general_contractor(session: Session, project_id: UUID) -> str | None:
    """Return the name of the project's general contractor."""
    names = [
        employer.name
        for party, employer in list_parties(session, project_id)
        if party.party_type == GENERAL_CONTRACTOR
    ]
    return names[0] if names else None


def list_inspectors(session: Session, counties: Collection[str]) -> list[Person]:
    """Return who is inspector of one of these divisions."""
    statement = (
        select(Person)
        .join(RoleGrant, col(RoleGrant.person_id) == Person.id)
        .where(
            RoleGrant.role == Role.INSPECTOR,
            col(RoleGrant.county_code).in_(counties),
            col(RoleGrant.revoked_at).is_(None),
        )
        .distinct()
        .order_by(col(Person.id))
    )
    return list(session.exec(statement))


def is_head(session: Session, person_id: UUID, division_code: str, *, on: date) -> bool:
    """Tell whether the person decides in this bureau on that day."""
    statement = select(BureauHead.id).where(
        BureauHead.person_id == person_id,
        BureauHead.division_code == division_code,
        *_holds(BureauHead, on),
    )
    return session.exec(statement.limit(1)).first() is not None


def list_heads(session: Session, division_code: str, *, on: date) -> list[BureauHead]:
    """Return who decides in this bureau on that day."""
    statement = select(BureauHead).where(
        BureauHead.division_code == division_code, *_holds(BureauHead, on)
    )
    return list(session.exec(statement.order_by(col(BureauHead.id))))


def list_contacts(session: Session, divisions: Collection[str], *, on: date) -> list[BureauContact]:
    """Return whom these bureaus can be reached through on that day."""
    statement = select(BureauContact).where(
        col(BureauContact.division_code).in_(divisions), *_holds(BureauContact, on)
    )
    return list(session.exec(statement.order_by(col(BureauContact.id))))


def get_contact(session: Session, division_code: str, contact_id: UUID) -> BureauContact:
    """Return a contact of this bureau; ContactNotFoundError."""
    contact = session.get(BureauContact, contact_id)
    if contact is None or contact.division_code != division_code:
        raise ContactNotFoundError
    return contact


def find_open_alarm(session: Session, division_code: str) -> BureauAlarm | None:
    """Return the alarm about a bureau that nobody can be reached in."""
    statement = select(BureauAlarm).where(
        BureauAlarm.division_code == division_code, col(BureauAlarm.cleared_at).is_(None)
    )
    return session.exec(statement).one_or_none()


def list_open_alarms(session: Session) -> list[tuple[BureauAlarm, Case]]:
    """Return every bureau that has a case and nobody who could be told."""
    statement = (
        select(BureauAlarm, Case)
        .join(Case, col(Case.id) == BureauAlarm.case_id)
        .where(col(BureauAlarm.cleared_at).is_(None))
        .order_by(col(BureauAlarm.id))
    )
    return list(session.exec(statement))


def find_open_request(session: Session, case_id: UUID, action: CaseAction) -> CaseRequest | None:
    """Return the request for this step that waits."""
    statement = select(CaseRequest).where(
        CaseRequest.case_id == case_id,
        CaseRequest.action == action,
        col(CaseRequest.decided_at).is_(None),
    )
    return session.exec(statement).one_or_none()


def get_open_request(session: Session, case_id: UUID, request_id: UUID) -> CaseRequest:
    """Return a request of the case that waits; CaseRequestNotFoundError."""
    request = session.get(CaseRequest, request_id)
    if request is None or request.case_id != case_id or request.decided_at is not None:
        raise CaseRequestNotFoundError
    return request


def list_requests(session: Session, case_id: UUID) -> list[CaseRequest]:
    """Return every request of the case, oldest first."""
    statement = select(CaseRequest).where(CaseRequest.case_id == case_id)
    return list(session.exec(statement.order_by(col(CaseRequest.id))))


def list_notes(session: Session, case_id: UUID) -> list[tuple[CaseNote, Person]]:
    """Return the desk's notes on the case, oldest first, with who wrote them."""
    statement = (
        select(CaseNote, Person)
        .join(Person, col(Person.id) == CaseNote.author_id)
        .where(CaseNote.case_id == case_id)
        .order_by(col(CaseNote.id))
    )
    return list(session.exec(statement))


def list_unlocks(session: Session, complaint_id: UUID, *, action: str) -> list[AuditEntry]:
    """Return who looked at the complainant's identity, newest first."""
    statement = select(AuditEntry).where(
        AuditEntry.subject_kind == "complaint",
        AuditEntry.subject_id == complaint_id,
        AuditEntry.action == action,
    )
    return list(session.exec(statement.order_by(col(AuditEntry.id).desc())))


def list_open_arrears(
    session: Session, complaint: Complaint, *, states: Collection[CaseState]
) -> list[Owed]:
    """Return what the other open cases against the same employer, of all projects, are about."""
    statement = (
        select(col(Complaint.facts), col(Complaint.amount_fen), col(Complaint.people))
        .join(Case, col(Case.complaint_id) == Complaint.id)
        .where(
            Complaint.employer_name == complaint.employer_name,
            Complaint.id != complaint.id,
            col(Case.state).in_(states),
        )
    )
    return [Owed(*row) for row in session.exec(statement)]


def _holds(model: type[BureauHead | BureauContact], on: date) -> tuple[sa.ColumnElement[bool], ...]:
    until = col(model.until_date)
    return (col(model.from_date) <= on, sa.or_(until.is_(None), until >= on))
