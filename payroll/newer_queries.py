"""What was entered, withdrawn, agreed or reopened since a draft pay sheet was drawn up.

Ids grow with time, so what has a larger id than a worker's line was made after it.
"""

from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col, select

from core.clock import ONE_DAY, month_start, next_month
from core.enums import SheetState
from core.masking import mask_card
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


class ShownDays(NamedTuple):
    """What a current payslip says of the days worked."""

    project_worker_id: UUID
    worker_name: str
    work_time: dict[str, Any]


def share_attendance(session: Session, sheet: PaySheet) -> AttendanceSheet:
    """Return the attendance behind a pay sheet; nobody reopens it until the caller is done."""
    statement = (
        select(AttendanceSheet)
        .where(AttendanceSheet.id == sheet.attendance_sheet_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return session.exec(statement).one()


def list_shown_days(session: Session, sheet_id: UUID) -> list[ShownDays]:
    """Return the days that the sheet's current payslips show, by worker."""
    content = sa.type_coerce(Payslip.content, JSONB)
    statement = (
        sa.select(
            col(Payslip.project_worker_id), content["worker_name"].astext, content["work_time"]
        )
        .where(col(Payslip.pay_sheet_id) == sheet_id, col(Payslip.is_current))
        .order_by(col(Payslip.project_worker_id))
    )
    return [ShownDays._make(row) for row in session.execute(statement)]


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
    newer = [Newer(NewerKind(kind), name) for kind, name in session.execute(statement)]
    return newer + [Newer(NewerKind.CARD, name) for name in _list_changed_cards(session, sheet)]


def _list_changed_cards(session: Session, sheet: PaySheet) -> list[str]:
    """Return whose payslip shows another card; numbers are sealed, so no SELECT compares them."""
    means = sa.type_coerce(Payslip.content, JSONB)["payment_means"]
    statement = (
        sa.select(
            col(Person.name), means, col(ProjectWorker.bank_card), col(ProjectWorker.bank_name)
        )
        .join(ProjectWorker, col(ProjectWorker.id) == Payslip.project_worker_id)
        .join(Person, col(Person.id) == Payslip.person_id)
        .where(col(Payslip.pay_sheet_id) == sheet.id, col(Payslip.is_current))
        .order_by(col(Payslip.project_worker_id))
    )
    return [
        name
        for name, shown, card, bank in session.execute(statement)
        if _means(shown) != ((mask_card(card), bank) if card and bank else None)
    ]


def _means(shown: dict[str, str] | None) -> tuple[str, str] | None:
    return None if shown is None else (shown["account"], shown["bank_name"])


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
