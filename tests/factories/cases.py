"""Invented complaints, filed through the product's own use case."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from cases.filing import FiledComplaint
from cases.service import file_complaint
from cases.step import Form
from core.case_enums import (
    CaseAction,
    ComplaintKind,
    Conclusion,
    Disclosure,
    PoliceAttachment,
    RefusalGround,
)
from core.enums import Role
from db.models import Case, CaseHandler
from identity.principal import Principal
from tests.factories.identity import make_grant, make_person, make_principal

FILED_AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
"""A Monday morning in Shanghai."""
PAY_BY = date(2026, 11, 10)
FAR = date(2027, 3, 1)


def make_complaint(
    session: Session,
    *,
    person_id: UUID | None = None,
    phone: str | None = None,
    disclosure: Disclosure = Disclosure.NAMED,
    county_code: str | None = "330106",
    project_id: UUID | None = None,
    subject_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
    at: datetime = FILED_AT,
    statement: str = "十月的工资到现在没发",
    mark: str | None = None,
) -> FiledComplaint:
    """File a complaint about unpaid wages of October."""
    return file_complaint(
        session,
        kind=ComplaintKind.COMPLAINT,
        disclosure=disclosure,
        person_id=person_id,
        phone=phone,
        project_id=project_id,
        county_code=county_code,
        subject_kind="payslip" if subject_id else None,
        subject_id=subject_id,
        statement=statement,
        amount_fen=528_000,
        facts=facts or {},
        at=at,
        mark=mark,
    )


def make_form(action: CaseAction, *, note: str | None = "已核实工资表") -> Form:
    """Return what a step must say, filled in lawfully."""
    return {
        CaseAction.REFUSE: Form(note=note, ground=RefusalGround.ARBITRATION_OR_SUIT),
        CaseAction.TRANSFER: Form(note=note, county_code="330105"),
        CaseAction.DESIGNATE: Form(note=note, county_code="330106"),
        CaseAction.PROPOSE_AGREEMENT: Form(
            note=note, amount_fen=528_000, due_date=FAR, employer_name="某某劳务公司"
        ),
        CaseAction.ORDER_TO_PAY: Form(note=note, amount_fen=528_000, due_date=PAY_BY),
        CaseAction.KEEP_ORDER: Form(note=note, amount_fen=528_000, due_date=FAR),
        CaseAction.HAND_TO_POLICE: Form(note=note, attachments=frozenset(PoliceAttachment)),
        CaseAction.GRANT_ADVANCE: Form(note=note, amount_fen=100_000),
        CaseAction.RECOVER_ADVANCE: Form(note=note, amount_fen=50_000),
        CaseAction.CLOSE: Form(note=note, amount_fen=528_000, conclusion=Conclusion.PAID),
        CaseAction.CONFIRM_PAID: Form(note=note, satisfaction=5),
    }.get(action, Form(note=note))


def add_handlers(session: Session, number: str, *person_ids: UUID) -> None:
    """Let these inspectors investigate the case."""
    case = session.exec(select(Case).where(Case.number == number)).one()
    for person_id in person_ids:
        session.add(CaseHandler(case_id=case.id, person_id=person_id, assigned_by=person_id))
    session.flush()


def make_inspector(
    session: Session, *, name: str = "李监察", county_code: str = "330106"
) -> Principal:
    """Return an inspector of a division, with the grant that makes one."""
    person = make_person(session, name=name)
    make_grant(session, person, Role.INSPECTOR, county_code=county_code)
    return make_principal(person.id, Role.INSPECTOR, county_code=county_code)
