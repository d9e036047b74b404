"""Use cases around what is entered for a month: piece quantities, supplements, deductions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from attendance.day_rules import FULL_DAY_UNITS
from core.clock import local_date
from core.money import round_half_up
from core.pay_enums import DeductionKind, PayEntryKind
from db.base import new_id
from db.models import PayEntry
from identity import audit
from identity.principal import Principal
from notifications.service import notify
from notifications.templates import Template
from payroll import rules, term_queries
from payroll.deductions import NEEDS_CONSENT
from payroll.entry_months import OpenMonths
from payroll.term_errors import (
    AmountTooSmallError,
    ConsentNotNeededError,
    DeductionNeedsSourceError,
    EntryWithdrawnError,
    MonthOrderError,
)
from payroll.withdrawals import replace_payslips


@dataclass(frozen=True, slots=True)
class ForWorker:
    """Whose month something is entered for, and by whom."""

    principal: Principal
    project_id: UUID
    worker_id: UUID
    month: str
    at: datetime


def enter_piece_work(
    session: Session,
    target: ForWorker,
    *,
    name: str,
    quantity: int,
    unit: str,
    unit_price_fen: int,
    note: str,
) -> PayEntry:
    """Enter measured work; `quantity` is in hundredths, the amount rounded ROUND_HALF_UP.

    Raises AmountTooSmallError, EntryOutsideEngagementError, and as every entry does
    WorkerNotFoundError, EntryMonthAheadError, MonthShownError.
    """
    _find_months(session, target).check_worked_month(target.month)
    amount_fen = round_half_up(quantity * unit_price_fen, FULL_DAY_UNITS)
    if amount_fen == 0:
        raise AmountTooSmallError
    entry = _make(target, PayEntryKind.PIECE, name, amount_fen, note)
    entry.quantity, entry.unit, entry.unit_price_fen = quantity, unit, unit_price_fen
    return _keep(session, target, entry)


def enter_supplement(
    session: Session, target: ForWorker, *, for_month: str, amount_fen: int, note: str
) -> PayEntry:
    """Enter what an earlier month lacked (补发).

    Raises MonthOrderError unless it is earlier, EntryOutsideEngagementError.
    """
    if for_month >= target.month:
        raise MonthOrderError(month=target.month)
    _find_months(session, target).check_worked_month(for_month)
    entry = _make(target, PayEntryKind.SUPPLEMENT, f"补发{for_month}", amount_fen, note)
    entry.for_month = for_month
    return _keep(session, target, entry)


def enter_deduction(
    session: Session,
    target: ForWorker,
    *,
    kind: DeductionKind,
    name: str,
    amount_fen: int,
    note: str,
    source: str | None,
) -> PayEntry:
    """Enter a deduction with what it stands on, or ask the worker to agree to it.

    Without that agreement no payslip takes it off; silence is none. DeductionNeedsSourceError
    where the law asks for a paper.
    """
    if kind not in NEEDS_CONSENT and source is None:
        raise DeductionNeedsSourceError
    entry = _make(target, PayEntryKind.DEDUCTION, name, amount_fen, note)
    entry.deduction_kind, entry.source = kind, source
    _keep(session, target, entry)
    if kind in NEEDS_CONSENT:
        _ask(session, entry)
    return entry


def agree_to_deduction(
    session: Session, *, principal: Principal, entry_id: UUID, at: datetime
) -> PayEntry:
    """Record that the worker agrees to a deduction; nobody can for them, repeating changes nothing.

    Raises EntryNotFoundError for anybody else's, EntryWithdrawnError, ConsentNotNeededError.
    """
    rules.check_answered_in_person(principal, is_agreement=True)
    entry = term_queries.lock_own_entry(session, person_id=principal.person_id, entry_id=entry_id)
    if entry.withdrawn_at is not None:
        raise EntryWithdrawnError
    if entry.deduction_kind not in NEEDS_CONSENT:
        raise ConsentNotNeededError
    if entry.agreed_at is None:
        entry.agreed_at = at
        _record(session, principal, "payroll.deduction-agreed", entry, entry.note)
    return entry


def withdraw_pay_entry(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    entry_id: UUID,
    reason: str,
    at: datetime,
    county_facts: Path | None = None,
) -> PayEntry:
    """Take an entry back with a reason; it stays on record and counts on no later payslip.

    A draft that counts it has to be drawn up again; a payslip that was shown is replaced, which
    the worker answers anew. Raises EntryNotFoundError, EntryWithdrawnError, PayslipAtBankError.
    """
    # Sheets before entries, as drawing up locks them; one drawn up in between is locked below.
    term_queries.lock_using_sheets(session, entry_id)
    entry = term_queries.lock_row(session, PayEntry, project_id=project_id, row_id=entry_id)
    if entry.withdrawn_at is not None:
        raise EntryWithdrawnError
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawal = at, principal.person_id, reason
    session.flush()
    _record(session, principal, "payroll.entry-withdrawn", entry, reason)
    replace_payslips(
        session,
        entry,
        term_queries.lock_using_sheets(session, entry_id),
        principal=principal,
        reason=reason,
        at=at,
        county_facts=county_facts,
    )
    return entry


def list_pay_entries(
    session: Session, *, project_id: UUID, worker_id: UUID, month: str | None
) -> Sequence[PayEntry]:
    """Return what was entered for a worker, withdrawn or not, newest first."""
    worker = term_queries.get_worker(session, project_id=project_id, worker_id=worker_id)
    return term_queries.list_entries(
        session, project_id=project_id, worker_id=worker.id, month=month
    )


def _make(target: ForWorker, kind: PayEntryKind, name: str, amount_fen: int, note: str) -> PayEntry:
    return PayEntry(
        id=new_id(),
        created_at=target.at,
        project_id=target.project_id,
        project_worker_id=target.worker_id,
        month=target.month,
        kind=kind,
        name=name,
        amount_fen=amount_fen,
        note=note,
        entered_by=target.principal.person_id,
    )


def _keep(session: Session, target: ForWorker, entry: PayEntry) -> PayEntry:
    _find_months(session, target).check_pay_month(target.month)
    session.add(entry)
    session.flush()
    _record(session, target.principal, f"payroll.{entry.kind.value}-entered", entry, entry.note)
    return entry


def _find_months(session: Session, target: ForWorker) -> OpenMonths:
    worker = term_queries.get_worker(
        session, project_id=target.project_id, worker_id=target.worker_id
    )
    return OpenMonths(
        today=local_date(target.at),
        entered=worker.entered_date,
        left=worker.left_date,
        shown=term_queries.list_shown_months(session, worker),
    )


def _ask(session: Session, entry: PayEntry) -> None:
    worker = term_queries.get_worker(
        session, project_id=entry.project_id, worker_id=entry.project_worker_id
    )
    notify(
        session,
        template=Template.DEDUCTION_PROPOSED,
        person_id=worker.person_id,
        key=f"payroll:{entry.id}",
        project_id=entry.project_id,
        month=entry.month,
    )


def _record(
    session: Session, principal: Principal, action: str, entry: PayEntry, reason: str
) -> None:
    audit.record(
        session,
        actor=principal,
        action=action,
        subject_kind="pay_entry",
        subject_id=entry.id,
        reason=reason,
        month=entry.month,
    )
