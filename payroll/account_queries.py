"""SELECTs about wage accounts, what they have to pay, and notices of their closing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.enums import PaySheetState, PayslipAnswerState
from core.wage_enums import AccountPurpose
from db.models import (
    PaySheet,
    Payslip,
    Project,
    ProjectWorker,
    WageAccountEntry,
)
from payroll.status_queries import is_owed, owed_fen, paid_fen


@dataclass(frozen=True, slots=True)
class UnpaidMonth:
    """What published payslips of a month still owe, in fen."""

    month: str
    due_date: date
    unpaid_fen: int


def find_latest_entry(session: Session, project_id: UUID) -> WageAccountEntry | None:
    """Return the last movement the bank told us of; its balance is the account's."""
    statement = (
        select(WageAccountEntry)
        .where(WageAccountEntry.project_id == project_id, _is_standing())
        .order_by(col(WageAccountEntry.booked_date).desc(), col(WageAccountEntry.id).desc())
        .limit(1)
    )
    return session.exec(statement).one_or_none()


def find_last_import(session: Session, project_id: UUID) -> datetime | None:
    """Return when the last statement that still counts was taken over."""
    statement = select(sa.func.max(col(WageAccountEntry.created_at))).where(
        WageAccountEntry.project_id == project_id, _is_standing()
    )
    return session.exec(statement).one()


def list_imported(
    session: Session, project_id: UUID, *, imported_at: datetime
) -> list[WageAccountEntry]:
    """Return the lines of a statement that still counts."""
    statement = select(WageAccountEntry).where(
        WageAccountEntry.project_id == project_id,
        WageAccountEntry.created_at == imported_at,
        _is_standing(),
    )
    return list(session.exec(statement))


def map_entries(
    session: Session, project_id: UUID, references: Collection[str]
) -> dict[str, WageAccountEntry]:
    """Return which of these movements are known, by the bank's number."""
    statement = select(WageAccountEntry).where(
        WageAccountEntry.project_id == project_id,
        _is_standing(),
        col(WageAccountEntry.reference).in_(references),
    )
    return {entry.reference: entry for entry in session.exec(statement)}


def sum_labour_costs(session: Session, project_id: UUID, *, since: date) -> int:
    """Return how much 人工费 came in since a day, in fen."""
    statement = select(sa.func.coalesce(sa.func.sum(WageAccountEntry.inflow_fen), 0)).where(
        WageAccountEntry.project_id == project_id,
        _is_standing(),
        WageAccountEntry.purpose == AccountPurpose.LABOUR_COST,
        col(WageAccountEntry.booked_date) >= since,
    )
    return int(session.exec(statement).one())


def list_unpaid_months(session: Session, project_id: UUID) -> list[UnpaidMonth]:
    """Return what no bank has paid, promised remainders included, oldest month first."""
    open_fen = sa.func.sum(owed_fen() - paid_fen())
    statement = (
        select(Payslip.month, sa.func.min(Payslip.due_date), open_fen)
        .where(Payslip.project_id == project_id, is_owed())
        .group_by(col(Payslip.month))
        .order_by(col(Payslip.month))
    )
    return [UnpaidMonth(month, due, int(fen)) for month, due, fen in session.exec(statement)]


def list_projects_due(session: Session, *, until: date) -> list[Project]:
    """Return the projects with a statement on record and unpaid wages due by a day."""
    due = select(Payslip.project_id).where(is_owed(), col(Payslip.due_date) <= until)
    known = select(WageAccountEntry.project_id).where(_is_standing())
    statement = select(Project).where(col(Project.id).in_(due), col(Project.id).in_(known))
    return list(session.exec(statement.order_by(col(Project.id))))


def count_disputes(session: Session, project_id: UUID) -> int:
    """Return how many current payslips their workers say are wrong."""
    statement = (
        select(sa.func.count())
        .select_from(Payslip)
        .where(
            Payslip.project_id == project_id,
            col(Payslip.is_current),
            Payslip.answer_state == PayslipAnswerState.DISPUTED,
        )
    )
    return session.exec(statement).one()


def count_drafts(session: Session, project_id: UUID) -> int:
    """Return how many pay sheets nobody has published."""
    statement = (
        select(sa.func.count())
        .select_from(PaySheet)
        .where(PaySheet.project_id == project_id, PaySheet.state == PaySheetState.DRAFT)
    )
    return session.exec(statement).one()


def list_workers(session: Session, project_id: UUID) -> list[UUID]:
    """Return everybody who is or was a worker of a project."""
    statement = select(ProjectWorker.person_id).where(ProjectWorker.project_id == project_id)
    return list(session.exec(statement.order_by(col(ProjectWorker.id))))


def _is_standing() -> sa.ColumnElement[bool]:
    return col(WageAccountEntry.withdrawn_at).is_(None)
