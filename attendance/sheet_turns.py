"""How far a sheet has come, and telling whoever looks it over next that it waits for them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from attendance import sheet_queries
from attendance.sheet_chain import Chain, DoneAct, TeamFacts, find_turn, hash_lines, judge_chain
from core.clock import local_date, month_start, next_month
from core.sheet_enums import SheetAct, SheetStep
from db.models import AttendanceSheet, AttendanceSheetAct
from identity.queries import list_managers
from notifications.service import Telling, notify_many
from notifications.templates import Template


def get_chain(session: Session, sheet: AttendanceSheet, *, at: datetime) -> Chain:
    """Return who has approved the sheet as it is, and who has still to."""
    return _judge(sheet, _get_facts(session, sheet, at), sheet_queries.list_acts(session, sheet))


def tell_next(session: Session, sheet: AttendanceSheet, *, taken: SheetStep, at: datetime) -> None:
    """Tell those whose turn it is, unless it is the step that has just been taken.

    Once for all that was done about the sheet so far: drawing it again tells nobody twice, drawing
    it again after an approval that does not stand any more does. Before the month is over nobody
    could approve, and nobody is told.
    """
    if not is_over(sheet, at):
        return
    facts = _get_facts(session, sheet, at)
    acts = sheet_queries.list_acts(session, sheet)
    turn = find_turn(_judge(sheet, facts, acts), facts=facts)
    if turn is taken:
        return
    template, person_ids = _find_readers(session, sheet, turn, facts)
    notify_many(
        session,
        template=template,
        tellings=[
            Telling(person_id, f"{sheet.id}:{len(acts)}", {"month": sheet.month})
            for person_id in sorted(person_ids)
        ],
        project_id=sheet.project_id,
    )


def is_over(sheet: AttendanceSheet, at: datetime) -> bool:
    """Tell whether the last day of the sheet's month has passed."""
    return local_date(at) >= next_month(month_start(sheet.month))


def _find_readers(
    session: Session, sheet: AttendanceSheet, step: SheetStep, facts: TeamFacts
) -> tuple[Template, Collection[UUID]]:
    """Return what is said to whom; of the general contractor only its labour managers lock."""
    match step:
        case SheetStep.TEAM_LEADER:
            return Template.SHEET_WAITS, facts.leader_ids
        case SheetStep.SUBCONTRACTOR:
            return Template.SHEET_AT_COMPANY, facts.administrator_ids
    return Template.SHEET_READY, list_managers(session, sheet.project_id)


def _get_facts(session: Session, sheet: AttendanceSheet, at: datetime) -> TeamFacts:
    return sheet_queries.get_team_facts(
        session, project_id=sheet.project_id, team_id=sheet.team_id, on=local_date(at)
    )


def _judge(sheet: AttendanceSheet, facts: TeamFacts, acts: Sequence[AttendanceSheetAct]) -> Chain:
    """Return the chain; the hash of ten thousand lines is worked out only for an approval."""
    is_approved = any(act.act is SheetAct.APPROVED for act in acts)
    return judge_chain(
        [DoneAct(act.step, act.act, act.content_hash) for act in acts],
        facts=facts,
        current=hash_lines(sheet.lines) if is_approved else "",
    )
