"""Use cases of the labour manager: draw up, publish, adjust and approve pay sheets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.calendar import WORKING_DAYS
from core.clock import ONE_DAY, month_start, next_month
from core.enums import PayslipAnswerState
from core.masking import mask_card, mask_id_number, mask_phone
from db.models import AttendanceSheet, DisputeReply, PayBatchRow, PaySheet, Payslip, PayslipAnswer
from evidence.canonical import content_hash
from identity import audit
from identity.principal import Principal
from notifications.service import notify
from notifications.templates import Template
from notifications.webhooks.events import EventKind
from notifications.webhooks.service import announce
from payroll import queries, rules, witnesses
from payroll.batch_queries import map_bank_rows
from payroll.errors import (
    AttendanceNotLockedError,
    NobodyWorkedError,
    PayslipAtBankError,
    PayslipChangedError,
    PayslipIncompleteError,
)
from payroll.queries import Payee
from payroll.rules import PayItem, PayslipFacts, PayTerms, SheetAction, WorkedTime
from projects.queries import get_project


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

    @property
    def net_fen(self) -> int:
        """What the sheet pays in all, in fen."""
        return sum(line.payslip.net_fen for line in self.lines)


def create_pay_sheet(
    session: Session, *, project_id: UUID, team_id: UUID, month: str, at: datetime
) -> PaySheet:
    """Draw up the team's pay sheet of a month from its locked attendance sheet.

    Calling it again while the sheet is a draft draws it up anew with the contracts and cards of
    now. Whoever did not work has no line. Raises AttendanceNotLockedError, NobodyWorkedError,
    NoPayTermsError, PieceQuantitiesMissingError, and SheetActionNotAllowedError once published.
    """
    attendance = queries.find_locked_attendance(
        session, project_id=project_id, team_id=team_id, month=month
    )
    if attendance is None:
        raise AttendanceNotLockedError(month=month)
    sheet = queries.lock_or_add_pay_sheet(session, attendance=attendance, at=at)
    rules.next_state(sheet.state, SheetAction.DRAW_UP)
    queries.delete_draft_payslips(session, sheet)
    for payee, facts in _gather_facts(session, attendance):
        session.add(_make_payslip(sheet, payee, facts, version=1, at=at))
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
    return SheetOverview(sheet, lines)


def publish_pay_sheet(
    session: Session, *, project_id: UUID, sheet_id: UUID, at: datetime
) -> Publication:
    """Show every worker of the sheet their payslip and tell them by SMS.

    Raises PayslipIncompleteError naming every field of 条例 §15 that is missing, by worker.
    """
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    sheet.state = rules.next_state(sheet.state, SheetAction.PUBLISH)
    current = queries.list_current_payslips(session, sheet.id)
    _check_complete([payslip.content for payslip, _ in current])
    sheet.published_at = at
    witnesses.record_payslips(session, [payslip for payslip, _ in current], at=at)
    for payslip, _ in current:
        tell_worker(session, payslip, Template.PAYSLIP_PUBLISHED, event_id=payslip.id)
    announce(
        session,
        EventKind.PAY_SHEET_PUBLISHED,
        subject_ids=[sheet.id],
        at=at,
        project_id=project_id,
    )
    without_phone = tuple(
        payslip.content["worker_name"] for payslip, has_phone in current if not has_phone
    )
    return Publication(sheet, len(current), without_phone)


def approve_pay_sheet(
    session: Session, *, project_id: UUID, sheet_id: UUID, approved_by: UUID, at: datetime
) -> PaySheet:
    """Record that the general contractor has reviewed the sheet (条例 §28)."""
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    sheet.state = rules.next_state(sheet.state, SheetAction.APPROVE)
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
) -> Payslip:
    """Replace a published payslip by a new version that the worker must answer again.

    Contact, card and contract are those of now; without `items` the pay is worked out again from
    the attendance sheet. `note` tells the worker why. Only this worker's answer is cleared.
    Raises PayslipChangedError for an earlier version, PayslipAtBankError while a bank has it.
    """
    sheet_id = queries.find_payslip_sheet_id(session, project_id=project_id, payslip_id=payslip_id)
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    rules.next_state(sheet.state, SheetAction.ADJUST)
    earlier = session.get_one(Payslip, payslip_id, populate_existing=True)
    if not earlier.is_current:
        raise PayslipChangedError
    if queries.is_at_bank(session, payslip_id):
        raise PayslipAtBankError
    attendance = session.get_one(AttendanceSheet, sheet.attendance_sheet_id)
    [(payee, facts)] = _gather_facts(session, attendance, only=earlier.project_worker_id)
    facts = replace(facts, note=note, items=facts.items if items is None else items)
    payslip = _make_payslip(sheet, payee, facts, version=earlier.version + 1, at=at)
    _check_complete([payslip.content])
    earlier.is_current = False
    # The old version must step back before the new one may count.
    session.flush()
    session.add(payslip)
    witnesses.record_payslips(session, [payslip], at=at)
    audit.record(
        session,
        actor=principal,
        action="payroll.payslip-adjusted",
        subject_kind="payslip",
        subject_id=payslip.id,
        reason=note,
    )
    tell_worker(session, payslip, Template.PAYSLIP_CHANGED, event_id=payslip.id)
    announce_payslip(session, payslip, EventKind.PAYSLIP_CHANGED, at=at)
    return payslip


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


def _make_payslip(
    sheet: PaySheet, payee: Payee, facts: PayslipFacts, *, version: int, at: datetime
) -> Payslip:
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
        deductions_fen=0,
        net_fen=facts.gross_fen,
        content=content,
        content_hash=content_hash(content),
        answer_state=PayslipAnswerState.AWAITING,
    )


def _gather_facts(
    session: Session, attendance: AttendanceSheet, *, only: UUID | None = None
) -> list[tuple[Payee, PayslipFacts]]:
    """Return what the payslips of the sheet show, or of only one project worker."""
    worked = _read_lines(attendance, only)
    if not worked:
        raise NobodyWorkedError(month=attendance.month)
    payees = queries.list_payees(session, worked, team_id=attendance.team_id)
    terms = _find_terms(session, worked, month=attendance.month)
    names = {payee.worker.id: payee.person.name for payee in payees}
    rules.check_pay_terms([(names[worker_id], terms.get(worker_id)) for worker_id in worked])
    project_name = get_project(session, attendance.project_id).name
    working_days = rules.count_working_days(attendance.month, WORKING_DAYS)
    return [
        (
            payee,
            _make_facts(
                payee,
                worked[payee.worker.id],
                terms[payee.worker.id],
                project_name=project_name,
                month=attendance.month,
                working_days=working_days,
            ),
        )
        for payee in payees
    ]


def _read_lines(attendance: AttendanceSheet, only: UUID | None) -> dict[UUID, WorkedTime]:
    lines = {
        UUID(line["project_worker_id"]): WorkedTime(
            units=line["units"],
            minutes=line["minutes"],
            days=line["days"],
            unclear_days=line["needs_confirmation"],
        )
        for line in attendance.lines
    }
    return {
        worker_id: worked
        for worker_id, worked in lines.items()
        if not worked.is_empty and only in {None, worker_id}
    }


def _find_terms(
    session: Session, project_worker_ids: Collection[UUID], *, month: str
) -> dict[UUID, PayTerms]:
    """Return the pay terms that held in the month; where they changed, those that began last."""
    first = month_start(month)
    last = next_month(first) - ONE_DAY
    return {
        contract.project_worker_id: PayTerms(
            contract.pay_basis, contract.unit_price_fen, contract.payday
        )
        for contract in queries.list_contracts(session, project_worker_ids)
        if contract.start_date <= last and (contract.end_date or last) >= first
    }


def _make_facts(
    payee: Payee,
    worked: WorkedTime,
    terms: PayTerms,
    *,
    project_name: str,
    month: str,
    working_days: int,
) -> PayslipFacts:
    person, worker = payee.person, payee.worker
    return PayslipFacts(
        employer_name=payee.employer.name,
        project_name=project_name,
        team_name=payee.team.name,
        month=month,
        due_date=rules.compute_due_date(month, terms.payday, WORKING_DAYS),
        worker_name=person.name,
        id_number=person.id_number and mask_id_number(person.id_number),
        phone=person.phone and mask_phone(person.phone),
        bank_name=worker.bank_name,
        account=worker.bank_card and mask_card(worker.bank_card),
        worked=worked,
        items=(rules.compute_pay_item(terms, worked, working_days=working_days),),
    )
