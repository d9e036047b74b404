"""Conflicts at gates get an owner, are told to the worker they concern, and are closed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from attendance import conflict_queries, rules, scan_queries
from attendance.conflict_queries import Crossing
from attendance.day_rules import work_date
from attendance.errors import (
    ConflictResolvedError,
    GuardNameNeededError,
    NotAnnulledError,
)
from core.enums import ConflictKind, ConflictOutcome
from db.models import CheckIn, Device, GateConflict
from devices import service as devices
from identity import audit
from identity.principal import Principal
from identity.queries import list_administrators, list_managers
from notifications.service import notify
from notifications.templates import Template

AT_ONCE = 500
"""Conflicts taken up by one statement."""
TAKEN_UP = {
    ConflictKind.ADMITTED_WRONGLY: (
        conflict_queries.list_admitted_wrongly,
        Template.CONFLICT_FOUND,
    ),
    ConflictKind.REFUSED_WRONGLY: (conflict_queries.list_refused_wrongly, Template.REFUSAL_FOUND),
}
"""What is found among the check-ins, and what its worker is told."""


def take_up_conflicts(session: Session, *, project_id: UUID | None = None) -> int:
    """Give every new conflict, of one project or of all, its owner; return how many there were.

    A worker whose crossing does not count is told, once for each day of theirs. Running twice at
    once takes each up once.
    """
    return sum(_take_up(session, project_id, kind) for kind in TAKEN_UP)


def _take_up(session: Session, project_id: UUID | None, kind: ConflictKind) -> int:
    find, template = TAKEN_UP[kind]
    taken_up = 0
    while found := find(session, project_id=project_id, limit=AT_ONCE):
        taken_up += len(found)
        for crossing in _list(session, found, kind):
            if not crossing.check_in.valid:
                _tell(session, crossing, template)
    return taken_up


def take_up_signals(session: Session, check_in: CheckIn) -> None:
    """Give a phone punch whose location raises a question its owner; it counts all the same."""
    crossing = conflict_queries.get_crossing(session, check_in)
    _list(session, [crossing], ConflictKind.PHONE_SIGNAL)


def take_up_denial(session: Session, check_in: CheckIn) -> None:
    """Give a crossing its owner that the gate denies after it could annul it; it counts still."""
    crossing = conflict_queries.get_crossing(session, check_in)
    _list(session, [crossing], ConflictKind.DENIED_LATER)


def take_up_strangers(
    session: Session, *, project_id: UUID, check_in_ids: Collection[UUID]
) -> None:
    """Give crossings their owner of which a guard says that it was not the card's holder.

    A stranger may be on the site, and somebody's card is in other hands.
    """
    crossings = conflict_queries.list_crossings(
        session, project_id=project_id, check_in_ids=check_in_ids
    )
    _list(session, crossings, ConflictKind.NOT_THE_HOLDER)


def lose_device(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    device_id: UUID,
    lost_at: datetime,
    at: datetime,
) -> Device:
    """End a device that was lost or stolen, and list what it has reported since.

    The check-ins stay as they are: a code proved by the worker's own phone is true whoever held
    the gate. Raises DeviceNotFoundError, LostInFutureError.
    """
    device = devices.lose_device(
        session, project_id=project_id, device_id=device_id, lost_at=lost_at, at=at
    )
    take_up_conflicts(session, project_id=project_id)  # what they are already, they stay
    reported = conflict_queries.list_reported_since(
        session, project_id=project_id, device_id=device_id, since=lost_at
    )
    _list(session, reported, ConflictKind.LOST_DEVICE)
    audit.record(
        session,
        actor=principal,
        action="device.lost",
        subject_kind="device",
        subject_id=device_id,
        reason="设备丢失或被盗",
        lost_at=lost_at.isoformat(),
    )
    return device


def resolve_conflict(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    conflict_id: UUID,
    outcome: ConflictOutcome,
    note: str,
    guard_name: str | None,
    at: datetime,
) -> GateConflict:
    """Close a conflict with what its owner found; no check-in and no day changes.

    The worker is told unless the crossing counts, or was a stranger's with their card. Who thinks
    that a day is wrong objects to the day. `guard_name` is who made the statement. Raises
    ConflictNotFoundError, ConflictResolvedError, NotAnnulledError, GuardNameNeededError.
    """
    listed = conflict_queries.get_conflict(session, project_id=project_id, conflict_id=conflict_id)
    conflict = listed.conflict
    conflict_queries.lock_conflict(session, conflict)
    if conflict.resolved_at is not None:
        raise ConflictResolvedError
    if outcome is ConflictOutcome.GUARD_STATEMENT and guard_name is None:
        raise GuardNameNeededError
    if outcome is ConflictOutcome.NO_CROSSING:
        conflict.annulment_id = _get_annulment_id(session, listed.check_in)
    conflict.outcome, conflict.note, conflict.guard_name = outcome, note, guard_name
    conflict.resolved_by_id, conflict.resolved_at = principal.person_id, at
    session.flush()
    crossing = conflict_queries.get_crossing(session, listed.check_in)
    if not listed.check_in.valid and conflict.kind is not ConflictKind.NOT_THE_HOLDER:
        is_refused = conflict.kind is ConflictKind.REFUSED_WRONGLY
        template = Template.REFUSAL_RESOLVED if is_refused else Template.CONFLICT_RESOLVED
        _tell(session, crossing, template)
    return conflict


def _list(session: Session, found: Sequence[Crossing], kind: ConflictKind) -> list[Crossing]:
    """Write the conflicts down; return those that nobody else has written meanwhile."""
    if not found:
        return []
    owners = {
        project_id: _choose_owner(session, project_id)
        for project_id in {crossing.check_in.project_id for crossing in found}
    }
    rows = [
        GateConflict(
            id=crossing.check_in.id,
            project_id=crossing.check_in.project_id,
            kind=kind,
            owner_id=owners[crossing.check_in.project_id],
        ).model_dump()
        for crossing in found
    ]
    written = set(
        session.scalars(
            insert(GateConflict)
            .on_conflict_do_nothing(index_elements=["id"])
            .returning(col(GateConflict.id)),
            rows,
        )
    )
    return [crossing for crossing in found if crossing.check_in.id in written]


def _choose_owner(session: Session, project_id: UUID) -> UUID | None:
    owners = list_managers(session, project_id) or list_administrators(session)
    return owners[0] if owners else None


def _get_annulment_id(session: Session, check_in: CheckIn) -> UUID:
    annulment = scan_queries.find_annulment(
        session, project_id=check_in.project_id, check_in_id=check_in.id
    )
    if annulment is None:
        raise NotAnnulledError
    return annulment.id


def _tell(session: Session, crossing: Crossing, template: Template) -> None:
    if crossing.person_id is None:
        return
    check_in = crossing.check_in
    at = rules.date_check_in(check_in)
    day = work_date(at, crossing.day_starts_at).isoformat()
    key = f"{check_in.project_id}:{day}"
    notify(session, template=template, person_id=crossing.person_id, key=key, work_date=day)
