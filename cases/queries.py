"""Every SELECT on complaints, cases, their events and clocks; the desk's own are beside it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from cases.errors import CaseNotFoundError, ComplaintNotFoundError
from core.case_enums import CaseState, ClockKind, Disclosure
from db.models import (
    Case,
    CaseClock,
    CaseClockChange,
    CaseEvent,
    CaseHandler,
    Complaint,
    FilingSlip,
)


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A slip with the complaint it is of."""

    slip: FilingSlip
    complaint: Complaint


def insert_complaint(session: Session, complaint: Complaint) -> bool:
    """Insert the complaint unless its number is taken; tell whether it was written."""
    statement = (
        insert(Complaint)
        .values(complaint.model_dump())
        .on_conflict_do_nothing(index_elements=["number"])
        .returning(col(Complaint.id))
    )
    return session.exec(statement).first() is not None


def lock_filing(session: Session, key: int) -> None:
    """Let one of several equal filings at once go first; ends with the transaction."""
    session.exec(select(sa.func.pg_advisory_xact_lock(key)))


def find_slip(session: Session, *, fingerprint: bytes, at: datetime) -> SlipRow | None:
    """Return the slip of what was just filed with the same words."""
    statement = (
        select(FilingSlip, Complaint)
        .join(Complaint, col(Complaint.id) == FilingSlip.complaint_id)
        .where(FilingSlip.fingerprint == fingerprint, FilingSlip.expires_at > at)
    )
    row = session.exec(statement).one_or_none()
    return None if row is None else SlipRow(*row)


def find_slip_by_ticket(session: Session, ticket_hash: bytes, *, at: datetime) -> SlipRow | None:
    """Return the slip that a ticket opens, within its half hour."""
    statement = (
        select(FilingSlip, Complaint)
        .join(Complaint, col(Complaint.id) == FilingSlip.complaint_id)
        .where(FilingSlip.ticket_hash == ticket_hash, FilingSlip.expires_at > at)
    )
    row = session.exec(statement).one_or_none()
    return None if row is None else SlipRow(*row)


def delete_old_slips(session: Session, *, at: datetime) -> None:
    """Forget numbers and PINs that had their second look."""
    session.exec(sa.delete(FilingSlip).where(col(FilingSlip.expires_at) <= at))


def find_open_case_about(
    session: Session,
    *,
    person_id: UUID,
    subject_id: UUID,
    disclosure: Disclosure,
    states: Collection[CaseState],
) -> tuple[Case, Complaint] | None:
    """Return the person's case about the same thing, locked, if it is in one of these states."""
    statement = (
        select(Case, Complaint)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(
            Complaint.person_id == person_id,
            Complaint.subject_id == subject_id,
            Complaint.disclosure == disclosure,
            col(Case.state).in_(states),
        )
        .order_by(col(Case.id).desc())
        .limit(1)
        .with_for_update(of=Case)
    )
    return session.exec(statement).first()


def lock_case(
    session: Session, number: str, *, counties: Collection[str]
) -> tuple[Case, Complaint]:
    """Return the case of one of these counties with its row locked.

    Whoever waits for the lock sees the state the other one left.
    """
    row = _lock(session, number, col(Case.county_code).in_(counties))
    if row is None:
        raise CaseNotFoundError
    return row


def lock_own_case(session: Session, number: str, *, person_id: UUID) -> tuple[Case, Complaint]:
    """Return the complainant's own case with its row locked."""
    row = _lock(session, number, col(Complaint.person_id) == person_id)
    if row is None:
        raise ComplaintNotFoundError
    return row


def lock_known_case(session: Session, number: str) -> tuple[Case, Complaint]:
    """Return a case with its row locked; the caller must have proved the right to it."""
    row = _lock(session, number, sa.true())
    if row is None:
        raise CaseNotFoundError
    return row


def lock_number(session: Session, number: str) -> None:
    """Let one of several guesses at a number go first; ends with the transaction."""
    session.exec(select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(number, 0))))


def find_complaint(session: Session, number: str) -> Complaint | None:
    """Return the complaint whoever filed it; the caller must prove the right to see it."""
    return session.exec(select(Complaint).where(Complaint.number == number)).one_or_none()


def find_case(session: Session, number: str) -> tuple[Complaint, Case] | None:
    """Return complaint and case whoever filed it; the caller must prove the right to see it."""
    statement = (
        select(Complaint, Case)
        .join(Case, col(Case.complaint_id) == Complaint.id)
        .where(Case.number == number)
    )
    return session.exec(statement).one_or_none()


def get_own_complaint(session: Session, number: str, *, person_id: UUID) -> Complaint:
    """Return a complaint the person filed."""
    complaint = find_complaint(session, number)
    if complaint is None or complaint.person_id != person_id:
        raise ComplaintNotFoundError
    return complaint


def list_own_cases(session: Session, *, person_id: UUID) -> list[tuple[Complaint, Case]]:
    """Return the person's complaints with their cases, newest first."""
    statement = (
        select(Complaint, Case)
        .join(Case, col(Case.complaint_id) == Complaint.id)
        .where(Complaint.person_id == person_id)
        .order_by(col(Case.id).desc())
    )
    return list(session.exec(statement))


def get_case_of(session: Session, complaint: Complaint) -> Case:
    """Return the case made of a complaint; filing always makes one."""
    return session.exec(select(Case).where(Case.complaint_id == complaint.id)).one()


def list_events(session: Session, case_ids: Collection[UUID]) -> list[CaseEvent]:
    """Return every step of these cases, oldest first."""
    statement = (
        select(CaseEvent)
        .where(col(CaseEvent.case_id).in_(case_ids))
        .order_by(col(CaseEvent.created_at), col(CaseEvent.id))
    )
    return list(session.exec(statement))


def list_clocks(session: Session, case_id: UUID) -> list[CaseClock]:
    """Return every clock of the case, oldest first."""
    statement = (
        select(CaseClock)
        .where(CaseClock.case_id == case_id)
        .order_by(col(CaseClock.created_at), col(CaseClock.id))
    )
    return list(session.exec(statement))


def list_clock_changes(session: Session, clock_ids: Collection[UUID]) -> list[CaseClockChange]:
    """Return the pauses and extensions of these clocks, oldest first."""
    statement = (
        select(CaseClockChange)
        .where(col(CaseClockChange.clock_id).in_(clock_ids))
        .order_by(col(CaseClockChange.created_at), col(CaseClockChange.id))
    )
    return list(session.exec(statement))


def find_running_clock(session: Session, case_id: UUID, kind: ClockKind) -> CaseClock | None:
    """Return the running clock of a kind."""
    statement = select(CaseClock).where(
        CaseClock.case_id == case_id,
        CaseClock.kind == kind,
        col(CaseClock.stopped_at).is_(None),
    )
    return session.exec(statement).one_or_none()


def list_running_clocks(session: Session, case_ids: Collection[UUID]) -> list[CaseClock]:
    """Return the running clocks of these cases, the latest to end first."""
    statement = (
        select(CaseClock)
        .where(col(CaseClock.case_id).in_(case_ids), col(CaseClock.stopped_at).is_(None))
        .order_by(col(CaseClock.due_date).desc())
    )
    return list(session.exec(statement))


def list_handler_ids(session: Session, case_id: UUID) -> list[UUID]:
    """Return who investigates the case now."""
    statement = select(CaseHandler.person_id).where(
        CaseHandler.case_id == case_id, col(CaseHandler.left_at).is_(None)
    )
    return list(session.exec(statement))


def _lock(
    session: Session, number: str, belongs: sa.ColumnElement[bool]
) -> tuple[Case, Complaint] | None:
    statement = (
        select(Case, Complaint)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(Case.number == number, belongs)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    )
    return session.exec(statement).one_or_none()
