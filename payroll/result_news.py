"""Telling workers what a bank said of their wages: a job of its own, recorded with the answer."""

from uuid import UUID

from sqlmodel import Session

from db import outbox
from db.base import new_id
from db.models import PayBatch
from notifications.templates import Template
from payroll import batch_queries, rejections
from payroll.telling import News, tell_workers

TELL_RESULT = "payroll.tell_bank_result"
"""Name of the job that calls `tell_bank_result`."""


def enqueue_telling(session: Session, batch: PayBatch) -> None:
    """Have the workers told what a result file said, if and only if this transaction commits."""
    outbox.enqueue(
        session, TELL_RESULT, dedupe_key=f"{TELL_RESULT}:{new_id()}", batch_id=str(batch.id)
    )


def tell_bank_result(session: Session, *, batch_id: UUID) -> None:
    """Tell the worker of every line that the bank has decided, each once however often it runs."""
    decided = batch_queries.list_decided(session, batch_id)
    paid = [
        News(line.person_id, line.month, line.row_id) for line in decided if line.rejection is None
    ]
    bounced = [
        News(
            line.person_id,
            line.month,
            line.row_id,
            {"reason": rejections.explain_rejection(line.rejection).say},
        )
        for line in decided
        if line.rejection is not None
    ]
    for template, news in ((Template.WAGE_PAID, paid), (Template.WAGE_REJECTED, bounced)):
        tell_workers(session, template, news, project_id=decided[0].project_id)
