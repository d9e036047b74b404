"""Reading whole wage tables in the order of their ids, a chunk in memory at a time."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from db.models import PayBatchRow, PaySheet, Payslip, PayslipAnswer, PayslipReceived

CHUNK_ROWS = 2_000


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
    """Yield every line of every bank file."""
    query = select(PayBatchRow).order_by(col(PayBatchRow.id))
    yield from session.exec(query.execution_options(yield_per=CHUNK_ROWS))
