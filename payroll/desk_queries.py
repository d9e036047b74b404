"""SELECTs of what the labour manager's pages show beside one pay sheet: others, files, entries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from core.enums import PayslipAnswerState
from db.models import (
    PayBatch,
    PayBatchRow,
    PayEntry,
    PaySheet,
    Payslip,
    Person,
    ProjectWorker,
    WageAdvance,
)
from payroll.errors import PayslipNotFoundError
from payroll.queries import HELD


@dataclass(frozen=True, slots=True)
class SheetProgress:
    """A pay sheet and how many of its workers have answered what."""

    sheet: PaySheet
    answers: Mapping[PayslipAnswerState, int] = field(default_factory=dict)
    net_fen: int = 0

    @property
    def payslip_count(self) -> int:
        """How many payslips count now."""
        return sum(self.answers.values())


def list_progress(session: Session, *, project_id: UUID, since: str) -> list[SheetProgress]:
    """Return the project's pay sheets of the months from ``YYYY-MM`` on, with their answers."""
    sheets = session.exec(
        select(PaySheet).where(PaySheet.project_id == project_id, col(PaySheet.month) >= since)
    ).all()
    counts = sa.select(
        col(Payslip.pay_sheet_id),
        col(Payslip.answer_state),
        sa.func.count(),
        sa.func.sum(Payslip.net_fen),
    ).where(col(Payslip.pay_sheet_id).in_([sheet.id for sheet in sheets]), col(Payslip.is_current))
    answers: dict[UUID, dict[PayslipAnswerState, int]] = {sheet.id: {} for sheet in sheets}
    sums = dict.fromkeys(answers, 0)
    grouped = counts.group_by(col(Payslip.pay_sheet_id), col(Payslip.answer_state))
    for sheet_id, state, count, net_fen in session.execute(grouped):
        answers[sheet_id][state] = count
        sums[sheet_id] += int(net_fen)
    return [SheetProgress(sheet, answers[sheet.id], sums[sheet.id]) for sheet in sheets]


def list_batches(session: Session, sheet_id: UUID) -> list[PayBatch]:
    """Return the bank files of a pay sheet, newest first, without what is in them."""
    statement = (
        select(PayBatch)
        .options(defer(col(PayBatch.file)))  # type: ignore[arg-type]  # a column is both
        .where(PayBatch.pay_sheet_id == sheet_id)
        .order_by(col(PayBatch.id).desc())
    )
    return list(session.exec(statement))


def list_held(session: Session, sheet_id: UUID) -> set[UUID]:
    """Return the payslips of a sheet that are in a file which goes, or went, to a bank."""
    statement = (
        select(PayBatchRow.payslip_id)
        .join(Payslip, col(Payslip.id) == PayBatchRow.payslip_id)
        .where(Payslip.pay_sheet_id == sheet_id, col(PayBatchRow.state).in_(HELD))
    )
    return set(session.exec(statement))


def get_payslip(session: Session, *, project_id: UUID, payslip_id: UUID) -> Payslip:
    """Return a payslip of the project, also an earlier version, or raise PayslipNotFoundError."""
    payslip = session.get(Payslip, payslip_id)
    if payslip is None or payslip.project_id != project_id:
        raise PayslipNotFoundError
    return payslip


def list_members(
    session: Session, *, project_id: UUID, team_id: UUID
) -> list[tuple[ProjectWorker, Person]]:
    """Return everybody who is or was in a team of the project, by name."""
    statement = (
        select(ProjectWorker, Person)
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .where(ProjectWorker.project_id == project_id, ProjectWorker.team_id == team_id)
        .order_by(col(Person.name), col(ProjectWorker.id))
    )
    return list(session.exec(statement))


def list_entries(session: Session, worker_ids: Collection[UUID], *, month: str) -> list[PayEntry]:
    """Return what was entered for these workers' month, withdrawn or not, newest first."""
    statement = (
        select(PayEntry)
        .where(col(PayEntry.project_worker_id).in_(worker_ids), PayEntry.month == month)
        .order_by(col(PayEntry.id).desc())
    )
    return list(session.exec(statement))


def list_advances(
    session: Session, worker_ids: Collection[UUID], *, first: date, last: date
) -> list[WageAdvance]:
    """Return what was paid ahead to these workers on these days, withdrawn or not, newest first."""
    statement = (
        select(WageAdvance)
        .where(
            col(WageAdvance.project_worker_id).in_(worker_ids),
            col(WageAdvance.paid_date).between(first, last),
        )
        .order_by(col(WageAdvance.id).desc())
    )
    return list(session.exec(statement))
