"""Use cases of bank files: draw one up from confirmed payslips, read it in a bank's format."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from sqlmodel import Session

from core.clock import local_date
from core.enums import PayBatchState, PayRowState
from core.masking import mask_card
from db.base import new_id
from db.models import PayBatch, PayBatchRow, PaySheet, Payslip, PayslipAnswer
from identity import audit
from identity.principal import Principal
from identity.service import UNMASK
from payroll import (
    attendance_changes,
    bank_order,
    bank_profiles,
    batch_queries,
    queries,
    rules,
    witnesses,
)
from payroll.bank_errors import (
    BatchNotReleasedError,
    CardChangedError,
    CardRejectedError,
    ConfirmationUnprovedError,
    LinesInBatchError,
    PayeeUnusableError,
    ReleaseUnprovedError,
)
from payroll.bank_order import Instruction, Order, clean_cell
from payroll.bank_profiles import PROFILES, ProfileName
from payroll.batch_queries import Bounce
from payroll.errors import NothingToPayError
from payroll.queries import Payee
from payroll.rejections import explain_rejection
from payroll.rules import SheetAction
from projects.queries import get_project

PURPOSE = "代发工资"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The names of workers a file could not take along, by the reason."""

    card_changed: list[str] = field(default_factory=list)
    """The card is not the one they confirmed: adjust, and let them confirm again."""
    card_rejected: list[str] = field(default_factory=list)
    """A bank said that the account is gone, and they have not named a card since."""
    unusable: list[str] = field(default_factory=list)
    """No bank's format can hold their name or bank as it is."""
    unproved: list[str] = field(default_factory=list)
    """Their answer was written into the table behind the product's back."""


@dataclass(frozen=True, slots=True)
class CreatedBatch:
    """A new batch, and what it could not take along."""

    batch: PayBatch
    left_out: LeftOut
    remaining_count: int
    """Payable lines beyond one file; ask for another batch."""


@dataclass(frozen=True, slots=True)
class _Sorted:
    """The payable lines by what can be done with them."""

    ready: list[tuple[Payslip, Instruction]] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)


def create_pay_batch(
    session: Session, *, principal: Principal, project_id: UUID, sheet_id: UUID, at: datetime
) -> CreatedBatch:
    """Draw up a file of up to 1,000 confirmed payslips; somebody else has to release it.

    A payslip is in one file at a time unless the bank rejected it or nobody released it. Only a
    card that the worker confirmed, or named in person, is paid to, and none that a bank has called
    closed. Raises SheetActionNotAllowedError before approval, NothingToPayError, and why everything
    waits: LinesInBatchError, CardChangedError, CardRejectedError, PayeeUnusableError,
    ConfirmationUnprovedError. What `attendance_changes.check_unchanged` raises where the
    attendance was reopened.
    """
    sheet = queries.lock_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    rules.next_state(sheet.state, SheetAction.INSTRUCT)
    attendance_changes.check_unchanged(session, sheet)
    found = _sort_payable(session, sheet)
    left_out = found.left_out
    proved = _list_proved(session, found)
    if not proved:
        _refuse(session, sheet, left_out)
    taken = proved[: bank_order.MAX_ROWS]
    order = _make_order(session, sheet, [instruction for _, instruction in taken], at)
    batch = _make_batch(session, principal, sheet, order, taken)
    session.add(batch)
    session.flush()
    rows = [
        _make_row(batch, slip, line)
        for (slip, _), line in zip(taken, order.instructions, strict=True)
    ]
    session.add_all(rows)
    witnesses.record_batch(session, batch, at=at)
    witnesses.record_bank_rows(session, rows, at=at)
    record_act(session, principal, "payroll.pay-batch-created", batch)
    remaining = len(found.ready) - len(left_out.unproved) - len(taken)
    return CreatedBatch(batch, left_out, remaining)


def read_bank_file(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reference: str,
    profile: ProfileName,
) -> bytes:
    """Return a released bank file in a bank's format, always the same bytes.

    It holds full numbers: the reading is recorded, and each worker finds it among the accesses.
    Raises BatchNotReleasedError, ReleaseUnprovedError, ProfileRowCountError, PayerMissingError.
    """
    sheet = queries.get_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    batch = batch_queries.get_pay_batch(session, sheet_id=sheet.id, reference=reference)
    check_released(session, batch)
    order = bank_order.read_order(batch.file, created_at=batch.created_at)
    content = bank_profiles.format_order(order, profile)
    record_act(session, principal, "payroll.bank-file-read", batch, profile=profile.value)
    _record_readings(session, principal, batch, profile)
    return content


def check_released(session: Session, batch: PayBatch) -> None:
    """Raise BatchNotReleasedError, or ReleaseUnprovedError when the product released no such file.

    What stands in the table could have been put there by hand; what the log says could not.
    """
    if batch.state is not PayBatchState.RELEASED:
        raise BatchNotReleasedError
    if not witnesses.is_batch_recorded(session, batch):
        raise ReleaseUnprovedError


def record_act(
    session: Session, principal: Principal, action: str, batch: PayBatch, **detail: str
) -> None:
    """Write the audit row of an act on a batch."""
    audit.record(
        session,
        actor=principal,
        action=action,
        subject_kind="pay_batch",
        subject_id=batch.id,
        reason=batch.reason or PURPOSE,
        reference=batch.reference,
        **detail,
    )


def _record_readings(
    session: Session, principal: Principal, batch: PayBatch, profile: ProfileName
) -> None:
    for _, payslip in batch_queries.list_batch_rows(session, batch.id):
        for shown in PROFILES[profile].fields:
            audit.record(
                session,
                actor=principal,
                action=UNMASK,
                subject_kind="person",
                subject_id=payslip.person_id,
                reason="下载代发工资的银行文件",
                field=shown.value,
                reference=batch.reference,
            )


def _list_proved(session: Session, found: _Sorted) -> list[tuple[Payslip, Instruction]]:
    """Return a file's worth of lines whose confirmations the log knows; the others are left out."""
    proved: list[tuple[Payslip, Instruction]] = []
    for start in range(0, len(found.ready), bank_order.MAX_ROWS):
        lines = found.ready[start : start + bank_order.MAX_ROWS]
        answers = queries.map_latest(session, PayslipAnswer, [slip.id for slip, _ in lines])
        unproved = witnesses.find_unrecorded_answers(session, answers.values())
        proved += [line for line in lines if line[0].id not in unproved]
        found.left_out.unproved.extend(_name_of(slip) for slip, _ in lines if slip.id in unproved)
        if len(proved) >= bank_order.MAX_ROWS:
            break
    return proved


def _sort_payable(session: Session, sheet: PaySheet) -> _Sorted:
    payable = batch_queries.lock_payable(session, sheet.id)
    payees = _lock_payees(session, sheet, payable)
    bounces = batch_queries.map_bounces(session, sheet.id)
    found = _Sorted()
    for slip in payable:
        payee = payees[slip.project_worker_id]
        instruction = _make_instruction(slip, payee)
        if not _is_card_agreed(slip, payee):
            found.left_out.card_changed.append(_name_of(slip))
        elif slip.id in bounces and _is_card_gone(payee, bounces[slip.id]):
            found.left_out.card_rejected.append(_name_of(slip))
        elif not bank_order.is_usable(instruction):
            found.left_out.unusable.append(_name_of(slip))
        else:
            found.ready.append((slip, instruction))
    return found


def _name_of(payslip: Payslip) -> str:
    return str(payslip.content["worker_name"])


def _lock_payees(
    session: Session, sheet: PaySheet, payslips: Sequence[Payslip]
) -> dict[UUID, Payee]:
    worker_ids = [payslip.project_worker_id for payslip in payslips]
    batch_queries.lock_workers(session, worker_ids)
    payees = queries.list_payees(session, worker_ids, team_id=sheet.team_id)
    return {payee.worker.id: payee for payee in payees}


def _is_card_agreed(payslip: Payslip, payee: Payee) -> bool:
    """Tell whether the worker agreed to the card (条例 §31): on the payslip, or by naming it."""
    shown: dict[str, Any] = payslip.content["payment_means"]
    card, bank_name = payee.worker.bank_card, payee.worker.bank_name
    if card is None:
        return False
    as_shown = (mask_card(card), bank_name) == (shown["account"], shown["bank_name"])
    return as_shown or payee.worker.card_chosen_at is not None


def _is_card_gone(payee: Payee, bounce: Bounce) -> bool:
    """Tell whether the bank called just this account closed and the worker named none since."""
    chosen_at, answered_at = payee.worker.card_chosen_at, bounce.answered_at
    is_named_since = chosen_at is not None and answered_at is not None and chosen_at > answered_at
    return (
        explain_rejection(bounce.rejection).needs_other_card
        and payee.worker.bank_card == bounce.account
        and not is_named_since
    )


def _refuse(session: Session, sheet: PaySheet, left_out: LeftOut) -> NoReturn:
    if left_out.unproved:
        raise ConfirmationUnprovedError(names="、".join(left_out.unproved))
    if left_out.card_changed:
        raise CardChangedError(names="、".join(left_out.card_changed))
    if left_out.card_rejected:
        raise CardRejectedError(names="、".join(left_out.card_rejected))
    if left_out.unusable:
        raise PayeeUnusableError(names="、".join(left_out.unusable))
    if references := batch_queries.list_open_references(session, sheet.id):
        raise LinesInBatchError(references="、".join(references))
    raise NothingToPayError


def _make_instruction(payslip: Payslip, payee: Payee) -> Instruction:
    return Instruction(
        row_number=0,
        name=clean_cell(payee.person.name),
        id_number=payee.person.id_number or "",
        account=payee.worker.bank_card or "",
        bank_name=clean_cell(payee.worker.bank_name or ""),
        bank_link_number=payee.worker.bank_link_number or "",
        amount_fen=payslip.net_fen,
    )


def _make_order(
    session: Session, sheet: PaySheet, instructions: Sequence[Instruction], at: datetime
) -> Order:
    return Order(
        # Random, so that a reference cannot be guessed from another project's.
        reference=f"AX{local_date(at):%Y%m%d}{secrets.token_hex(6).upper()}",
        project_code=get_project(session, sheet.project_id).code,
        payer=batch_queries.find_payer(session, project_id=sheet.project_id),
        drawn_up_at=at,
        instructions=tuple(
            replace(instruction, row_number=number)
            for number, instruction in enumerate(instructions, start=1)
        ),
    )


def _make_batch(
    session: Session,
    principal: Principal,
    sheet: PaySheet,
    order: Order,
    taken: Sequence[tuple[Payslip, Instruction]],
) -> PayBatch:
    file = bank_order.write_order(order)
    attempts = batch_queries.count_rejections(session, [slip.id for slip, _ in taken])
    lines = [
        (str(slip.id), line.account, str(line.amount_fen), str(attempts.get(slip.id, 0)))
        for slip, line in taken
    ]
    return PayBatch(
        id=new_id(),
        created_at=order.drawn_up_at,
        project_id=sheet.project_id,
        pay_sheet_id=sheet.id,
        reference=order.reference,
        row_count=len(order.instructions),
        total_fen=order.total_fen,
        file=file,
        file_hash=hashlib.sha256(file.encode()).hexdigest(),
        lines_hash=bank_order.compute_lines_hash(lines),
        created_by=principal.person_id,
        state=PayBatchState.DRAFTED,
    )


def _make_row(batch: PayBatch, payslip: Payslip, instruction: Instruction) -> PayBatchRow:
    return PayBatchRow(
        created_at=batch.created_at,
        project_id=batch.project_id,
        batch_id=batch.id,
        payslip_id=payslip.id,
        row_number=instruction.row_number,
        account=instruction.account,
        amount_fen=instruction.amount_fen,
        state=PayRowState.DRAFTED,
    )
