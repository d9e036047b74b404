"""Use case of the worker: complain about wages with everything already filled in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from cases import bundles
from cases.filing import FiledComplaint
from cases.service import file_complaint
from cases.service import get_filed_complaint as find_filed
from core.case_enums import ComplaintKind, Disclosure
from core.clock import local_date
from core.enums import PayRowState
from core.keyring import Keyring
from core.money import to_yuan
from evidence.canonical import content_hash
from evidence.receipts import issue_receipt
from identity.principal import Principal
from identity.queries import get_person
from payroll import answers, queries
from payroll.answers import OwnPayslip
from payroll.complaint_parts import gather_parts
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
    """What the worker keeps of a filed complaint; the PIN is shown for half an hour."""

    number: str
    pin: str
    case_number: str
    ticket: str
    """Shows number and PIN again for half an hour."""
    disclosure: Disclosure
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
    mark: str | None = None,
    attachments: Sequence[str] = (),
) -> OwnComplaint:
    """File a worker's complaint with the county of the project, and seal what is known with it.

    Without a payslip or a project it is about the one project the worker is on; `attachments` are
    tokens of uploads. Raises PayslipNotFoundError, ProjectUnclearError where the project is none,
    several, or not the worker's, StagedFileNotFoundError.
    """
    subject = _find_subject(session, principal.person_id, payslip_id, project_id, at)
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
        mark=mark,
    )
    parts = gather_parts(
        session, person_id=principal.person_id, project_id=project.id, disclosure=disclosure, at=at
    )
    bundles.seal(
        session,
        keyring,
        complaint_id=filed.complaint_id,
        parts=parts,
        attachments=attachments,
        at=at,
    )
    return _prove(keyring, filed, disclosure, statement, at)


def _find_subject(
    session: Session,
    person_id: UUID,
    payslip_id: UUID | None,
    project_id: UUID | None,
    at: datetime,
) -> Subject:
    if payslip_id is None:
        return _find_project(session, person_id, project_id, at)
    return _describe_payslip(
        answers.get_payslip(session, person_id=person_id, payslip_id=payslip_id)
    )


def get_filed_complaint(
    session: Session, keyring: Keyring, *, ticket: str, at: datetime
) -> OwnComplaint:
    """Return what was handed out at filing, for half an hour; SlipNotFoundError afterwards."""
    filed, complaint = find_filed(session, ticket=ticket, at=at)
    return _prove(keyring, filed, complaint.disclosure, complaint.statement, complaint.created_at)


def _prove(
    keyring: Keyring,
    filed: FiledComplaint,
    disclosure: Disclosure,
    statement: str,
    at: datetime,
) -> OwnComplaint:
    receipt = issue_receipt(keyring, _receipt_facts(filed, statement, at))
    return OwnComplaint(
        filed.number, filed.pin, filed.case_number, filed.ticket, disclosure, receipt
    )


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
            "expected": own.answer.expected if own.answer else {},
            "dispute_reply": own.reply.reason if own.reply else None,
            "dispute_files": [file.digest for file in own.files],
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
