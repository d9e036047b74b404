"""Who may call what of kiosk answers, disputes' files, wage accounts and administrators."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.enums import Role
from core.wage_enums import CallBackReason
from db.models import CallBack, DisputeFile, Payslip, PayslipAnswer
from tests.factories.assisted import make_witnessed_answer
from tests.factories.cards import make_card
from tests.factories.files import DIGEST
from tests.factories.identity import make_grant, make_person
from tests.factories.pay_terms import make_advance, make_entry
from tests.factories.payroll import AT, Site, make_visit
from tests.factories.projects import make_employer

WORKER = frozenset({Role.WORKER})
MANAGER = frozenset({Role.LABOUR_MANAGER})
INSPECTOR = frozenset({Role.INSPECTOR})
ADMIN = frozenset({Role.ADMIN})
WITNESS = frozenset({Role.WORKER, Role.INSPECTOR, Role.AUDITOR})

WAGE_CALLERS: dict[str, frozenset[str]] = {
    "request_witness": WORKER,
    "look_at_request": WITNESS,
    "state_presence": WITNESS,
    "list_call_backs": INSPECTOR,
    "report_call_back": INSPECTOR,
    "add_dispute_file": WORKER,
    "read_own_file": WORKER,
    "read_workers_file": MANAGER,
    "complain_of_dispute": WORKER,
    "get_wage_account": frozenset({Role.LABOUR_MANAGER, Role.INSPECTOR, Role.ADMIN}),
    "import_wage_account": MANAGER,
    "withdraw_statement": MANAGER,
    "announce_closing": MANAGER,
    "withdraw_closing": MANAGER,
    "list_employer_admins": ADMIN,
    "appoint_employer_admin": ADMIN,
    "dismiss_employer_admin": ADMIN,
}


def make_wage_bodies(content_hash: str) -> dict[str, dict[str, Any]]:
    """Return a request body that passes validation, for each of them that wants one."""
    return {
        "request_witness": {"json": {"content_hash": content_hash}},
        "look_at_request": {"json": {"code": "314159"}},
        "state_presence": {"json": {"code": "314159", "request_id": str(UUID(int=1))}},
        "report_call_back": {"json": {"outcome": "stands", "note": "电话里问过本人"}},
        "import_wage_account": {"files": {"file": ("x.csv", b"no statement")}},
        "withdraw_closing": {"json": {"reason": "有人还没拿到工资"}},
        "withdraw_statement": {
            "json": {"imported_at": "2026-11-03T10:00:00+08:00", "reason": "余额抄错了"}
        },
        "appoint_employer_admin": {"json": {"name": "孙经理", "phone": "19100099123"}},
        "dismiss_employer_admin": {"json": {"reason": "离职"}},
        "add_dispute_file": {"files": {"file": ("a.amr", b"#!AMR\n" + bytes(50))}},
    }


def make_workers_address(session: Session, site: Site, payslip: Payslip) -> dict[str, str]:
    """Write what belongs to the first worker of a site, and return its addresses."""
    worker = site.workers[0]
    return {
        "visit_id": str(make_visit(session, payslip).id),
        **make_wage_address(session, site, payslip),
        "worker_id": str(worker.id),
        "entry_id": str(make_entry(session, worker).id),
        "advance_id": str(make_advance(session, worker).id),
        "line_number": "1",
        "card_id": str(make_card(session, worker).card.id),
    }


def make_wage_address(session: Session, site: Site, payslip: Payslip) -> dict[str, str]:
    """Write a call-back and a dispute's file, and return their addresses."""
    answer = make_witnessed_answer(session, site, payslip)
    call = CallBack(
        project_id=site.project.id,
        answer_id=answer.id,
        reason=CallBackReason.SAMPLE,
        due_date=AT.date(),
    )
    file = _make_file(answer)
    session.add_all([call, file])
    session.flush()
    return {"call_id": str(call.id), "file_id": str(file.id), **_make_appointment(session)}


def _make_appointment(session: Session) -> dict[str, str]:
    employer = make_employer(session)
    person = make_person(session, name="孙经理")
    grant = make_grant(session, person, Role.EMPLOYER_ADMIN, employer_id=employer.id)
    return {"uscc": employer.uscc, "grant_id": str(grant.id)}


def _make_file(answer: PayslipAnswer) -> DisputeFile:
    return DisputeFile(
        project_id=answer.project_id,
        payslip_id=answer.payslip_id,
        answer_id=answer.id,
        digest=DIGEST,
        media_type="audio/amr",
    )
