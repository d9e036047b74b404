"""Every SELECT on complaints, cases, their events and clocks."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from cases.errors import CaseNotFoundError, ComplaintNotFoundError
from core.enums import CaseAction, CaseState, ClockKind, Disclosure
from db.models import Case, CaseClock, CaseEvent, Complaint, Person, Project


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with what is shown beside it; `complainant` only where the name may be known."""

    case: Case
    complaint: Complaint
    complainant: Person | None
    project: Project | None

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.case.id


def insert_complaint(session: Session, complaint: Complaint) -> bool:
    """Insert the complaint unless its number is taken; tell whether it was written."""
    statement = (
        insert(Complaint)
        .values(complaint.model_dump())
        .on_conflict_do_nothing(index_elements=["number"])
        .returning(col(Complaint.id))
    )
    return session.exec(statement).first() is not None


def lock_case(
    session: Session, number: str, *, county_code: str | None, person_id: UUID | None
) -> tuple[Case, Complaint]:
    """Return the county's, or the complainant's own, case with its row locked.

    Whoever waits for the lock sees the state the other one left.
    """
    statement = (
        select(Case, Complaint)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(Case.number == number)
        .with_for_update(of=Case)
        .execution_options(populate_existing=True)
    )
    if person_id is not None:
        statement = statement.where(Complaint.person_id == person_id)
    else:
        statement = statement.where(Case.county_code == county_code)
    row = session.exec(statement).one_or_none()
    if row is None:
        raise CaseNotFoundError if person_id is None else ComplaintNotFoundError
    return row


def list_cases(
    session: Session,
    *,
    county_code: str | None,
    state: CaseState | None,
    before: UUID | None,
    limit: int,
) -> list[CaseRow]:
    """Return up to `limit` of the county's cases older than `before`, newest first."""
    statement = _case_rows().where(Case.county_code == county_code)
    if state is not None:
        statement = statement.where(Case.state == state)
    if before is not None:
        statement = statement.where(col(Case.id) < before)
    rows = session.exec(statement.order_by(col(Case.id).desc()).limit(limit))
    return [CaseRow(*row) for row in rows]


def get_case(session: Session, number: str, *, county_code: str | None) -> CaseRow:
    """Return one case of the county."""
    statement = _case_rows().where(Case.number == number, Case.county_code == county_code)
    row = session.exec(statement).one_or_none()
    if row is None:
        raise CaseNotFoundError
    return CaseRow(*row)


def find_complaint(session: Session, number: str) -> Complaint | None:
    """Return the complaint whoever filed it; the caller must prove the right to see it."""
    return session.exec(select(Complaint).where(Complaint.number == number)).one_or_none()


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


def has_event(session: Session, case_id: UUID, action: CaseAction) -> bool:
    """Tell whether this was done to the case before."""
    statement = select(CaseEvent.id).where(CaseEvent.case_id == case_id, CaseEvent.action == action)
    return session.exec(statement.limit(1)).first() is not None


def list_clocks(session: Session, case_id: UUID) -> list[CaseClock]:
    """Return every clock of the case, oldest first."""
    statement = (
        select(CaseClock)
        .where(CaseClock.case_id == case_id)
        .order_by(col(CaseClock.created_at), col(CaseClock.id))
    )
    return list(session.exec(statement))


def get_running_clock(session: Session, case_id: UUID, kind: ClockKind) -> CaseClock:
    """Return the running clock of a kind; the workflow never stops one that is not running."""
    statement = select(CaseClock).where(
        CaseClock.case_id == case_id,
        CaseClock.kind == kind,
        col(CaseClock.stopped_at).is_(None),
    )
    return session.exec(statement).one()


def list_running_clocks(session: Session, case_ids: Collection[UUID]) -> list[CaseClock]:
    """Return the running clocks of these cases; a case has at most one."""
    statement = select(CaseClock).where(
        col(CaseClock.case_id).in_(case_ids), col(CaseClock.stopped_at).is_(None)
    )
    return list(session.exec(statement))


def _case_rows() -> Select[Case, Complaint, Person, Project]:
    """Select a case with what is shown beside it; shielded names never leave the database."""
    is_named = and_(
        col(Person.id) == Complaint.person_id, col(Complaint.disclosure) == Disclosure.NAMED
    )
    return (
        select(Case, Complaint, Person, Project)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .outerjoin(Person, is_named)
        .outerjoin(Project, col(Project.id) == Complaint.project_id)
    )
