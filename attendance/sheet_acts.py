"""Use cases of those who look a sheet over: list, read, approve, send back, reopen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from attendance import queries, sheet_queries
from attendance.errors import SheetNotFoundError
from attendance.facts import Line, ObjectionView
from attendance.regularity import Suspicion
from attendance.sheet_chain import Chain, check_turn, find_step, hash_lines
from attendance.sheet_errors import SheetChangedError, SheetNotLockedError, SheetPaidError
from attendance.sheet_turns import get_chain, tell_next
from attendance.sheets import check_draft, check_month_over, period_of, record_act
from attendance.staleness import check_fresh, is_stale
from attendance.suspicions import list_suspicions
from core.clock import local_date
from core.enums import Role, SheetState
from core.masking import mask_name
from core.sheet_enums import SheetAct, SheetStep
from db.models import AttendanceSheet, AttendanceSheetAct
from identity import audit
from identity.principal import Principal
from identity.queries import list_managers
from notifications.service import notify
from notifications.templates import Template

MOST_WAITING = 24
"""Two years of one team."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One worker's line with the days the worker objects to."""

    project_worker_id: UUID
    masked_name: str
    line: Line
    objections: list[ObjectionView]


@dataclass(frozen=True, slots=True)
class ShownAct:
    """Something done about a sheet and by whom."""

    act: AttendanceSheetAct
    masked_name: str | None
    """None for the system itself."""


@dataclass(frozen=True, slots=True)
class WaitingSheet:
    """A draft of a past month, and whether the caller's own step stands."""

    sheet: AttendanceSheet
    project_name: str
    team_name: str
    is_approved: bool


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet as whoever looks it over reads it."""

    sheet: AttendanceSheet
    content_hash: str
    """What an approval names."""
    lines: list[SheetLine]
    chain: Chain
    acts: list[ShownAct]
    suspicions: list[Suspicion]
    is_stale: bool
    """Whether the lines are not what drawing them again would give."""


def view_sheet(
    session: Session, *, principal: Principal, project_id: UUID, sheet_id: UUID, at: datetime
) -> SheetView:
    """Return the sheet with names, with all objections up to now, locked or not.

    For whoever has a step on it; for others SheetNotFoundError.
    """
    sheet = get_own_sheet(
        session, principal=principal, project_id=project_id, sheet_id=sheet_id, at=at
    )
    period = period_of(sheet)
    names = queries.list_names(session, [UUID(line["project_worker_id"]) for line in sheet.lines])
    objections: dict[UUID, list[ObjectionView]] = {}
    for objection in queries.list_worker_objections(
        session, worker_ids=list(names), first=period.first, until=period.until
    ):
        objections.setdefault(objection.project_worker_id, []).append(objection)
    return SheetView(
        sheet=sheet,
        content_hash=hash_lines(sheet.lines),
        lines=[_view_line(line, names, objections) for line in sheet.lines],
        chain=get_chain(session, sheet, at=at),
        acts=list_shown_acts(session, sheet),
        suspicions=list_suspicions(session, sheet),
        is_stale=is_stale(session, sheet),
    )


def get_own_sheet(
    session: Session, *, principal: Principal, project_id: UUID, sheet_id: UUID, at: datetime
) -> AttendanceSheet:
    """Return a sheet on which the caller has a step; SheetNotFoundError for others."""
    sheet = queries.get_sheet(session, project_id=project_id, sheet_id=sheet_id)
    _get_step(session, principal, sheet, at)
    return sheet


def list_open_sheets(
    session: Session, *, principal: Principal, before: UUID | None, limit: int, at: datetime
) -> list[AttendanceSheet]:
    """Return the drafts of past months on which the caller has a step, newest first.

    One more than `limit` comes back when there is a next page.
    """
    is_worker = principal.role is Role.WORKER
    return sheet_queries.list_drafts_of(
        session,
        project_id=principal.project_id,
        employer_id=principal.employer_id,
        leader_id=principal.person_id if is_worker else None,
        on=local_date(at),
        before=before,
        limit=limit + 1,
    )


def list_waiting(session: Session, *, principal: Principal, at: datetime) -> list[WaitingSheet]:
    """Return the newest drafts of past months on which the caller has a step."""
    drafts = list_open_sheets(session, principal=principal, before=None, limit=MOST_WAITING, at=at)
    return [_view_waiting(session, principal, sheet, at) for sheet in drafts[:MOST_WAITING]]


def list_sheets(
    session: Session, *, project_id: UUID, month: str | None, before: UUID | None, limit: int
) -> list[AttendanceSheet]:
    """Return the project's sheets, newest first, one more than `limit` if there are more."""
    return sheet_queries.list_sheets(
        session, project_id=project_id, month=month, before=before, limit=limit + 1
    )


def approve_sheet(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    content_hash: str,
    at: datetime,
) -> Chain:
    """Record that the caller's step agrees with the lines it has read, and tell the next.

    Repeating adds nothing. Raises SheetNotFoundError, SheetLockedError, MonthNotOverError,
    SheetChangedError, SheetStepOutOfTurnError, SheetStaleError.
    """
    sheet, step = _lock_draft(session, principal, project_id, sheet_id, at)
    check_month_over(sheet, at)
    if content_hash != hash_lines(sheet.lines):
        raise SheetChangedError
    chain = get_chain(session, sheet, at=at)
    if step in chain.approved:
        return chain
    facts = sheet_queries.get_team_facts(
        session, project_id=project_id, team_id=sheet.team_id, on=local_date(at)
    )
    check_turn(step, facts=facts, approved=chain.approved)
    check_fresh(session, sheet)
    record_act(session, sheet, step, SheetAct.APPROVED, actor=principal)
    tell_next(session, sheet, taken=step, at=at)
    return get_chain(session, sheet, at=at)


def send_back_sheet(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reason: str,
    at: datetime,
) -> Chain:
    """Record what is wrong with the sheet, and tell the labour managers; approvals end.

    Raises SheetNotFoundError, SheetLockedError.
    """
    sheet, step = _lock_draft(session, principal, project_id, sheet_id, at)
    record_act(session, sheet, step, SheetAct.SENT_BACK, actor=principal, reason=reason)
    for person_id in list_managers(session, project_id):
        notify(
            session,
            template=Template.SHEET_SENT_BACK,
            person_id=person_id,
            key=f"{sheet.id}:{at.isoformat()}",
            project_id=project_id,
            month=sheet.month,
        )
    return get_chain(session, sheet, at=at)


def reopen_sheet(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reason: str,
) -> AttendanceSheet:
    """Make a locked sheet a draft again; what it said stays on record.

    Raises SheetNotFoundError, SheetNotLockedError, and SheetPaidError once wages made of it have
    gone to the bank.
    """
    sheet = queries.lock_sheet(session, project_id=project_id, sheet_id=sheet_id)
    if sheet.state is not SheetState.LOCKED:
        raise SheetNotLockedError
    if sheet_queries.is_with_the_bank(session, sheet):
        raise SheetPaidError
    record_act(
        session,
        sheet,
        SheetStep.GENERAL_CONTRACTOR,
        SheetAct.REOPENED,
        actor=principal,
        reason=reason,
        lines=sheet.lines,
    )
    sheet.state = SheetState.DRAFT
    sheet.lines = [
        {name: value for name, value in line.items() if name != "cells"} for line in sheet.lines
    ]
    audit.record(
        session,
        actor=principal,
        action="attendance.reopen-sheet",
        subject_kind="attendance_sheet",
        subject_id=sheet.id,
        reason=reason,
        month=sheet.month,
    )
    session.flush()
    return sheet


def list_shown_acts(session: Session, sheet: AttendanceSheet) -> list[ShownAct]:
    """Return what was done about the sheet, oldest first, with masked names."""
    acts = sheet_queries.list_acts(session, sheet)
    names = sheet_queries.list_actor_names(session, [act.actor_id for act in acts if act.actor_id])
    return [ShownAct(act, mask_name(names[act.actor_id]) if act.actor_id else None) for act in acts]


def _view_waiting(
    session: Session, principal: Principal, sheet: AttendanceSheet, at: datetime
) -> WaitingSheet:
    step = _get_step(session, principal, sheet, at)
    approved = get_chain(session, sheet, at=at).approved
    names = sheet_queries.get_names(session, sheet)
    return WaitingSheet(sheet, *names, is_approved=step in approved)


def _lock_draft(
    session: Session, principal: Principal, project_id: UUID, sheet_id: UUID, at: datetime
) -> tuple[AttendanceSheet, SheetStep]:
    sheet = queries.lock_sheet(session, project_id=project_id, sheet_id=sheet_id)
    step = _get_step(session, principal, sheet, at)
    check_draft(sheet)
    return sheet, step


def _get_step(
    session: Session, principal: Principal, sheet: AttendanceSheet, at: datetime
) -> SheetStep:
    """Return the caller's step; for whoever has none the sheet does not exist."""
    facts = sheet_queries.get_team_facts(
        session, project_id=sheet.project_id, team_id=sheet.team_id, on=local_date(at)
    )
    step = find_step(principal, project_id=sheet.project_id, facts=facts)
    if step is None:
        raise SheetNotFoundError
    return step


def _view_line(
    line: Line, names: Mapping[UUID, str], objections: Mapping[UUID, list[ObjectionView]]
) -> SheetLine:
    worker_id = UUID(line["project_worker_id"])
    return SheetLine(
        project_worker_id=worker_id,
        masked_name=mask_name(names[worker_id]),
        line=line,
        objections=objections.get(worker_id, []),
    )
