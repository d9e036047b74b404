"""Reading whole wage tables in the order of their ids, a chunk in memory at a time."""

from collections.abc import Iterator
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.enums import PayBatchState
from db.base import Legible
from db.models import (
    AuditEntry,
    PayBatch,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
)

Banked = TypeVar("Banked", PayBatch, PayBatchRow)

CHUNK_ROWS = 2_000
CHUNK_FILES = 20
"""Each holds up to a thousand lines."""


def iterate_published_payslips(session: Session) -> Iterator[Payslip]:
    """Yield every version that workers were shown."""
    query = (
        select(Payslip)
        .join(PaySheet, col(PaySheet.id) == col(Payslip.pay_sheet_id))
        .where(col(PaySheet.published_at).is_not(None))
        .order_by(col(Payslip.id))
        .execution_options(yield_per=CHUNK_ROWS)
    )
    yield from session.exec(query)


def iterate_answers(session: Session) -> Iterator[PayslipAnswer]:
    """Yield every answer."""
    query = select(PayslipAnswer).order_by(col(PayslipAnswer.id))
    yield from session.exec(query.execution_options(yield_per=CHUNK_ROWS))


def iterate_received(session: Session) -> Iterator[PayslipReceived]:
    """Yield every word on the money."""
    query = select(PayslipReceived).order_by(col(PayslipReceived.id))
    yield from session.exec(query.execution_options(yield_per=CHUNK_ROWS))


def iterate_bank_rows(session: Session) -> Iterator[PayBatchRow]:
    """Yield every line of every bank file; `account` is None where it cannot be opened."""
    yield from _iterate_legible(session, PayBatchRow, "account", CHUNK_ROWS)


def iterate_batches(session: Session) -> Iterator[PayBatch]:
    """Yield every bank file; `file` is None where it cannot be opened."""
    yield from _iterate_legible(session, PayBatch, "file", CHUNK_FILES)


def list_not_released_by_two(session: Session) -> list[UUID]:
    """Return the released files without the acts of two people on just these lines.

    The database refuses them at commit (migration 0027), unless somebody switched that off.
    """
    lines = (
        select(PayBatchRow.batch_id)
        .where(
            col(PayBatchRow.project_id) == PayBatch.project_id,
            col(PayBatchRow.batch_id) == PayBatch.id,
        )
        .group_by(col(PayBatchRow.batch_id))
        .having(
            sa.func.count() == PayBatch.row_count,
            sa.func.sum(PayBatchRow.amount_fen) == PayBatch.total_fen,
        )
    )
    detail = col(AuditEntry.detail)
    released = _acts("payroll.pay-batch-released").where(
        col(AuditEntry.actor_id) == PayBatch.decided_by,
        detail["file_hash"].astext == PayBatch.file_hash,
        detail["row_count"].astext == sa.cast(PayBatch.row_count, sa.Text),
        detail["total_fen"].astext == sa.cast(PayBatch.total_fen, sa.Text),
    )
    created = _acts("payroll.pay-batch-created").where(
        col(AuditEntry.actor_id) == PayBatch.created_by
    )
    query = select(PayBatch.id).where(
        PayBatch.state == PayBatchState.RELEASED,
        ~sa.and_(
            col(PayBatch.decided_by).is_distinct_from(PayBatch.created_by),
            created.exists(),
            released.exists(),
            lines.exists(),
        ),
    )
    return list(session.exec(query.order_by(col(PayBatch.id))))


def _acts(action: str) -> SelectOfScalar[UUID]:
    return select(AuditEntry.id).where(
        col(AuditEntry.subject_kind) == "pay_batch",
        col(AuditEntry.subject_id) == PayBatch.id,
        col(AuditEntry.action) == action,
    )


def _iterate_legible(
    session: Session, table: type[Banked], sealed: str, chunk: int
) -> Iterator[Banked]:
    column = getattr(table, sealed)
    query = (
        sa.select(table, sa.type_coerce(column, Legible(f"{table.__tablename__}.{sealed}")))
        .options(defer(column))
        .order_by(col(table.id))
        .execution_options(yield_per=chunk)
    )
    for row, opened in session.execute(query):
        set_committed_value(row, sealed, opened)
        yield row
