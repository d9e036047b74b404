"""Use case of the worker: complain about wages with everything already filled in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from cases.service import FiledComplaint, file_complaint
from core.clock import local_date
from core.enums import ComplaintKind, Disclosure, PayRowState
from core.keyring import Keyring
from core.money import to_yuan
from evidence.canonical import content_hash
from evidence.receipts import issue_receipt
from identity.principal import Principal
from identity.queries import get_person
from payroll import answers, queries
from payroll.answers import OwnPayslip
from payroll.errors import ProjectUnclearError
from projects.queries import get_project, list_current_projects

PAYSLIP = "payslip"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a complaint is about, and the facts known about it; no personal numbers among them."""

    project_id: UUID
    payslip_id: UUID | None = None
    amount_fen: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnComplaint:
    """What the worker keeps of a filed complaint; the PIN is shown this once."""

    number: str
    pin: str
    case_number: str
    receipt: str
    """JWS (ES256) over what was filed and when; names nobody."""


def file_my_complaint(
    session: Session,
    keyring: Keyring,
    *,
    principal: Principal,
    payslip_id: UUID | None,
    project_id: UUID | None,
    statement: str,
    disclosure: Disclosure,
    at: datetime,
) -> OwnComplaint:
    """File a worker's complaint with the county of the project.

    Without a payslip or a project it is about the one project the worker is on. Raises
    PayslipNotFoundError, and ProjectUnclearError where that is none, several, or not the worker's.
    """
    subject = (
        _find_project(session, principal.person_id, project_id, at)
        if payslip_id is None
        else _describe_payslip(
            answers.get_payslip(session, person_id=principal.person_id, payslip_id=payslip_id)
        )
    )
    project = get_project(session, subject.project_id)
    filed = file_complaint(
        session,
        kind=ComplaintKind.COMPLAINT,
        disclosure=disclosure,
        person_id=principal.person_id,
        phone=get_person(session, principal.person_id).phone,
        project_id=project.id,
        county_code=project.county_code,
        subject_kind=PAYSLIP if subject.payslip_id else None,
        subject_id=subject.payslip_id,
        statement=statement,
        amount_fen=subject.amount_fen,
        facts={"project_name": project.name, **subject.facts},
        at=at,
    )
    receipt = issue_receipt(keyring, _receipt_facts(filed, statement, at))
    return OwnComplaint(filed.number, filed.pin, filed.case_number, receipt)


def _receipt_facts(filed: FiledComplaint, statement: str, at: datetime) -> dict[str, Any]:
    filed_at = at.isoformat(timespec="seconds")
    content = {"number": filed.number, "statement": statement, "filed_at": filed_at}
    return {
        "sub": filed.number,
        "iat": int(at.timestamp()),
        "filed_at": filed_at,
        "content_hash": content_hash(content),
    }


def _describe_payslip(own: OwnPayslip) -> Subject:
    payslip, row = own.payslip, own.bank_row
    is_paid = row is not None and row.state is PayRowState.ACKNOWLEDGED
    return Subject(
        project_id=payslip.project_id,
        payslip_id=payslip.id,
        amount_fen=payslip.net_fen,
        facts={
            "employer_name": payslip.content["employer_name"],
            "months": [payslip.month],
            "net": to_yuan(payslip.net_fen),
            "due_date": payslip.due_date.isoformat(),
            "days": payslip.content["work_time"]["days"],
            "answer": payslip.answer_state.value,
            "dispute": own.answer.reason if own.answer else None,
            "bank_says_paid": is_paid,
            "worker_says_received": own.received,
        },
    )


def _find_project(
    session: Session, person_id: UUID, project_id: UUID | None, at: datetime
) -> Subject:
    """Return the named project the worker is or was on, else the only one they are on now."""
    if project_id is not None:
        known = queries.list_own_projects(session, person_id)
    else:
        known = [
            place.project_id for place in list_current_projects(session, person_id, local_date(at))
        ]
    chosen = [known_id for known_id in known if project_id in {None, known_id}]
    if len(chosen) != 1:
        raise ProjectUnclearError
    return Subject(project_id=chosen[0])
