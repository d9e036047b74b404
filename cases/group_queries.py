"""Every SELECT on groups of cases, the calls about them, and their boards."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from cases.desk_errors import GroupNotFoundError
from cases.group_rules import SHOWN_FROM
from core.case_enums import CaseState, GroupState
from db.models import (
    BureauContact,
    Case,
    CaseGroup,
    Complaint,
    DispatchEntry,
    GroupAlert,
    GroupRepresentative,
    Person,
)


def lock_key(session: Session, key: str) -> None:
    """Let one complaint about the same project or employer at a time find its group."""
    session.exec(select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


def find_group(
    session: Session,
    *,
    county_code: str,
    project_id: UUID | None,
    employer_name: str | None,
    since: datetime,
) -> CaseGroup | None:
    """Return the group that a complaint of today would belong to."""
    statement = select(CaseGroup).where(
        CaseGroup.county_code == county_code,
        CaseGroup.state != GroupState.DISSOLVED,
        CaseGroup.last_filed_at >= since,
    )
    if project_id is not None:
        statement = statement.where(CaseGroup.project_id == project_id)
    else:
        statement = statement.where(
            col(CaseGroup.project_id).is_(None), CaseGroup.employer_name == employer_name
        )
    return session.exec(statement.order_by(col(CaseGroup.id).desc()).limit(1)).first()


def list_loose_cases(
    session: Session,
    *,
    county_code: str,
    project_id: UUID | None,
    employer_name: str | None,
    since: datetime,
    states: Collection[CaseState],
) -> list[tuple[Case, Complaint]]:
    """Return the open cases of a project, or of an employer, that are in no group yet."""
    statement = (
        select(Case, Complaint)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(
            Case.county_code == county_code,
            col(Case.group_id).is_(None),
            col(Case.created_at) >= since,
            col(Case.state).in_(states),
        )
    )
    if project_id is not None:
        statement = statement.where(Complaint.project_id == project_id)
    else:
        statement = statement.where(
            col(Complaint.project_id).is_(None), Complaint.employer_name == employer_name
        )
    return list(session.exec(statement))


def count_people(session: Session, group_id: UUID) -> int:
    """Tell for how many people a group's complaints speak; one person counts once."""
    who = sa.func.coalesce(col(Complaint.person_id), col(Complaint.id)).label("who")
    each = (
        select(who, sa.func.max(col(Complaint.people)).label("people"))
        .select_from(Case)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(Case.group_id == group_id)
        .group_by(who)
        .subquery()
    )
    return int(session.exec(select(sa.func.coalesce(sa.func.sum(each.c.people), 0))).one())


def list_groups(
    session: Session, counties: Collection[str], *, before: UUID | None, limit: int
) -> list[CaseGroup]:
    """Return the groups of these counties that are large enough to be shown, newest first."""
    statement = select(CaseGroup).where(
        col(CaseGroup.county_code).in_(counties),
        CaseGroup.state != GroupState.DISSOLVED,
        CaseGroup.people >= SHOWN_FROM,
    )
    if before is not None:
        statement = statement.where(col(CaseGroup.id) < before)
    return list(session.exec(statement.order_by(col(CaseGroup.id).desc()).limit(limit)))


def list_open_mass_groups(
    session: Session, counties: Collection[str], *, states: Collection[CaseState]
) -> list[CaseGroup]:
    """Return the mass events of these counties in which a case is in one of these states."""
    is_open = select(Case.id).where(
        col(Case.group_id) == col(CaseGroup.id), col(Case.state).in_(states)
    )
    statement = select(CaseGroup).where(
        col(CaseGroup.county_code).in_(counties),
        col(CaseGroup.mass_since).is_not(None),
        CaseGroup.state != GroupState.DISSOLVED,
        is_open.exists(),
    )
    return list(session.exec(statement.order_by(col(CaseGroup.id))))


def lock_group(session: Session, group_id: UUID, *, counties: Collection[str]) -> CaseGroup:
    """Return a group of these counties with its row locked; GroupNotFoundError."""
    statement = (
        select(CaseGroup)
        .where(
            CaseGroup.id == group_id,
            col(CaseGroup.county_code).in_(counties),
            CaseGroup.people >= SHOWN_FROM,
        )
        .with_for_update()
    )
    group = session.exec(statement).one_or_none()
    if group is None:
        raise GroupNotFoundError
    return group


def list_members(session: Session, group_id: UUID) -> list[tuple[Case, Complaint]]:
    """Return the cases of a group, oldest first."""
    statement = (
        select(Case, Complaint)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(Case.group_id == group_id)
        .order_by(col(Case.id))
    )
    return list(session.exec(statement))


def find_member(session: Session, group_id: UUID, number: str) -> Case | None:
    """Return the case of this number if it is in the group."""
    statement = select(Case).where(Case.group_id == group_id, Case.number == number)
    return session.exec(statement).one_or_none()


def list_representatives(session: Session, group_id: UUID) -> list[GroupRepresentative]:
    """Return who speaks for the group, first named first."""
    statement = select(GroupRepresentative).where(GroupRepresentative.group_id == group_id)
    return list(session.exec(statement.order_by(col(GroupRepresentative.id))))


def list_alerts(session: Session, group_id: UUID) -> list[tuple[GroupAlert, BureauContact]]:
    """Return who was called about the group, first called first."""
    statement = (
        select(GroupAlert, BureauContact)
        .join(BureauContact, col(BureauContact.id) == GroupAlert.contact_id)
        .where(GroupAlert.group_id == group_id)
        .order_by(col(GroupAlert.id))
    )
    return list(session.exec(statement))


def list_division_alerts(
    session: Session, group_id: UUID, *, division_code: str | None
) -> list[GroupAlert]:
    """Return the calls about the group to one division."""
    statement = select(GroupAlert).where(
        GroupAlert.group_id == group_id, GroupAlert.division_code == division_code
    )
    return list(session.exec(statement))


def list_unanswered(session: Session, *, until: datetime) -> list[GroupAlert]:
    """Return the calls that nobody answered in time and that were not passed on, locked."""
    statement = (
        select(GroupAlert)
        .where(
            col(GroupAlert.acknowledged_at).is_(None),
            col(GroupAlert.is_passed_on).is_(False),
            col(GroupAlert.created_at) <= until,
        )
        .order_by(col(GroupAlert.id))
        .with_for_update(skip_locked=True)
    )
    return list(session.exec(statement))


def add_alert(session: Session, alert: GroupAlert) -> bool:
    """Note a call unless the contact was called about this group before; tell whether it is new."""
    statement = (
        insert(GroupAlert)
        .values(alert.model_dump())
        .on_conflict_do_nothing(index_elements=["group_id", "contact_id"])
        .returning(col(GroupAlert.id))
    )
    return session.exec(statement).first() is not None


def list_entries(session: Session, group_id: UUID) -> list[tuple[DispatchEntry, Person]]:
    """Return the lines of the board, oldest first, with who wrote them."""
    statement = (
        select(DispatchEntry, Person)
        .join(Person, col(Person.id) == DispatchEntry.author_id)
        .where(DispatchEntry.group_id == group_id)
        .order_by(col(DispatchEntry.id))
    )
    return list(session.exec(statement))
