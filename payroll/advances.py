"""Use cases around 预支: wages paid ahead, told to the worker, taken off later payslips once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from core.clock import local_date
from db.base import new_id
from db.models import ProjectWorker, WageAdvance
from identity import audit
from identity.principal import Principal
from notifications.service import notify
from notifications.templates import Template
from payroll import term_queries
from payroll.term_errors import (
    AdvanceInFutureError,
    AdvanceOutsideEngagementError,
    EntryWithdrawnError,
)
from payroll.withdrawals import replace_payslips


@dataclass(frozen=True, slots=True)
class AdvanceView:
    """An advance and how much of it payslips have taken off, in fen."""

    advance: WageAdvance
    taken_fen: int

    @property
    def remaining_fen(self) -> int:
        """What later payslips still take off."""
        return 0 if self.advance.withdrawn_at else self.advance.amount_fen - self.taken_fen


def record_advance(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    worker_id: UUID,
    paid_date: date,
    amount_fen: int,
    note: str,
    at: datetime,
) -> AdvanceView:
    """Write down wages paid ahead and tell the worker, who can say otherwise at once.

    Raises WorkerNotFoundError, AdvanceInFutureError for a day that has not come,
    AdvanceOutsideEngagementError for one before the worker entered or after they left.
    """
    worker = term_queries.get_worker(session, project_id=project_id, worker_id=worker_id)
    if paid_date > local_date(at):
        raise AdvanceInFutureError
    _check_engaged(worker, paid_date)
    advance = WageAdvance(
        id=new_id(),
        created_at=at,
        project_id=project_id,
        project_worker_id=worker.id,
        paid_date=paid_date,
        amount_fen=amount_fen,
        note=note,
        entered_by=principal.person_id,
    )
    session.add(advance)
    session.flush()
    _record(session, principal, "payroll.advance-recorded", advance, note)
    notify(
        session,
        template=Template.ADVANCE_RECORDED,
        person_id=worker.person_id,
        key=f"payroll:{advance.id}",
        project_id=project_id,
        work_date=paid_date.isoformat(),
    )
    return AdvanceView(advance, taken_fen=0)


def withdraw_advance(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    advance_id: UUID,
    reason: str,
    at: datetime,
    county_facts: Path | None = None,
) -> AdvanceView:
    """Take an advance back with a reason; it stays on record and no later payslip takes it off.

    A draft that counts it has to be drawn up again; a payslip that was shown is replaced, which
    the worker answers anew. Raises EntryNotFoundError, EntryWithdrawnError, PayslipAtBankError.
    """
    # Sheets before advances, as drawing up locks them; one drawn up in between is locked below.
    term_queries.lock_using_sheets(session, advance_id)
    advance = term_queries.lock_row(session, WageAdvance, project_id=project_id, row_id=advance_id)
    if advance.withdrawn_at is not None:
        raise EntryWithdrawnError
    advance.withdrawn_at, advance.withdrawn_by = at, principal.person_id
    advance.withdrawal = reason
    session.flush()
    _record(session, principal, "payroll.advance-withdrawn", advance, reason)
    replace_payslips(
        session,
        advance,
        term_queries.lock_using_sheets(session, advance_id),
        principal=principal,
        reason=reason,
        at=at,
        county_facts=county_facts,
    )
    return _view(session, [advance])[0]


def list_advances(session: Session, *, project_id: UUID, worker_id: UUID) -> list[AdvanceView]:
    """Return a worker's advances with what is left of them, newest first."""
    worker = term_queries.get_worker(session, project_id=project_id, worker_id=worker_id)
    advances = term_queries.list_advances(session, project_id=project_id, worker_id=worker.id)
    return _view(session, advances)


def list_own_advances(session: Session, *, person_id: UUID) -> list[AdvanceView]:
    """Return a person's advances on all projects, newest first."""
    return _view(session, term_queries.list_own_advances(session, person_id))


def _check_engaged(worker: ProjectWorker, paid_date: date) -> None:
    left = worker.left_date
    if paid_date < worker.entered_date or (left is not None and paid_date > left):
        raise AdvanceOutsideEngagementError(
            entered=worker.entered_date.isoformat(),
            left="" if left is None else f"、{left.isoformat()} 退场",
            left_en="" if left is None else f" and left on {left.isoformat()}",
        )


def _view(session: Session, advances: Sequence[WageAdvance]) -> list[AdvanceView]:
    taken = term_queries.sum_recoveries(session, [advance.id for advance in advances])
    return [AdvanceView(advance, taken.get(advance.id, 0)) for advance in advances]


def _record(
    session: Session, principal: Principal, action: str, advance: WageAdvance, reason: str
) -> None:
    audit.record(
        session,
        actor=principal,
        action=action,
        subject_kind="wage_advance",
        subject_id=advance.id,
        reason=reason,
        paid_date=advance.paid_date.isoformat(),
    )
