"""The parts of an evidence bundle that the platform knows of a worker who complains."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col

from core.case_enums import Disclosure
from core.clock import local_date
from core.money import to_yuan
from db.models import (
    Contract,
    PayBatchRow,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
    Person,
    WorkDay,
)
from evidence.bundles import Level, Part, make_part
from identity.queries import get_person
from payroll import arrears, arrears_queries, complaint_queries

LOOK_BACK = timedelta(days=731)
"""Two years: what a complaint may reach back to (劳动保障监察条例 §20)."""
ARREARS_RULE = (
    "应付工资减去银行确认到账的部分；自法定发薪日（遇休息日提前，条例 §14）次日起算逾期；"
    "部分支付的，余额继续计算（条例 §12）"
)


def gather_parts(
    session: Session,
    *,
    person_id: UUID,
    project_id: UUID,
    disclosure: Disclosure,
    at: datetime,
) -> list[Part]:
    """Return person, contracts, graded days, payslips with answers, payments and arrears.

    Of who stays anonymous nothing is gathered: any of it would lead to them.
    """
    worker = complaint_queries.find_worker(session, project_id=project_id, person_id=person_id)
    if disclosure is Disclosure.ANONYMOUS or worker is None:
        return []
    payslips = complaint_queries.list_payslips(session, worker.id)
    ids = [payslip.id for payslip in payslips]
    days = complaint_queries.list_days(session, worker.id, since=local_date(at) - LOOK_BACK)
    rows = complaint_queries.list_bank_rows(session, ids)
    answers = complaint_queries.list_answers(session, ids)
    received = complaint_queries.list_received(session, ids)
    contracts = complaint_queries.list_contracts(session, worker.id)
    return [
        make_part("person.json", _name(get_person(session, person_id)), Level.IDENTITY),
        make_part("contracts.json", {"contracts": [_agree(one) for one in contracts]}),
        make_part("days.json", {"days": [_grade(day) for day in days]}),
        make_part(
            "payslips.json",
            {"payslips": _tell_payslips(payslips, answers, received)},
            Level.IDENTITY,
        ),
        make_part("payments.json", {"payments": _tell_payments(payslips, rows)}),
        make_part("arrears.json", _tell_arrears(session, person_id, project_id, at)),
    ]


def _name(person: Person) -> dict[str, Any]:
    return {"name": person.name, "id_number": person.id_number, "phone": person.phone}


def _agree(contract: Contract) -> dict[str, Any]:
    return {
        "kind": contract.kind.value,
        "start_date": contract.start_date.isoformat(),
        "end_date": contract.end_date and contract.end_date.isoformat(),
        "pay_basis": contract.pay_basis.value,
        "unit_price": to_yuan(contract.unit_price_fen),
        "payday": contract.payday,
    }


def _grade(day: WorkDay) -> dict[str, Any]:
    return {
        "date": day.work_date.isoformat(),
        "minutes": day.minutes,
        "units": day.units,
        "state": day.state.value,
        "grades": day.grades,
    }


def _tell_payslips(
    payslips: Iterable[Payslip],
    answers: Iterable[PayslipAnswer],
    received: Iterable[PayslipReceived],
) -> list[dict[str, Any]]:
    said = {answer.payslip_id: answer for answer in answers}
    arrived = {word.payslip_id: word.received for word in received}
    return [
        {
            "month": payslip.month,
            "version": payslip.version,
            "is_current": payslip.is_current,
            "content": payslip.content,
            "content_hash": payslip.content_hash,
            "answer": payslip.answer_state.value,
            "reason": said[payslip.id].reason if payslip.id in said else None,
            "receipt": said[payslip.id].receipt if payslip.id in said else None,
            "worker_says_received": arrived.get(payslip.id),
        }
        for payslip in payslips
    ]


def _tell_payments(
    payslips: Iterable[Payslip], rows: Iterable[PayBatchRow]
) -> list[dict[str, Any]]:
    months = {payslip.id: payslip.month for payslip in payslips}
    return [
        {
            "month": months[row.payslip_id],
            "amount": to_yuan(row.amount_fen),
            "state": row.state.value,
            "settled_date": row.settled_date and row.settled_date.isoformat(),
        }
        for row in rows
    ]


def _tell_arrears(
    session: Session, person_id: UUID, project_id: UUID, at: datetime
) -> dict[str, Any]:
    on = local_date(at)
    whose = (col(Payslip.person_id) == person_id) & (col(Payslip.project_id) == project_id)
    wages = arrears_queries.list_late_wages(session, whose, before=on)
    return {
        "rule": ARREARS_RULE,
        "counted_to": on.isoformat(),
        "arrears": [
            {
                "month": late.wage.month,
                "due_date": late.wage.due_date.isoformat(),
                "days_late": late.days_late,
                "open": None if late.open_fen is None else to_yuan(late.open_fen),
                "paid": [to_yuan(payment.amount_fen) for payment in late.wage.payments],
            }
            for late in arrears.list_arrears(wages, on=on)
        ],
    }
