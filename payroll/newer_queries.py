"""What was entered, withdrawn, agreed or reopened since a draft pay sheet was drawn up.

Ids grow with time, so what has a larger id than a worker's line was made after it.
"""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from core.clock import ONE_DAY, month_start, next_month
from core.enums import SheetState
from core.pay_enums import PayEntryKind
from core.sheet_enums import SheetAct
from db.models import (
    AdvanceRecovery,
    AgreedTerms,
    AttendanceSheet,
    AttendanceSheetAct,
    Contract,
    PayEntry,
    PaySheet,
    Payslip,
    Person,
    ProjectWorker,
    WageAdvance,
)
from payroll.deductions import NEEDS_CONSENT
from payroll.newer import Newer, NewerKind


def list_newer(session: Session, sheet: PaySheet) -> list[Newer]:
    """Return what drawing the draft up again would change, by kind and worker."""
    lines = (
        sa.select(col(Payslip.project_worker_id).label("worker_id"), col(Payslip.id))
        .where(col(Payslip.pay_sheet_id) == sheet.id, col(Payslip.is_current))
        .cte("lines")
    )
    last = next_month(month_start(sheet.month)) - ONE_DAY
    parts = (
        _attendance(sheet, lines),
        _entries(sheet, lines),
        _since(lines, WageAdvance, NewerKind.ADVANCE).where(
            col(WageAdvance.withdrawn_at).is_(None), col(WageAdvance.paid_date) <= last
        ),
        _since(lines, AgreedTerms, NewerKind.TERMS).where(col(AgreedTerms.from_date) <= last),
        _since(lines, Contract, NewerKind.CONTRACT).where(col(Contract.start_date) <= last),
        *_withdrawn(sheet),
    )
    found = sa.union(*parts).subquery()
    statement = (
        sa.select(found.c.kind, col(Person.name))
        .outerjoin(ProjectWorker, col(ProjectWorker.id) == found.c.worker_id)
        .outerjoin(Person, col(Person.id) == ProjectWorker.person_id)
        .order_by(found.c.kind, found.c.worker_id)
    )
    return [Newer(NewerKind(kind), name) for kind, name in session.execute(statement)]


def _kind(kind: NewerKind) -> sa.ColumnElement[str]:
    return sa.literal(kind.value, sa.Text).label("kind")


def _attendance(sheet: PaySheet, lines: sa.CTE) -> sa.Select[Any, Any]:
    drawn_up = sa.select(lines.c.id).order_by(lines.c.id).limit(1).scalar_subquery()
    locked_anew = sa.exists().where(
        col(AttendanceSheetAct.project_id) == sheet.project_id,
        col(AttendanceSheetAct.sheet_id) == AttendanceSheet.id,
        col(AttendanceSheetAct.act) == SheetAct.LOCKED,
        col(AttendanceSheetAct.id) > drawn_up,
    )
    return sa.select(_kind(NewerKind.ATTENDANCE), sa.null().cast(sa.Uuid).label("worker_id")).where(
        col(AttendanceSheet.id) == sheet.attendance_sheet_id,
        (col(AttendanceSheet.state) != SheetState.LOCKED) | locked_anew,
    )


def _entries(sheet: PaySheet, lines: sa.CTE) -> sa.Select[Any, Any]:
    """Return what waits to be counted; an imported line leaves older measured work out."""
    kind, has_line = col(PayEntry.kind), lines.c.id.is_not(None)
    is_settled = col(PayEntry.agreed_at).is_not(None) | col(PayEntry.deduction_kind).not_in(
        NEEDS_CONSENT
    )
    waits = sa.or_(
        has_line & (kind == PayEntryKind.SUPPLEMENT),
        has_line & (kind == PayEntryKind.PIECE) & (col(PayEntry.id) > lines.c.id),
        has_line & (kind == PayEntryKind.DEDUCTION) & is_settled,
        ~has_line
        & (kind != PayEntryKind.DEDUCTION)
        & (col(ProjectWorker.team_id) == sheet.team_id),
    )
    return (
        sa.select(sa.cast(kind, sa.Text), col(PayEntry.project_worker_id))
        .join(ProjectWorker, col(ProjectWorker.id) == PayEntry.project_worker_id)
        .outerjoin(lines, lines.c.worker_id == PayEntry.project_worker_id)
        .where(
            col(PayEntry.project_id) == sheet.project_id,
            col(PayEntry.month) == sheet.month,
            col(PayEntry.pay_sheet_id).is_(None),
            col(PayEntry.withdrawn_at).is_(None),
            waits,
        )
    )


def _since(lines: sa.CTE, table: type[Any], kind: NewerKind) -> sa.Select[Any, Any]:
    return sa.select(_kind(kind), lines.c.worker_id).join(
        table, sa.and_(table.project_worker_id == lines.c.worker_id, table.id > lines.c.id)
    )


def _withdrawn(sheet: PaySheet) -> tuple[sa.Select[Any, Any], ...]:
    kind = _kind(NewerKind.WITHDRAWN)
    entries = sa.select(kind, col(PayEntry.project_worker_id)).where(
        col(PayEntry.pay_sheet_id) == sheet.id, col(PayEntry.withdrawn_at).is_not(None)
    )
    advances = (
        sa.select(kind, col(WageAdvance.project_worker_id))
        .join(AdvanceRecovery, col(AdvanceRecovery.advance_id) == WageAdvance.id)
        .where(
            col(AdvanceRecovery.pay_sheet_id) == sheet.id,
            col(WageAdvance.withdrawn_at).is_not(None),
        )
    )
    return entries, advances
