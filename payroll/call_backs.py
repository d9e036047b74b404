"""Asking workers again who confirmed at a kiosk: a sample nobody can foresee, and busy witnesses.

The inspector of the county asks, never somebody of the site.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cases.desk_queries import list_inspectors
from core.calendar import WORKING_DAYS
from core.clock import day_start, local_date
from core.wage_enums import CallBackOutcome, CallBackReason
from db.models import CallBack, PayslipAnswer, WitnessStatement
from db.session import blind_index
from identity import audit
from identity.principal import Principal
from identity.queries import list_administrators
from notifications.service import Telling, notify_many
from notifications.templates import Template
from payroll import assisted_queries as queries
from payroll.assisted_queries import OpenCall
from payroll.telling import News, tell_workers

SAMPLE_PERCENT = 10
OFTEN = 5
"""Statements a month; from the next one on, each worker beside this witness is asked."""
CALL_DAYS = 3
"""Working days."""
SAMPLE = "call_back.sample"
SAMPLE_BYTES = 4


def open_call_back(
    session: Session, answer: PayslipAnswer, statement: WitnessStatement, *, at: datetime
) -> CallBack | None:
    """Ask for a call-back about a witnessed confirmation, if it is one of those to be asked."""
    month_began = day_start(local_date(at).replace(day=1))
    statements = queries.count_statements(session, statement.witness_id, since=month_began)
    drawn = blind_index(session, SAMPLE, str(answer.id))
    reason = choose_reason(drawn, statements=statements)
    if reason is None:
        return None
    call = CallBack(
        created_at=at,
        project_id=answer.project_id,
        answer_id=answer.id,
        reason=reason,
        due_date=WORKING_DAYS.add_working_days(local_date(at), CALL_DAYS).due_date,
    )
    session.flush()
    session.add(call)
    return call


def choose_reason(drawn: bytes, *, statements: int) -> CallBackReason | None:
    """Return why to ask again, or None; `drawn` is a keyed hash that nobody outside can foresee."""
    if statements > OFTEN:
        return CallBackReason.OFTEN
    share = int.from_bytes(drawn[:SAMPLE_BYTES]) / 256**SAMPLE_BYTES
    return CallBackReason.SAMPLE if share * 100 < SAMPLE_PERCENT else None


def report_call_back(
    session: Session,
    *,
    principal: Principal,
    call_id: UUID,
    outcome: CallBackOutcome,
    note: str,
    at: datetime,
) -> OpenCall:
    """Record what the worker said when asked again.

    "I did not confirm" lets the payslip wait for them again and alarms the county's inspectors
    and those who run the installation. CallBackNotFoundError outside the inspector's county.
    """
    call = queries.lock_open_call(session, county_code=principal.county_code or "", call_id=call_id)
    call.call.outcome = outcome
    call.call.note = note
    call.call.called_at = at
    call.call.called_by = principal.person_id
    if outcome is CallBackOutcome.DENIED:
        _take_back(session, call)
    audit.record(
        session,
        actor=principal,
        action="payroll.call-back-reported",
        subject_kind="payslip",
        subject_id=call.payslip.id,
        reason=note,
        outcome=outcome.value,
        witness_id=str(call.witness.id),
    )
    return call


def _take_back(session: Session, call: OpenCall) -> None:
    if queries.take_back(session, call.answer):
        payslip = call.payslip
        news = [News(payslip.person_id, payslip.month, call.call.id)]
        tell_workers(session, Template.CONFIRMATION_TAKEN_BACK, news, project_id=payslip.project_id)
    inspectors = [person.id for person in list_inspectors(session, [call.project.county_code])]
    alarmed = dict.fromkeys([*inspectors, *list_administrators(session)])
    tellings = [
        Telling(person_id, str(call.call.id), {"month": call.payslip.month})
        for person_id in alarmed
    ]
    notify_many(session, template=Template.CONFIRMATION_DENIED, tellings=tellings)
