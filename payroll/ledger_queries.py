"""Every SELECT behind the employer's wage ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from core.enums import PaySheetState, PayslipAnswerState
from db.models import (
    PayBatch,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipAnswer,
    Person,
    ProjectWorker,
)
from payroll.arrears_queries import PaidSlip, line_of, map_payments
from payroll.queries import AT_BANK


@dataclass(frozen=True, slots=True)
class LedgerLine(PaidSlip):
    """One payslip with whoever it is about, and everything said about its money."""

    person: Person
    worker: ProjectWorker
    bank_row: PayBatchRow | None
    reference: str | None
    """Of the bank file its last line was in."""
    confirmed_at: datetime | None
    """When the worker confirmed it (条例 §31: 农民工本人签字)."""


def list_ledger(
    session: Session, *, project_id: UUID, first_month: str, last_month: str
) -> list[LedgerLine]:
    """Return the project's current published payslips of these months, by month and name."""
    statement = (
        sa.select(Payslip, Person, ProjectWorker)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .join(Person, col(Person.id) == Payslip.person_id)
        .join(ProjectWorker, col(ProjectWorker.id) == Payslip.project_worker_id)
        .where(
            col(Payslip.project_id) == project_id,
            col(Payslip.is_current),
            col(PaySheet.state) != PaySheetState.DRAFT,
            col(Payslip.month).between(first_month, last_month),
        )
        .order_by(col(Payslip.month), col(Person.name), col(Payslip.id))
    )
    rows = session.execute(statement).all()
    payments = map_payments(session, [line_of(row[0]) for row in rows])
    payslip_ids = [row[0].id for row in rows]
    sent = _map_bank_rows(session, payslip_ids)
    confirmed = _map_confirmed(session, payslip_ids)
    return [
        LedgerLine(
            payslip=payslip,
            person=person,
            worker=worker,
            bank_row=sent[payslip.id][0] if payslip.id in sent else None,
            reference=sent[payslip.id][1] if payslip.id in sent else None,
            payments=payments[line_of(payslip)],
            confirmed_at=confirmed.get(payslip.id),
        )
        for payslip, person, worker in rows
    ]


def _map_confirmed(session: Session, payslip_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Return when the workers confirmed these payslips."""
    statement = (
        sa.select(col(PayslipAnswer.payslip_id), col(PayslipAnswer.created_at))
        .where(
            col(PayslipAnswer.payslip_id).in_(payslip_ids),
            col(PayslipAnswer.state) == PayslipAnswerState.CONFIRMED,
        )
        .order_by(col(PayslipAnswer.id))
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _map_bank_rows(
    session: Session, payslip_ids: Sequence[UUID]
) -> dict[UUID, tuple[PayBatchRow, str]]:
    statement = (
        sa.select(PayBatchRow, col(PayBatch.reference))
        .join(PayBatch, col(PayBatch.id) == PayBatchRow.batch_id)
        .where(col(PayBatchRow.payslip_id).in_(payslip_ids), col(PayBatchRow.state).in_(AT_BANK))
        .order_by(col(PayBatchRow.id))
    )
    return {row.payslip_id: (row, reference) for row, reference in session.execute(statement)}
