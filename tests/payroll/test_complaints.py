"""A worker's complaint with everything already filled in."""

from uuid import UUID

import pytest
from sqlmodel import Session, select

from core.case_enums import Disclosure
from core.keyring import Keyring
from db.models import Case, Complaint, Person
from evidence.canonical import content_hash
from evidence.receipts import jwks, verify_receipt
from payroll import answers
from payroll.complaints import OwnComplaint, file_my_complaint
from payroll.errors import PayslipNotFoundError, ProjectUnclearError
from tests.factories.payroll import AT, Site, make_site, publish
from tests.factories.projects import make_project_worker, make_team

STATEMENT = "十月的工资到现在没发"


def complain(
    session: Session,
    keyring: Keyring,
    site: Site,
    *,
    payslip_id: UUID | None = None,
    project_id: UUID | None = None,
    disclosure: Disclosure = Disclosure.NAMED,
) -> OwnComplaint:
    session.flush()
    return file_my_complaint(
        session,
        keyring,
        principal=site.worker,
        payslip_id=payslip_id,
        project_id=project_id,
        statement=STATEMENT,
        disclosure=disclosure,
        at=AT,
    )


def stored(session: Session) -> Complaint:
    return session.exec(select(Complaint)).one()


def test_facts_come_from_the_payslip(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]
    answers.dispute_payslip(
        session,
        principal=site.worker,
        payslip_id=payslip.id,
        reason="少算了两天",
        fields=[],
        at=AT,
    )

    complain(session, keyring, site, payslip_id=payslip.id)

    complaint = stored(session)
    assert (complaint.subject_kind, complaint.subject_id) == ("payslip", payslip.id)
    assert (complaint.amount_fen, complaint.county_code) == (787_500, "330106")
    assert complaint.facts == {
        "project_name": "西湖区某安置房工程",
        "employer_name": "杭州某某劳务有限公司",
        "months": ["2026-10"],
        "net": "7875.00",
        "due_date": "2026-11-13",
        "days": 23,
        "answer": "disputed",
        "dispute": "少算了两天",
        "dispute_files": [],
        "dispute_reply": None,
        "expected": {},
        "bank_says_paid": False,
        "worker_says_received": None,
    }


def test_case_opens_in_the_county_of_the_project(session: Session, keyring: Keyring) -> None:
    site = make_site(session)

    filed = complain(session, keyring, site, payslip_id=publish(session, site)[0].id)

    case = session.exec(select(Case)).one()
    assert (case.number, case.county_code) == (filed.number, "330106")


def test_receipt_proves_what_was_filed(session: Session, keyring: Keyring) -> None:
    filed = complain(session, keyring, make_site(session))

    facts = verify_receipt(filed.receipt, jwks(keyring))
    content = {
        "number": filed.number,
        "statement": STATEMENT,
        "filed_at": "2026-11-03T02:00:00+00:00",
    }
    assert (facts["sub"], facts["content_hash"]) == (filed.number, content_hash(content))


def test_anonymous_complaint_keeps_nothing_personal(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]

    complain(session, keyring, site, payslip_id=payslip.id, disclosure=Disclosure.ANONYMOUS)

    complaint = stored(session)
    assert (complaint.person_id, complaint.phone, complaint.subject_id) == (None, None, None)
    assert set(complaint.facts) == {"project_name", "employer_name", "months"}


def test_without_more_it_is_about_the_only_project(session: Session, keyring: Keyring) -> None:
    site = make_site(session)

    complain(session, keyring, site)

    assert stored(session).project_id == site.project.id


def test_on_two_projects_we_ask_which(session: Session, keyring: Keyring) -> None:
    site, other = make_site(session), make_site(session)
    make_project_worker(session, other.team, session.get_one(Person, site.workers[0].person_id))

    with pytest.raises(ProjectUnclearError):
        complain(session, keyring, site)


def test_former_project_can_be_named(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    site.workers[0].left_date = AT.date().replace(day=1)

    complain(session, keyring, site, project_id=site.project.id)

    assert stored(session).project_id == site.project.id


def test_project_one_never_worked_on_is_refused(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    stranger = make_team(session, make_site(session).project, name="木工二班")

    with pytest.raises(ProjectUnclearError):
        complain(session, keyring, site, project_id=stranger.project_id)


def test_worker_on_no_project_is_asked(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    site.workers[0].left_date = AT.date().replace(day=1)

    with pytest.raises(ProjectUnclearError):
        complain(session, keyring, site)


def test_somebody_elses_payslip_does_not_exist(session: Session, keyring: Keyring) -> None:
    site = make_site(session)

    with pytest.raises(PayslipNotFoundError):
        complain(session, keyring, site, payslip_id=publish(session, site)[1].id)
