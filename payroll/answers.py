"""Use cases of the worker: read, confirm, dispute a payslip, say whether the money came.

The only module that makes a payslip `confirmed`, and only from the worker's own sign-in
(条例 §31), at a kiosk with a witness beside them: no timer, import or other person does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.enums import PayslipAnswerState
from core.keyring import Keyring
from db.base import new_id
from db.bulk import insert_rows
from db.models import (
    DisputeFile,
    DisputeReply,
    PayBatchRow,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
    WitnessStatement,
)
from evidence.receipts import issue_receipt
from identity.principal import Principal
from notifications.templates import Template
from notifications.webhooks.events import EventKind
from payroll import assisted, queries, rules, witnesses
from payroll.bank_errors import NotSentToBankError
from payroll.batch_queries import map_bank_rows
from payroll.call_backs import open_call_back
from payroll.errors import PayslipAnsweredError
from payroll.follow_up_queries import find_reply, list_dispute_files
from payroll.managers import tell_managers
from payroll.service import announce_payslip, tell_worker


@dataclass(frozen=True, slots=True)
class OwnPayslip:
    """A payslip as its worker sees it: both words on the money stand side by side."""

    payslip: Payslip
    answer: PayslipAnswer | None
    bank_row: PayBatchRow | None
    received: bool | None
    """What the worker said last about the money; None before they said anything."""
    reply: DisputeReply | None
    """What the labour manager said to a dispute."""
    files: tuple[DisputeFile, ...]
    """What the worker handed in with their latest answer."""

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.payslip.id


def list_payslips(
    session: Session, *, person_id: UUID, before: UUID | None, limit: int
) -> list[OwnPayslip]:
    """Return a page of current published payslips older than `before`, newest first.

    One more than `limit` comes back when there is a next page.
    """
    payslips = queries.list_own_payslips(session, person_id, before=before, limit=limit + 1)
    return _describe(session, payslips)


def get_payslip(session: Session, *, person_id: UUID, payslip_id: UUID) -> OwnPayslip:
    """Return the worker's own payslip, also an earlier version; PayslipNotFoundError otherwise."""
    payslip = queries.get_own_payslip(session, payslip_id=payslip_id, person_id=person_id)
    return _describe(session, [payslip])[0]


def confirm_payslip(
    session: Session,
    keyring: Keyring,
    *,
    principal: Principal,
    payslip_id: UUID,
    content_hash: str,
    at: datetime,
) -> PayslipAnswer:
    """Record that the worker agrees with exactly what was shown, and sign a receipt for it.

    Tapping twice gives the first receipt. Raises PayslipChangedError when `content_hash` is not
    the current content, PayslipAnsweredError after another answer, WitnessMissingError at a kiosk
    where nobody stands beside the worker.
    """
    rules.check_answered_in_person(principal, is_agreement=False)
    statement = assisted.get_statement(
        session, principal=principal, payslip_id=payslip_id, content_hash=content_hash, at=at
    )
    try:
        payslip = _take(session, principal, payslip_id, content_hash, PayslipAnswerState.CONFIRMED)
    except PayslipAnsweredError:
        if earlier := _find_confirmation(session, payslip_id, content_hash):
            return earlier
        raise
    answer = PayslipAnswer(
        id=new_id(),
        created_at=at,
        project_id=payslip.project_id,
        payslip_id=payslip.id,
        person_id=payslip.person_id,
        sign_in_family_id=principal.sign_in_family_id,
        state=PayslipAnswerState.CONFIRMED,
        content_hash=content_hash,
        fields=[],  # given, not drawn from its factory: that inspects the factory each time
        expected={},
        kiosk_id=principal.kiosk_id,
        statement_id=None if statement is None else statement.id,
    )
    answer.receipt = issue_receipt(keyring, _receipt_facts(answer, payslip, statement))
    insert_rows(session, PayslipAnswer, [answer.model_dump()])
    if statement is not None:
        open_call_back(session, answer, statement, at=at)
    witnesses.record_answer(session, answer, at=at)
    tell_worker(session, payslip, Template.PAYSLIP_CONFIRMED, event_id=answer.id)
    announce_payslip(session, payslip, EventKind.PAYSLIP_CONFIRMED, at=at)
    return answer


def dispute_payslip(
    session: Session,
    *,
    principal: Principal,
    payslip_id: UUID,
    reason: str,
    fields: Sequence[str],
    expected: Mapping[str, str] | None = None,
    at: datetime,
) -> PayslipAnswer:
    """Record that the worker says it is wrong, and which fields; only this line waits.

    `expected` says what a field should be, in the worker's words; naming one disputes it. Raises
    PayslipChangedError and PayslipAnsweredError as `confirm_payslip` does.
    """
    rules.check_answered_in_person(principal, is_agreement=False)
    shown = queries.get_own_payslip(session, payslip_id=payslip_id, person_id=principal.person_id)
    payslip = _take(session, principal, payslip_id, shown.content_hash, PayslipAnswerState.DISPUTED)
    answer = PayslipAnswer(
        created_at=at,
        project_id=payslip.project_id,
        payslip_id=payslip.id,
        person_id=payslip.person_id,
        sign_in_family_id=principal.sign_in_family_id,
        state=PayslipAnswerState.DISPUTED,
        content_hash=payslip.content_hash,
        kiosk_id=principal.kiosk_id,
        reason=reason,
        fields=list(dict.fromkeys([*fields, *(expected or ())])),
        expected=dict(expected or {}),
    )
    session.add(answer)
    witnesses.record_answer(session, answer, at=at)
    tell_worker(session, payslip, Template.PAYSLIP_DISPUTED, event_id=answer.id)
    announce_payslip(session, payslip, EventKind.PAYSLIP_DISPUTED, at=at)
    tell_managers(
        session,
        Template.DISPUTE_RAISED,
        project_id=payslip.project_id,
        month=payslip.month,
        at=at,
    )
    return answer


def report_received(
    session: Session, *, principal: Principal, payslip_id: UUID, received: bool, at: datetime
) -> PayslipReceived:
    """Record the worker's own word on the money; a later word stands beside the earlier ones.

    "Received" before any bank was told to pay is NotSentToBankError: wages go to the worker's own
    card (条例 §31), and a tap that stands for cash is what a payer would press for.
    """
    rules.check_answered_in_person(principal, is_agreement=received)
    payslip = queries.get_own_payslip(session, payslip_id=payslip_id, person_id=principal.person_id)
    if received and not map_bank_rows(session, [payslip.id]):
        raise NotSentToBankError
    report = PayslipReceived(
        created_at=at, project_id=payslip.project_id, payslip_id=payslip.id, received=received
    )
    session.add(report)
    witnesses.record_received(session, report, at=at)
    if not received:
        tell_managers(
            session,
            Template.MONEY_MISSING,
            project_id=payslip.project_id,
            month=payslip.month,
            at=at,
        )
    return report


def _find_confirmation(
    session: Session, payslip_id: UUID, content_hash: str
) -> PayslipAnswer | None:
    answer = queries.map_latest(session, PayslipAnswer, [payslip_id]).get(payslip_id)
    said = answer and (answer.state, answer.content_hash)
    return answer if said == (PayslipAnswerState.CONFIRMED, content_hash) else None


def _take(
    session: Session,
    principal: Principal,
    payslip_id: UUID,
    content_hash: str,
    state: PayslipAnswerState,
) -> Payslip:
    """Set the answer of the worker's own payslip, or raise why it cannot be given."""
    payslip = queries.get_own_payslip(session, payslip_id=payslip_id, person_id=principal.person_id)
    answerable = set(rules.ANSWERABLE)
    if _is_open_to_persuasion(session, payslip, state):
        answerable.add(PayslipAnswerState.DISPUTED)
    if not queries.answer_once(
        session, payslip, content_hash=content_hash, state=state, answerable=answerable
    ):
        session.refresh(payslip)
        is_as_shown = payslip.is_current and payslip.content_hash == content_hash
        raise rules.judge_refusal(is_as_shown=is_as_shown)
    return payslip


def _is_open_to_persuasion(session: Session, payslip: Payslip, state: PayslipAnswerState) -> bool:
    """Tell whether the worker, whose dispute the labour manager did not give way to, now agrees."""
    is_disputed = payslip.answer_state is PayslipAnswerState.DISPUTED
    is_agreeing = state is PayslipAnswerState.CONFIRMED
    return is_disputed and is_agreeing and find_reply(session, payslip.id) is not None


def _receipt_facts(
    answer: PayslipAnswer, payslip: Payslip, statement: WitnessStatement | None
) -> dict[str, Any]:
    """Return what the receipt says; no name and no amount, the hash stands for the content."""
    assistance = statement and {
        "kiosk": str(answer.kiosk_id),
        "witness": str(statement.witness_id),
        "witness_role": statement.witness_role.value,
        "witnessed_at": statement.created_at.isoformat(timespec="seconds"),
    }
    return {
        "sub": str(payslip.id),
        "jti": str(answer.id),
        "iat": int(answer.created_at.timestamp()),
        "answered_at": answer.created_at.isoformat(timespec="seconds"),
        "answer": answer.state.value,
        "content_hash": answer.content_hash,
        "month": payslip.month,
        "version": payslip.version,
        **({"assisted": assistance} if assistance else {}),
    }


def _describe(session: Session, payslips: Sequence[Payslip]) -> list[OwnPayslip]:
    payslip_ids = [payslip.id for payslip in payslips]
    answers = queries.map_latest(session, PayslipAnswer, payslip_ids)
    rows = map_bank_rows(session, payslip_ids)
    words = queries.map_latest(session, PayslipReceived, payslip_ids)
    replies = queries.map_latest(session, DisputeReply, payslip_ids)
    files = list_dispute_files(session, [answer.id for answer in answers.values()])
    return [
        OwnPayslip(
            payslip=payslip,
            answer=answers.get(payslip.id),
            bank_row=rows.get(payslip.id),
            received=words[payslip.id].received if payslip.id in words else None,
            reply=replies.get(payslip.id),
            files=tuple(file for file in files if file.payslip_id == payslip.id),
        )
        for payslip in payslips
    ]
