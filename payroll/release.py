"""Use cases of the second person: a bank file leaves only when somebody else releases it.

Released with a code texted for exactly this file: its hash, its rows, its total.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from core.clock import local_date
from core.enums import PayBatchState, PayRowState, Role
from core.money import to_yuan
from db.models import PayBatch, PayBatchRow, PaySheet, Payslip
from identity.principal import Principal
from identity.step_up import check_step_up, request_step_up
from notifications.templates import Template
from payroll import batch_queries, queries, rules, witnesses
from payroll.attendance_changes import check_unchanged
from payroll.bank import record_act
from payroll.bank_errors import (
    BatchCardChangedError,
    BatchDecidedError,
    SecondPersonRequiredError,
)
from payroll.batch_queries import UNDECIDED, WaitingBatch
from payroll.rules import SheetAction
from payroll.words import BATCH_NAMES


def may_release(session: Session, *, principal: Principal, project_id: UUID, at: datetime) -> bool:
    """Tell whether the caller is one of the two kinds of people who release a project's files."""
    if principal.role is Role.LABOUR_MANAGER:
        return principal.project_id == project_id
    return principal.employer_id is not None and batch_queries.is_general_contractor(
        session, project_id=project_id, employer_id=principal.employer_id, on=local_date(at)
    )


def list_waiting_batches(
    session: Session, *, principal: Principal, before: UUID | None, limit: int, at: datetime
) -> list[WaitingBatch]:
    """Return the unreleased batches of the caller's project, or of the projects they build.

    One more than `limit` comes back when there is a next page.
    """
    return batch_queries.list_waiting_batches(
        session,
        project_id=principal.project_id,
        employer_id=principal.employer_id,
        on=local_date(at),
        before=before,
        limit=limit + 1,
    )


def get_pay_batch(
    session: Session, *, project_id: UUID, sheet_id: UUID, reference: str
) -> tuple[PayBatch, list[tuple[PayBatchRow, Payslip]]]:
    """Return a batch with its lines; PaySheetNotFoundError, PayBatchNotFoundError."""
    sheet = queries.get_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    batch = batch_queries.get_pay_batch(session, sheet_id=sheet.id, reference=reference)
    return batch, batch_queries.list_batch_rows(session, batch.id)


def request_release_code(
    session: Session,
    valkey: Redis,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reference: str,
) -> None:
    """Text the second person a code for this very file.

    Raises BatchDecidedError, SecondPersonRequiredError, and the refusals of `request_step_up`.
    """
    batch, _ = get_pay_batch(session, project_id=project_id, sheet_id=sheet_id, reference=reference)
    _check_is_second(principal, batch)
    request_step_up(
        session,
        valkey,
        person_id=principal.person_id,
        subject=_describe_subject(batch),
        template=Template.RELEASE_CODE,
        values={"rows": str(batch.row_count), "total": to_yuan(batch.total_fen)},
    )


def release_pay_batch(
    session: Session,
    valkey: Redis,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reference: str,
    code: str,
    at: datetime,
) -> PayBatch:
    """Let the file go to the bank.

    Raises BatchDecidedError, SecondPersonRequiredError, StepUpCodeWrongError,
    BatchCardChangedError when a worker has named another card since, and what `check_unchanged`
    does when the attendance was reopened.
    """
    sheet, batch = _lock(session, project_id, sheet_id, reference)
    _check_is_second(principal, batch)
    check_unchanged(session, sheet)
    _check_cards(session, batch_queries.list_batch_rows(session, batch.id))
    subject = _describe_subject(batch)
    check_step_up(session, valkey, person_id=principal.person_id, subject=subject, code=code)
    let_go(session, sheet, batch, principal=principal, at=at)
    return batch


def let_go(
    session: Session, sheet: PaySheet, batch: PayBatch, *, principal: Principal, at: datetime
) -> None:
    """Record that somebody who has proved to be the second person released the file."""
    rows = [row for row, _ in batch_queries.list_batch_rows(session, batch.id)]
    _move_rows(session, rows, PayRowState.SUBMITTED, at)
    sheet.state = rules.next_state(sheet.state, SheetAction.INSTRUCT)
    _decide(batch, principal, PayBatchState.RELEASED, at)
    record_release(session, principal, batch, at=at)


def record_release(
    session: Session, principal: Principal, batch: PayBatch, *, at: datetime
) -> None:
    """Leave the traces without which the database takes no release and no file goes out."""
    witnesses.record_batch(session, batch, at=at)
    record_act(
        session,
        principal,
        "payroll.pay-batch-released",
        batch,
        file_hash=batch.file_hash,
        row_count=str(batch.row_count),
        total_fen=str(batch.total_fen),
    )


def is_release_forged(session: Session, batch: PayBatch) -> bool:
    """Tell whether the table calls a file released on which the product took no decision.

    A file that was released, and changed behind the product's back afterwards, is none of these:
    a bank may have paid on it.
    """
    return batch.state is PayBatchState.RELEASED and witnesses.is_only_drawn_up(session, batch)


def is_release_unproved(session: Session, batch: PayBatch) -> bool:
    """Tell whether the log does not bear out what the table says of a release."""
    return batch.state is PayBatchState.RELEASED and not witnesses.is_batch_recorded(session, batch)


def refuse_pay_batch(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reference: str,
    reason: str,
    at: datetime,
) -> PayBatch:
    """Refuse to release, as the second person; the lines may go into another file.

    Raises BatchDecidedError, SecondPersonRequiredError.
    """
    _, batch = _lock(session, project_id, sheet_id, reference)
    _check_is_second(principal, batch)
    _free(session, batch, at)
    _decide(batch, principal, PayBatchState.REFUSED, at)
    batch.reason = reason
    witnesses.record_batch(session, batch, at=at)
    record_act(session, principal, "payroll.pay-batch-refused", batch)
    return batch


def withdraw_pay_batch(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reference: str,
    reason: str,
    at: datetime,
) -> PayBatch:
    """Take back a file nobody has released; the lines may go into another. BatchDecidedError.

    Nobody has, either, where only the table says so: no such file ever left.
    """
    _, batch = _lock(session, project_id, sheet_id, reference)
    if not is_release_forged(session, batch):
        _check_is_drafted(batch)
    _free(session, batch, at)
    _decide(batch, principal, PayBatchState.WITHDRAWN, at)
    batch.reason = reason
    witnesses.record_batch(session, batch, at=at)
    record_act(session, principal, "payroll.pay-batch-withdrawn", batch)
    return batch


def _lock(
    session: Session, project_id: UUID, sheet_id: UUID, reference: str
) -> tuple[PaySheet, PayBatch]:
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    return sheet, batch_queries.lock_pay_batch(session, sheet_id=sheet.id, reference=reference)


def _check_is_drafted(batch: PayBatch) -> None:
    if batch.state is not PayBatchState.DRAFTED:
        raise BatchDecidedError(state=batch.state.value, said=BATCH_NAMES[batch.state])


def _check_is_second(principal: Principal, batch: PayBatch) -> None:
    _check_is_drafted(batch)
    if principal.person_id == batch.created_by:
        raise SecondPersonRequiredError


def _check_cards(session: Session, lines: Sequence[tuple[PayBatchRow, Payslip]]) -> None:
    worker_ids = [payslip.project_worker_id for _, payslip in lines]
    cards = {
        worker.id: worker.bank_card for worker in batch_queries.lock_workers(session, worker_ids)
    }
    changed = [
        str(payslip.content["worker_name"])
        for row, payslip in lines
        if cards[payslip.project_worker_id] != row.account
    ]
    if changed:
        raise BatchCardChangedError(names="、".join(changed))


def _describe_subject(batch: PayBatch) -> str:
    """Return what a code is good for: this file as it is."""
    return f"release|{batch.reference}|{batch.file_hash}|{batch.row_count}|{batch.total_fen}"


def _free(session: Session, batch: PayBatch, at: datetime) -> None:
    rows = [row for row, _ in batch_queries.list_batch_rows(session, batch.id)]
    undecided = [row for row in rows if row.state in UNDECIDED]
    _move_rows(session, undecided, PayRowState.WITHDRAWN, at)


def _move_rows(
    session: Session, rows: Sequence[PayBatchRow], state: PayRowState, at: datetime
) -> None:
    for row in rows:
        row.state = state
    witnesses.record_bank_rows(session, rows, at=at)


def _decide(batch: PayBatch, principal: Principal, state: PayBatchState, at: datetime) -> None:
    batch.state = state
    batch.decided_at = at
    batch.decided_by = principal.person_id
