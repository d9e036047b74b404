"""Use cases of the labour manager: draw up, publish, adjust and approve pay sheets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.enums import PaySheetState, PayslipAnswerState
from db.models import DisputeReply, PayBatchRow, PaySheet, Payslip, PayslipAnswer
from evidence.canonical import content_hash
from identity import audit
from identity.principal import Principal
from notifications.service import notify
from notifications.templates import Template
from notifications.webhooks.events import EventKind
from notifications.webhooks.service import announce
from payroll import attendance_changes, drawing, queries, rules, term_queries, witnesses
from payroll.batch_queries import map_bank_rows
from payroll.drawing import Drawn
from payroll.errors import (
    AttendanceNotLockedError,
    NothingToApproveError,
    PayslipAtBankError,
    PayslipChangedError,
    PayslipIncompleteError,
    PayslipUnchangedError,
)
from payroll.newer import Newer, check_up_to_date
from payroll.newer_queries import list_newer
from payroll.pay_rules import PayItem
from payroll.rules import SheetAction
from payroll.telling import News, tell_workers


@dataclass(frozen=True, slots=True)
class Publication:
    """A published sheet, and who has no phone and must be told in another way."""

    sheet: PaySheet
    payslip_count: int
    without_phone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PayLine:
    """One worker's line as the labour manager sees it."""

    payslip: Payslip
    has_phone: bool
    missing: list[str]
    answer: PayslipAnswer | None
    reply: DisputeReply | None
    bank_row: PayBatchRow | None


@dataclass(frozen=True, slots=True)
class SheetOverview:
    """A pay sheet with its current lines."""

    sheet: PaySheet
    lines: list[PayLine]
    newer: list[Newer]
    """What came since: a draft has to be drawn up again, a published line adjusted."""

    @property
    def net_fen(self) -> int:
        """What the sheet pays in all, in fen."""
        return sum(line.payslip.net_fen for line in self.lines)


def create_pay_sheet(
    session: Session,
    *,
    project_id: UUID,
    team_id: UUID,
    month: str,
    at: datetime,
    county_facts: Path | None = None,
) -> PaySheet:
    """Draw up the team's pay sheet of a month from its locked attendance sheet.

    Calling it again while the sheet is a draft draws it up anew with the contracts, cards and
    entries of now. Whoever did not work and is owed nothing has no line. `county_facts` is the
    folder with minimum wages. Raises AttendanceNotLockedError, SheetActionNotAllowedError once
    published, and whatever `drawing.load_team_month` and `drawing.draw` refuse.
    """
    attendance = queries.find_locked_attendance(
        session, project_id=project_id, team_id=team_id, month=month
    )
    if attendance is None:
        raise AttendanceNotLockedError(month=month)
    sheet = queries.lock_or_add_pay_sheet(session, attendance=attendance, at=at)
    rules.next_state(sheet.state, SheetAction.DRAW_UP)
    queries.delete_draft_payslips(session, sheet)
    term_queries.forget_use(session, sheet_id=sheet.id)
    team = drawing.load_team_month(session, sheet, county_facts=county_facts)
    drawn = [drawing.draw(team, payee) for payee in team.payees]
    drawing.settle(session, sheet, drawn, at=at)
    session.add_all(make_payslip(sheet, each, version=1, at=at) for each in drawn)
    session.flush()
    return sheet


def get_pay_sheet(session: Session, *, project_id: UUID, sheet_id: UUID) -> SheetOverview:
    """Return the sheet with answers, missing fields and bank states of its current lines."""
    sheet = queries.get_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    current = queries.list_current_payslips(session, sheet.id)
    payslip_ids = [payslip.id for payslip, _ in current]
    answers = queries.map_latest(session, PayslipAnswer, payslip_ids)
    replies = queries.map_latest(session, DisputeReply, payslip_ids)
    rows = map_bank_rows(session, payslip_ids)
    lines = [
        PayLine(
            payslip=payslip,
            has_phone=has_phone,
            missing=rules.list_missing(payslip.content),
            answer=answers.get(payslip.id),
            reply=replies.get(payslip.id),
            bank_row=rows.get(payslip.id),
        )
        for payslip, has_phone in current
    ]
    is_draft = sheet.state is PaySheetState.DRAFT
    find_newer = list_newer if is_draft else attendance_changes.list_changes
    return SheetOverview(sheet, lines, newer=find_newer(session, sheet))


def publish_pay_sheet(
    session: Session, *, project_id: UUID, sheet_id: UUID, at: datetime
) -> Publication:
    """Show every worker of the sheet their payslip and tell them by SMS.

    Raises PayslipIncompleteError naming every field of 条例 §15 that is missing, by worker, and
    PaySheetStaleError naming what was entered, withdrawn or reopened since it was drawn up.
    """
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    state = rules.next_state(sheet.state, SheetAction.PUBLISH)
    check_up_to_date(list_newer(session, sheet))
    lines = queries.list_lines(session, sheet.id)
    _check_complete([line.content for line in lines])
    sheet.state, sheet.published_at = state, at
    witnesses.record_payslips(session, lines, at=at)
    tell_workers(
        session,
        Template.PAYSLIP_PUBLISHED,
        (News(line.person_id, line.month, line.id) for line in lines),
        project_id=project_id,
    )
    announce(
        session,
        EventKind.PAY_SHEET_PUBLISHED,
        subject_ids=[sheet.id],
        at=at,
        project_id=project_id,
    )
    without_phone = tuple(line.content["worker_name"] for line in lines if not line.has_phone)
    return Publication(sheet, len(lines), without_phone)


def approve_pay_sheet(
    session: Session, *, project_id: UUID, sheet_id: UUID, approved_by: UUID, at: datetime
) -> PaySheet:
    """Record that the general contractor has reviewed the sheet (条例 §28).

    A payslip changed afterwards waits until this is called again; without any it is refused.
    Raises what `attendance_changes.check_unchanged` does where the attendance was reopened.
    """
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    was = sheet.state
    sheet.state = rules.next_state(was, SheetAction.APPROVE)
    attendance_changes.check_unchanged(session, sheet)
    count = queries.approve_payslips(session, sheet.id, approved_by=approved_by, at=at)
    if was is not PaySheetState.PUBLISHED and not count:
        raise NothingToApproveError
    sheet.approved_at = at
    sheet.approved_by = approved_by
    announce(
        session,
        EventKind.PAY_SHEET_APPROVED,
        subject_ids=[sheet.id],
        at=at,
        project_id=project_id,
    )
    return sheet


def adjust_payslip(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    payslip_id: UUID,
    items: tuple[PayItem, ...] | None,
    note: str,
    at: datetime,
    county_facts: Path | None = None,
) -> Payslip:
    """Replace a published payslip by a new version that the worker must answer again.

    Contact, card, terms and entries are those of now; without `items` the pay is worked out again
    from the attendance sheet. `note` tells the worker why. Only this worker's answer is cleared,
    only this line needs a new approval, and what the worker did not agree to lose stays owed.
    Raises PayslipChangedError for an earlier version, PayslipAtBankError while a bank has it,
    AttendanceNotLockedError while the attendance is open, PayslipUnchangedError where the new
    version would say the same: it would only take the worker's word away.
    """
    sheet_id = queries.find_payslip_sheet_id(session, project_id=project_id, payslip_id=payslip_id)
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    rules.next_state(sheet.state, SheetAction.ADJUST)
    earlier = queries.lock_payslip(session, payslip_id)
    if not earlier.is_current:
        raise PayslipChangedError
    if queries.is_at_bank(session, payslip_id):
        raise PayslipAtBankError
    attendance_changes.check_locked(session, sheet)
    term_queries.forget_use(session, sheet_id=sheet.id, worker_id=earlier.project_worker_id)
    team = drawing.load_team_month(
        session, sheet, only=earlier.project_worker_id, county_facts=county_facts
    )
    [payee] = team.payees
    items = None if items is None else drawing.add_piece_work(team, payee, items)
    drawn = drawing.draw(team, payee, items, note)
    payslip = make_payslip(sheet, drawn, version=earlier.version + 1, at=at)
    payslip.promised_fen = _keep_promise(earlier, payslip)
    _check_complete([payslip.content])
    if rules.is_as_before(earlier.content, payslip.content):
        raise PayslipUnchangedError
    drawing.settle(session, sheet, [drawn], at=at)
    was_answered = earlier.answer_state not in rules.ANSWERABLE
    earlier.is_current = False
    # The old version must step back before the new one may count.
    session.flush()
    session.add(payslip)
    witnesses.record_payslips(session, [payslip], at=at)
    _tell_of_change(session, principal, payslip, note, was_answered=was_answered, at=at)
    return payslip


def _keep_promise(earlier: Payslip, payslip: Payslip) -> int | None:
    is_agreed = earlier.answer_state not in rules.NOT_AGREED
    shown_fen = rules.compute_binding(
        earlier.content, net_fen=earlier.net_fen, version=earlier.version, is_agreed=is_agreed
    )
    return rules.compute_promised(
        shown_fen=shown_fen,
        promised_fen=earlier.promised_fen,
        is_agreed=is_agreed,
        net_fen=payslip.net_fen,
    )


def _tell_of_change(
    session: Session,
    principal: Principal,
    payslip: Payslip,
    note: str,
    *,
    was_answered: bool,
    at: datetime,
) -> None:
    audit.record(
        session,
        actor=principal,
        action="payroll.payslip-adjusted",
        subject_kind="payslip",
        subject_id=payslip.id,
        reason=note,
    )
    template = Template.PAYSLIP_CHANGED if was_answered else Template.PAYSLIP_REPLACED
    tell_worker(session, payslip, template, event_id=payslip.id)
    announce_payslip(session, payslip, EventKind.PAYSLIP_CHANGED, at=at)


def tell_worker(
    session: Session, payslip: Payslip, template: Template, *, event_id: UUID, **values: str
) -> None:
    """Tell the worker of a payslip what happened to it, once for each `event_id`."""
    notify(
        session,
        template=template,
        person_id=payslip.person_id,
        key=f"payroll:{event_id}",
        project_id=payslip.project_id,
        month=payslip.month,
        **values,
    )


def announce_payslip(session: Session, payslip: Payslip, kind: EventKind, *, at: datetime) -> None:
    """Tell other systems what happened to a payslip."""
    announce(session, kind, subject_ids=[payslip.id], at=at, project_id=payslip.project_id)


def _check_complete(contents: Collection[Mapping[str, Any]]) -> None:
    missing = [
        {"worker_name": content["worker_name"], "fields": fields}
        for content in contents
        if (fields := rules.list_missing(content))
    ]
    if missing:
        lines = [f"{line['worker_name']}：{'、'.join(line['fields'])}" for line in missing]
        raise PayslipIncompleteError(missing=missing, summary="；".join(lines))


def make_payslip(sheet: PaySheet, drawn: Drawn, *, version: int, at: datetime) -> Payslip:
    """Return a payslip of the sheet that nobody has answered or approved."""
    payee, facts = drawn.payee, drawn.facts
    content = rules.build_content(facts)
    return Payslip(
        created_at=at,
        project_id=sheet.project_id,
        pay_sheet_id=sheet.id,
        project_worker_id=payee.worker.id,
        person_id=payee.person.id,
        version=version,
        month=sheet.month,
        due_date=facts.due_date,
        gross_fen=facts.gross_fen,
        deductions_fen=facts.deductions_fen,
        net_fen=facts.net_fen,
        content=content,
        content_hash=content_hash(content),
        answer_state=PayslipAnswerState.AWAITING,
    )
