"""Every SELECT and conditional write about terms, entries and advances, and the days behind pay."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from core.enums import PaySheetState, WorkDayState
from core.pay_enums import PayEntryKind
from db.models import (
    AdvanceRecovery,
    AgreedTerms,
    Contract,
    PayEntry,
    PaySheet,
    Payslip,
    ProjectWorker,
    WageAdvance,
    WorkDay,
)
from payroll.deductions import OpenAdvance
from payroll.pay_rules import WorkedDay
from payroll.term_errors import EntryNotFoundError, WorkerNotFoundError

OfWorker = TypeVar("OfWorker", AgreedTerms, Contract, PayEntry, WageAdvance)
Withdrawable = TypeVar("Withdrawable", PayEntry, WageAdvance)


def get_worker(session: Session, *, project_id: UUID, worker_id: UUID) -> ProjectWorker:
    """Return somebody who is or was on the project or raise WorkerNotFoundError."""
    worker = session.get(ProjectWorker, worker_id)
    if worker is None or worker.project_id != project_id:
        raise WorkerNotFoundError
    return worker


def map_contracts(session: Session, worker_ids: Collection[UUID]) -> dict[UUID, list[Contract]]:
    """Return all contracts of each worker, oldest first."""
    statement = (
        select(Contract)
        .where(col(Contract.project_worker_id).in_(worker_ids))
        .order_by(col(Contract.start_date))
    )
    return _by_worker(session.exec(statement))


def map_agreed_terms(
    session: Session, worker_ids: Collection[UUID]
) -> dict[UUID, list[AgreedTerms]]:
    """Return what was agreed with each worker beside the contract, oldest first."""
    statement = (
        select(AgreedTerms)
        .where(col(AgreedTerms.project_worker_id).in_(worker_ids))
        .order_by(col(AgreedTerms.from_date))
    )
    return _by_worker(session.exec(statement))


def find_last_published_month(session: Session, worker_id: UUID) -> str | None:
    """Return the latest month the worker was shown a payslip for."""
    statement = (
        select(func.max(Payslip.month))
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(Payslip.project_worker_id == worker_id, PaySheet.state != PaySheetState.DRAFT)
    )
    month: str | None = session.scalars(statement).one()
    return month


def map_work_days(
    session: Session, worker_ids: Collection[UUID], *, first: date, last: date
) -> dict[UUID, list[WorkedDay]]:
    """Return the folded days of each worker from `first` to `last`, in order."""
    statement = (
        select(WorkDay)
        .where(
            col(WorkDay.project_worker_id).in_(worker_ids),
            col(WorkDay.work_date).between(first, last),
        )
        .order_by(col(WorkDay.work_date))
    )
    days: dict[UUID, list[WorkedDay]] = defaultdict(list)
    for day in session.exec(statement):
        is_unclear = day.state is WorkDayState.NEEDS_CONFIRMATION
        worked = WorkedDay(
            day.work_date, day.units, day.minutes, day.overtime_minutes, is_unclear=is_unclear
        )
        days[day.project_worker_id].append(worked)
    return days


def list_entered_workers(session: Session, *, team_id: UUID, month: str) -> list[UUID]:
    """Return members of the team for whom something to pay was entered, worked or not."""
    statement = (
        select(PayEntry.project_worker_id)
        .join(ProjectWorker, col(ProjectWorker.id) == PayEntry.project_worker_id)
        .where(
            ProjectWorker.team_id == team_id,
            PayEntry.month == month,
            PayEntry.kind != PayEntryKind.DEDUCTION,
            col(PayEntry.withdrawn_at).is_(None),
        )
        .distinct()
    )
    return list(session.exec(statement))


def lock_entries(
    session: Session, worker_ids: Collection[UUID], *, month: str, sheet_id: UUID
) -> dict[UUID, list[PayEntry]]:
    """Return what was entered for these workers' month and counts on no other sheet, locked."""
    statement = (
        select(PayEntry)
        .where(
            col(PayEntry.project_worker_id).in_(worker_ids),
            PayEntry.month == month,
            col(PayEntry.withdrawn_at).is_(None),
            or_(col(PayEntry.pay_sheet_id).is_(None), col(PayEntry.pay_sheet_id) == sheet_id),
        )
        .order_by(col(PayEntry.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return _by_worker(session.exec(statement))


def lock_open_advances(
    session: Session, worker_ids: Collection[UUID], *, until: date, sheet_id: UUID
) -> dict[UUID, list[OpenAdvance]]:
    """Return what other sheets have left of these workers' advances paid by a day, locked.

    What other sheets took is read after the lock, so two sheets never take the same yuan.
    """
    statement = (
        select(WageAdvance)
        .where(
            col(WageAdvance.project_worker_id).in_(worker_ids),
            WageAdvance.paid_date <= until,
            col(WageAdvance.withdrawn_at).is_(None),
        )
        .order_by(col(WageAdvance.id))
        .with_for_update()
    )
    advances = session.exec(statement).all()
    taken = sum_recoveries(session, [each.id for each in advances], but_of=sheet_id)
    return {
        worker_id: [
            OpenAdvance(each.id, each.paid_date, each.amount_fen - taken.get(each.id, 0))
            for each in theirs
        ]
        for worker_id, theirs in _by_worker(advances).items()
    }


def sum_recoveries(
    session: Session, advance_ids: Collection[UUID], *, but_of: UUID | None = None
) -> dict[UUID, int]:
    """Return how much pay sheets took off each advance, in fen; one sheet may be left out."""
    statement = (
        select(AdvanceRecovery.advance_id, func.sum(AdvanceRecovery.amount_fen))
        .where(col(AdvanceRecovery.advance_id).in_(advance_ids))
        .group_by(col(AdvanceRecovery.advance_id))
    )
    if but_of is not None:
        statement = statement.where(AdvanceRecovery.pay_sheet_id != but_of)
    return {row[0]: int(row[1]) for row in session.exec(statement)}


def forget_use(session: Session, *, sheet_id: UUID, worker_id: UUID | None = None) -> None:
    """Let go of the entries and advances that a sheet, or one worker's line on it, uses up."""
    used = update(PayEntry).where(col(PayEntry.pay_sheet_id) == sheet_id).values(pay_sheet_id=None)
    taken = delete(AdvanceRecovery).where(col(AdvanceRecovery.pay_sheet_id) == sheet_id)
    if worker_id is not None:
        theirs = select(WageAdvance.id).where(WageAdvance.project_worker_id == worker_id)
        used = used.where(col(PayEntry.project_worker_id) == worker_id)
        taken = taken.where(col(AdvanceRecovery.advance_id).in_(theirs))
    session.exec(used)
    session.exec(taken)


def claim_entries(session: Session, entry_ids: Collection[UUID], *, sheet_id: UUID) -> None:
    """Let these entries, which the caller has locked, count on a sheet and on no other."""
    session.exec(
        update(PayEntry).where(col(PayEntry.id).in_(entry_ids)).values(pay_sheet_id=sheet_id)
    )


def list_entries(
    session: Session, *, project_id: UUID, worker_id: UUID, month: str | None
) -> list[PayEntry]:
    """Return what was entered for a worker, newest first, of one month or all."""
    statement = (
        select(PayEntry)
        .where(PayEntry.project_id == project_id, PayEntry.project_worker_id == worker_id)
        .order_by(col(PayEntry.id).desc())
    )
    if month is not None:
        statement = statement.where(PayEntry.month == month)
    return list(session.exec(statement))


def list_own_entries(
    session: Session, person_id: UUID, *, month: str | None = None
) -> list[PayEntry]:
    """Return what was entered for a person on any project, newest first, of one month or all."""
    statement = (
        select(PayEntry)
        .join(ProjectWorker, col(ProjectWorker.id) == PayEntry.project_worker_id)
        .where(ProjectWorker.person_id == person_id)
        .order_by(col(PayEntry.id).desc())
    )
    if month is not None:
        statement = statement.where(PayEntry.month == month)
    return list(session.exec(statement))


def list_advances(session: Session, *, project_id: UUID, worker_id: UUID) -> list[WageAdvance]:
    """Return a worker's advances on a project, newest first."""
    statement = (
        select(WageAdvance)
        .where(WageAdvance.project_id == project_id, WageAdvance.project_worker_id == worker_id)
        .order_by(col(WageAdvance.id).desc())
    )
    return list(session.exec(statement))


def list_own_advances(session: Session, person_id: UUID) -> list[WageAdvance]:
    """Return a person's advances on all projects, newest first."""
    statement = (
        select(WageAdvance)
        .join(ProjectWorker, col(ProjectWorker.id) == WageAdvance.project_worker_id)
        .where(ProjectWorker.person_id == person_id)
        .order_by(col(WageAdvance.id).desc())
    )
    return list(session.exec(statement))


def lock_row(
    session: Session, table: type[Withdrawable], *, project_id: UUID, row_id: UUID
) -> Withdrawable:
    """Return the project's entry or advance with its row locked or raise EntryNotFoundError."""
    statement = (
        select(table)
        .where(table.id == row_id, table.project_id == project_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.exec(statement).one_or_none()
    if row is None:
        raise EntryNotFoundError
    return row


def lock_using_sheets(session: Session, row_id: UUID) -> list[PaySheet]:
    """Return the pay sheets that count an entry, or take off an advance, with their rows locked."""
    entry = select(PayEntry.pay_sheet_id).where(PayEntry.id == row_id)
    advance = select(AdvanceRecovery.pay_sheet_id).where(AdvanceRecovery.advance_id == row_id)
    statement = (
        select(PaySheet)
        .where(or_(col(PaySheet.id).in_(entry), col(PaySheet.id).in_(advance)))
        .order_by(col(PaySheet.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.exec(statement))


def list_shown_months(session: Session, worker: ProjectWorker) -> set[str]:
    """Return the months whose pay sheet the worker, or the worker's team, was shown."""
    theirs = select(Payslip.pay_sheet_id).where(Payslip.project_worker_id == worker.id)
    statement = select(PaySheet.month).where(
        PaySheet.project_id == worker.project_id,
        PaySheet.state != PaySheetState.DRAFT,
        or_(col(PaySheet.team_id) == worker.team_id, col(PaySheet.id).in_(theirs)),
    )
    return set(session.exec(statement))


def lock_own_entry(session: Session, *, person_id: UUID, entry_id: UUID) -> PayEntry:
    """Return the person's own entry with its row locked or raise EntryNotFoundError."""
    statement = (
        select(PayEntry)
        .join(ProjectWorker, col(ProjectWorker.id) == PayEntry.project_worker_id)
        .where(PayEntry.id == entry_id, ProjectWorker.person_id == person_id)
        .with_for_update(of=PayEntry)
        .execution_options(populate_existing=True)
    )
    entry = session.exec(statement).one_or_none()
    if entry is None:
        raise EntryNotFoundError
    return entry


def _by_worker(rows: Iterable[OfWorker]) -> dict[UUID, list[OfWorker]]:
    grouped: dict[UUID, list[OfWorker]] = defaultdict(list)
    for row in rows:
        grouped[row.project_worker_id].append(row)
    return grouped
