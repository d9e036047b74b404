"""Use cases of groups: confirm, represent, answer the call, and keep the board of a mass event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cases import divisions, group_rules, grouping
from cases import group_queries as queries
from cases.desk_errors import AlertNotFoundError, TooManyRepresentativesError
from cases.errors import CaseNotFoundError
from core.case_enums import DispatchKind, GroupState
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
from identity.principal import Principal


@dataclass(frozen=True, slots=True)
class GroupFile:
    """A group with its cases, who was called, and its board."""

    group: CaseGroup
    members: list[tuple[Case, Complaint]]
    representatives: list[GroupRepresentative]
    alerts: list[tuple[GroupAlert, BureauContact]]
    entries: list[tuple[DispatchEntry, Person]]

    @property
    def on_the_way(self) -> list[str]:
        """Who said that they are coming and has not reported since."""
        coming: dict[UUID, str] = {}
        for entry, author in self.entries:
            if entry.kind is DispatchKind.ON_THE_WAY:
                coming[author.id] = author.name
            else:
                coming.pop(author.id, None)
        return list(coming.values())

    @property
    def next_report_at(self) -> datetime | None:
        """When the next report is due, by the latest line; None once it ended."""
        return self.entries[-1][0].next_report_at if self.entries else None


def list_groups(
    session: Session, *, principal: Principal, before: UUID | None, limit: int
) -> Sequence[CaseGroup]:
    """Return the division's groups of three people and more, newest first, and one more."""
    counties = divisions.list_scope(principal.county_code)
    return queries.list_groups(session, counties, before=before, limit=limit + 1)


def get_group(session: Session, *, principal: Principal, group_id: UUID) -> GroupFile:
    """Return a group of the division with everything about it; GroupNotFoundError."""
    return _read(session, _lock(session, principal, group_id))


def confirm_group(session: Session, *, principal: Principal, group_id: UUID) -> GroupFile:
    """Say that these cases belong together; GroupNotFoundError, GroupDissolvedError."""
    group = _lock(session, principal, group_id)
    group_rules.check_not_dissolved(group.state)
    group.state = GroupState.CONFIRMED
    return _read(session, group)


def dissolve_group(session: Session, *, principal: Principal, group_id: UUID) -> None:
    """Say that these cases do not belong together; later ones do not join. GroupNotFoundError."""
    _lock(session, principal, group_id).state = GroupState.DISSOLVED


def leave_group(
    session: Session, *, principal: Principal, group_id: UUID, number: str, at: datetime
) -> None:
    """Take a case out of a group; GroupNotFoundError, CaseNotFoundError."""
    group = _lock(session, principal, group_id)
    _get_member(session, group, number).group_id = None
    grouping.recount(session, group, at=at)


def name_representative(
    session: Session, *, principal: Principal, group_id: UUID, number: str
) -> GroupFile:
    """Let the complainant of a case speak for the group.

    Five at most (浙江省劳动保障监察条例 §20). Raises GroupNotFoundError, GroupDissolvedError,
    CaseNotFoundError, TooManyRepresentativesError.
    """
    group = _lock(session, principal, group_id)
    group_rules.check_not_dissolved(group.state)
    member = _get_member(session, group, number)
    named = queries.list_representatives(session, group.id)
    if member.id not in {one.case_id for one in named}:
        if len(named) >= group_rules.MOST_REPRESENTATIVES:
            raise TooManyRepresentativesError
        session.add(
            GroupRepresentative(group_id=group.id, case_id=member.id, named_by=principal.person_id)
        )
        session.flush()
    return _read(session, group)


def acknowledge_alert(
    session: Session, *, principal: Principal, group_id: UUID, at: datetime
) -> GroupFile:
    """Say that the caller's division has heard; GroupNotFoundError, AlertNotFoundError."""
    group = _lock(session, principal, group_id)
    alerts = queries.list_division_alerts(session, group.id, division_code=principal.county_code)
    if not alerts:
        raise AlertNotFoundError
    for alert in alerts:
        if alert.acknowledged_at is None:
            alert.acknowledged_at, alert.acknowledged_by = at, principal.person_id
    session.flush()
    return _read(session, group)


def add_dispatch_entry(
    session: Session,
    *,
    principal: Principal,
    group_id: UUID,
    kind: DispatchKind,
    text: str,
    next_report_at: datetime | None,
    at: datetime,
) -> GroupFile:
    """Write a line on the board: who is on the way, what was promised, when the next report is.

    Raises GroupNotFoundError, ReportTimeUnfitError.
    """
    group_rules.check_report_time(kind, next_report_at, at=at)
    group = _lock(session, principal, group_id)
    session.add(
        DispatchEntry(
            created_at=at,
            group_id=group.id,
            kind=kind,
            author_id=principal.person_id,
            text=text,
            next_report_at=next_report_at,
        )
    )
    session.flush()
    return _read(session, group)


def _lock(session: Session, principal: Principal, group_id: UUID) -> CaseGroup:
    counties = divisions.list_scope(principal.county_code)
    return queries.lock_group(session, group_id, counties=counties)


def _get_member(session: Session, group: CaseGroup, number: str) -> Case:
    member = queries.find_member(session, group.id, number)
    if member is None:
        raise CaseNotFoundError
    return member


def _read(session: Session, group: CaseGroup) -> GroupFile:
    return GroupFile(
        group=group,
        members=queries.list_members(session, group.id),
        representatives=queries.list_representatives(session, group.id),
        alerts=queries.list_alerts(session, group.id),
        entries=queries.list_entries(session, group.id),
    )
