"""What is known of one worker on one project, for the bundle that goes with a complaint."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from core.enums import PaySheetState
from db.models import (
    Contract,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
    ProjectWorker,
    WorkDay,
)


def find_worker(session: Session, *, project_id: UUID, person_id: UUID) -> ProjectWorker | None:
    """Return the person's place on the project."""
    statement = select(ProjectWorker).where(
        ProjectWorker.project_id == project_id, ProjectWorker.person_id == person_id
    )
    return session.exec(statement).first()


def list_contracts(session: Session, project_worker_id: UUID) -> list[Contract]:
    """Return what was agreed, oldest first."""
    statement = select(Contract).where(Contract.project_worker_id == project_worker_id)
    return list(session.exec(statement.order_by(col(Contract.start_date))))


def list_days(session: Session, project_worker_id: UUID, *, since: date) -> list[WorkDay]:
    """Return the days worked since a day, oldest first."""
    statement = select(WorkDay).where(
        WorkDay.project_worker_id == project_worker_id, WorkDay.work_date >= since
    )
    return list(session.exec(statement.order_by(col(WorkDay.work_date))))


def list_payslips(session: Session, project_worker_id: UUID) -> list[Payslip]:
    """Return every version of every published payslip, oldest first."""
    statement = (
        select(Payslip)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(
            Payslip.project_worker_id == project_worker_id,
            PaySheet.state != PaySheetState.DRAFT,
        )
    )
    return list(session.exec(statement.order_by(col(Payslip.month), col(Payslip.version))))


def list_answers(session: Session, payslip_ids: Collection[UUID]) -> list[PayslipAnswer]:
    """Return what the worker said to these payslips, oldest first."""
    statement = select(PayslipAnswer).where(col(PayslipAnswer.payslip_id).in_(payslip_ids))
    return list(session.exec(statement.order_by(col(PayslipAnswer.id))))


def list_bank_rows(session: Session, payslip_ids: Collection[UUID]) -> list[PayBatchRow]:
    """Return every try to pay these payslips, oldest first."""
    statement = select(PayBatchRow).where(col(PayBatchRow.payslip_id).in_(payslip_ids))
    return list(session.exec(statement.order_by(col(PayBatchRow.id))))


def list_received(session: Session, payslip_ids: Collection[UUID]) -> list[PayslipReceived]:
    """Return what the worker said about the money, oldest first."""
    statement = select(PayslipReceived).where(col(PayslipReceived.payslip_id).in_(payslip_ids))
    return list(session.exec(statement.order_by(col(PayslipReceived.id))))
