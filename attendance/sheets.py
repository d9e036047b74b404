"""考勤表: a team's month, drawn up from its work days and then locked for the payroll."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from attendance import queries, sheet_queries
from attendance.drawing import Period, draw_lines, draw_lines_anew, freeze_cells
from attendance.errors import SheetLockedError
from attendance.facts import Line
from attendance.plain_days import fold_team_days
from attendance.sheet_chain import NAMES, hash_lines
from attendance.sheet_errors import (
    DaysUnsettledError,
    MonthBeforeProjectError,
    MonthNotBegunError,
    MonthNotOverError,
    SheetStaleError,
    StepsMissingError,
)
from attendance.sheet_turns import get_chain, is_over, tell_next
from attendance.suspicions import find_suspicions, write_suspicions
from core.clock import ONE_DAY, local_date, month_start, next_month
from core.enums import SheetState
from core.sheet_enums import SheetAct, SheetStep
from db.models import AttendanceSheet, AttendanceSheetAct
from identity.principal import Principal
from notifications.service import Telling, notify_many
from notifications.templates import Template
from notifications.webhooks.events import EventKind
from notifications.webhooks.service import announce
from projects.queries import get_team


@dataclass(frozen=True, slots=True)
class LockExcuses:
    """Why a sheet is locked although something is open; kept with the lock, None where not."""

    unsettled_reason: str | None = None
    """Why days that lack an entry or exit stay as they are."""
    skipped_reason: str | None = None
    """Why somebody who should look the sheet over has not, e.g. signed on paper."""


NO_EXCUSES = LockExcuses()


def draw_up_sheet(
    session: Session, *, project_id: UUID, team_id: UUID, month: str, at: datetime
) -> AttendanceSheet:
    """Sum the team's month from its check-ins; everybody who was in the team has a line.

    A draft is drawn up anew at every call, and whoever looks it over first is told. A month
    nobody worked in has its sheet too, and so has one nobody was in the team any more: wages hang
    on the month's sheet that need no attendance, such as piece work measured elsewhere, pay for a
    standstill, and what was left over when the last ones went. Raises TeamNotFoundError,
    MonthNotBegunError, MonthBeforeProjectError, SheetLockedError.
    """
    get_team(session, project_id=project_id, team_id=team_id)
    if local_date(at) < month_start(month):
        raise MonthNotBegunError(month=month)
    first_month = sheet_queries.find_first_month(session, project_id)
    if first_month and month < first_month:
        raise MonthBeforeProjectError(month=month, first_month=first_month)
    sheet = _open_sheet(session, project_id=project_id, team_id=team_id, month=month, at=at)
    check_draft(sheet)
    sheet.lines = draw_lines_anew(
        session,
        project_id=project_id,
        worker_ids=list_members(session, sheet),
        period=period_of(sheet),
    )
    sheet.drawn_at, sheet.suspicions = at, None
    session.flush()
    tell_next(session, sheet, taken=SheetStep.GENERAL_CONTRACTOR, at=at)
    return sheet


def lock_sheet(
    session: Session,
    *,
    project_id: UUID,
    sheet_id: UUID,
    at: datetime,
    actor: Principal | None = None,
    excuses: LockExcuses = NO_EXCUSES,
) -> AttendanceSheet:
    """Freeze the sheet, days and all, as the general contractor's word; repeating changes nothing.

    The sheet is drawn again first and must come out as it was. Raises SheetNotFoundError,
    MonthNotOverError, SheetStaleError, and, unless excused, DaysUnsettledError and
    StepsMissingError. After a reopening everybody whose days have changed is told.
    """
    sheet = queries.lock_sheet(session, project_id=project_id, sheet_id=sheet_id)
    if sheet.state is SheetState.LOCKED:
        return sheet
    check_month_over(sheet, at)
    lines = _draw_from_days(session, sheet)
    if hash_lines(lines) != hash_lines(sheet.lines):
        raise SheetStaleError
    _check_settled(lines, excuses.unsettled_reason)
    _pass_steps(session, sheet, actor=actor, reason=excuses.skipped_reason, at=at)
    sheet.lines = freeze_cells(session, lines, period=period_of(sheet))
    sheet.drawn_at = at
    sheet.suspicions = write_suspicions(find_suspicions(session, sheet))
    sheet.state = SheetState.LOCKED
    record_act(
        session,
        sheet,
        SheetStep.GENERAL_CONTRACTOR,
        SheetAct.LOCKED,
        actor=actor,
        reason=excuses.unsettled_reason,
    )
    _tell_changed(session, sheet)
    announce(session, EventKind.SHEET_LOCKED, subject_ids=[sheet.id], at=at, project_id=project_id)
    session.flush()
    return sheet


def record_act(
    session: Session,
    sheet: AttendanceSheet,
    step: SheetStep,
    act: SheetAct,
    *,
    actor: Principal | None,
    reason: str | None = None,
    lines: list[Line] | None = None,
) -> None:
    """Keep for good what was done about the sheet as it is now."""
    session.add(
        AttendanceSheetAct(
            project_id=sheet.project_id,
            sheet_id=sheet.id,
            step=step,
            act=act,
            actor_id=actor.person_id if actor else None,
            role=actor.role if actor else None,
            reason=reason,
            content_hash=hash_lines(sheet.lines),
            lines=lines,
        )
    )
    session.flush()


def check_draft(sheet: AttendanceSheet) -> None:
    """Raise SheetLockedError for what does not change any more."""
    if sheet.state is SheetState.LOCKED:
        raise SheetLockedError


def check_month_over(sheet: AttendanceSheet, at: datetime) -> None:
    """Raise MonthNotOverError while days of the month are still to come."""
    if not is_over(sheet, at):
        raise MonthNotOverError(month=sheet.month)


def period_of(sheet: AttendanceSheet) -> Period:
    """Return the days a sheet is about."""
    first = month_start(sheet.month)
    return Period(first, next_month(first))


def _open_sheet(
    session: Session, *, project_id: UUID, team_id: UUID, month: str, at: datetime
) -> AttendanceSheet:
    """Return the team's sheet, created if there was none, with its row locked."""
    draft = AttendanceSheet(
        project_id=project_id,
        team_id=team_id,
        month=month,
        state=SheetState.DRAFT,
        created_at=at,
    )
    session.execute(
        insert(AttendanceSheet)
        .values(draft.model_dump())
        .on_conflict_do_nothing(index_elements=["project_id", "team_id", "month"])
    )
    return queries.lock_team_sheet(session, project_id=project_id, team_id=team_id, month=month)


def list_members(session: Session, sheet: AttendanceSheet) -> list[UUID]:
    """Return who was in the team that month and so has a line, oldest registration first."""
    period = period_of(sheet)
    return queries.list_team_members(
        session, team_id=sheet.team_id, first=period.first, last=period.until - ONE_DAY
    )


def _draw_from_days(session: Session, sheet: AttendanceSheet) -> list[Line]:
    """Fold the month again, so that the days which are kept are those that were summed."""
    worker_ids = list_members(session, sheet)
    period = period_of(sheet)
    fold_team_days(
        session,
        project_id=sheet.project_id,
        worker_ids=worker_ids,
        since=period.first,
        until=period.until - ONE_DAY,
    )
    return draw_lines(session, project_id=sheet.project_id, worker_ids=worker_ids, period=period)


def _check_settled(lines: Sequence[Line], reason: str | None) -> None:
    count = sum(line["needs_confirmation"] for line in lines)
    if count and reason is None:
        raise DaysUnsettledError(count=count)


def _pass_steps(
    session: Session,
    sheet: AttendanceSheet,
    *,
    actor: Principal | None,
    reason: str | None,
    at: datetime,
) -> None:
    """Keep which steps nobody has taken, and why."""
    missing = get_chain(session, sheet, at=at).missing
    if missing and reason is None:
        raise StepsMissingError(
            steps=[step.value for step in missing], who="、".join(NAMES[step] for step in missing)
        )
    for step in missing:
        record_act(session, sheet, step, SheetAct.SKIPPED, actor=actor, reason=reason)


def _tell_changed(session: Session, sheet: AttendanceSheet) -> None:
    """Tell those whose days are not what an earlier lock had frozen."""
    reopened = sheet_queries.find_last_frozen(session, sheet)
    if reopened is None or reopened.lines is None:
        return
    changed = list_changed(reopened.lines, sheet.lines)
    persons = sheet_queries.list_person_ids(session, changed)
    notify_many(
        session,
        template=Template.SHEET_CHANGED,
        tellings=[
            Telling(person_id, f"{sheet.id}:{reopened.id}", {"month": sheet.month})
            for person_id in persons.values()
        ],
        project_id=sheet.project_id,
    )


def list_changed(before: Sequence[dict[str, Any]], after: Sequence[Line]) -> list[UUID]:
    """Return the workers whose sums or days differ, or who are on only one of the two."""
    shown = [
        {
            line["project_worker_id"]: (line["units"], line["minutes"], line["cells"])
            for line in lines
        }
        for lines in (before, after)
    ]
    everybody = shown[0].keys() | shown[1].keys()
    return [UUID(each) for each in sorted(everybody) if shown[0].get(each) != shown[1].get(each)]
