"""Silence is never consent: nothing but the worker's own sign-in makes a payslip confirmed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from redis import Redis
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from core.enums import PayslipAnswerState, Role
from core.keyring import Keyring
from db.models import Payslip, PayslipAnswer
from identity.principal import Principal
from jobs.audit import examine
from tests.api.access import make_bodies
from tests.factories.assisted import (
    ask_for_witness,
    make_witness,
    sign_in_at_kiosk,
    stand_beside,
)
from tests.factories.identity import bearer, make_principal
from tests.factories.payroll import Site, publish

pytestmark = pytest.mark.no_cover  # slow, and what it runs is covered by quicker tests

ROOT = Path(__file__).parent.parent.parent
PARAMETER = re.compile(r"\{(\w+)\}")
NAMING = re.compile(r"PayslipAnswerState\.CONFIRMED|PayslipAnswerState\(|[\"']confirmed[\"']")
MAKES = {"payroll/answers.py"}
READS = {
    "api/pages/rendering.py",
    "core/case_enums.py",
    "core/enums.py",
    "payroll/agreed_queries.py",
    "payroll/arrears_queries.py",
    "payroll/ledger_queries.py",
    "payroll/payslip_pdf.py",
    "payroll/service.py",
    "payroll/status_queries.py",
    "payroll/wage_checks.py",
}
"""They show or look for it."""
PACKAGES = (
    "api", "attendance", "cases", "core", "demo", "devices", "evidence", "identity", "jobs",
    "notifications", "payroll", "projects", "qr",
)  # fmt: skip


def requests_for(app: FastAPI, site: Site, payslip: Payslip) -> Iterator[dict[str, Any]]:
    """Return a well-formed request for every operation of the API, aimed at this payslip."""
    address = {
        "project_id": site.project.id,
        "person_id": payslip.person_id,
        "payslip_id": payslip.id,
        "sheet_id": payslip.pay_sheet_id,
        "reference": "AX" + "0" * 20,
        "number": "AX" + "0" * 14,
        "action": "accept",
        "date": "2026-10-08",
    }
    bodies = make_bodies(str(site.team.id), payslip.content_hash)
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            filled = PARAMETER.sub(lambda found: str(address.get(found[1], uuid4())), path)
            yield {"method": method, "url": filled, **bodies.get(operation["operationId"], {})}


def others(site: Site, payslip: Payslip) -> list[Principal]:
    """Return everybody but the worker as a worker, each as well placed as can be."""
    scopes: dict[Role, dict[str, Any]] = {
        Role.LABOUR_MANAGER: {"project_id": site.project.id},
        Role.INSPECTOR: {"county_code": site.project.county_code},
    }
    staff = [role for role in Role if role is not Role.WORKER]
    return [
        site.principal(1),
        *(make_principal(payslip.person_id, role, **scopes.get(role, {})) for role in staff),
    ]


def count_confirmed(session: Session) -> int:
    session.expire_all()
    confirmed = PayslipAnswerState.CONFIRMED
    payslips = select(Payslip).where(Payslip.answer_state == confirmed)
    answers = select(PayslipAnswer).where(PayslipAnswer.state == confirmed)
    return len(session.exec(payslips).all()) + len(session.exec(answers).all())


def test_no_role_confirms_even_with_a_witness_beside_the_worker(
    app: FastAPI,
    client: TestClient,
    session: Session,
    redis: Redis,
    keyring: Keyring,
    *,
    site: Site,
) -> None:
    payslip = publish(session, site)[0]
    witness = make_witness(session, site)
    shown = ask_for_witness(session, sign_in_at_kiosk(session, site), payslip)
    stand_beside(session, redis, witness, shown)
    requests = list(requests_for(app, site, payslip))

    for principal in [witness, *others(site, payslip)]:
        for request in requests:
            client.request(**request, headers=bearer(keyring, principal))

    assert count_confirmed(session) == 0


def test_a_card_alone_does_not_confirm_through_any_endpoint(
    app: FastAPI, client: TestClient, session: Session, keyring: Keyring, site: Site
) -> None:
    payslip = publish(session, site)[0]
    headers = bearer(keyring, sign_in_at_kiosk(session, site))

    for request in list(requests_for(app, site, payslip)):
        client.request(**request, headers=headers)

    assert count_confirmed(session) == 0


def test_the_same_requests_by_the_worker_do_confirm(
    app: FastAPI, client: TestClient, session: Session, keyring: Keyring, site: Site
) -> None:
    payslip = publish(session, site)[0]
    worker = site.worker
    headers = bearer(keyring, worker)

    for request in list(requests_for(app, site, payslip)):
        client.request(**request, headers=headers)

    assert count_confirmed(session) == 2  # the payslip and the answer behind it
    answer = session.exec(select(PayslipAnswer)).one()
    assert answer.sign_in_family_id == worker.sign_in_family_id


@pytest.mark.parametrize("state", ["awaiting", "no_response", "unreachable", "disputed"])
def test_no_statement_confirms_whatever_the_state_before(
    session: Session, site: Site, state: str
) -> None:
    publish(session, site)
    session.flush()
    session.execute(text("UPDATE payslip SET answer_state = :state"), {"state": state})
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    with pytest.raises(IntegrityError, match="was not confirmed by its worker"):
        session.execute(text("UPDATE payslip SET answer_state = 'confirmed'"))


def test_the_audit_names_what_a_statement_confirmed_with_the_trigger_off(
    session: Session, keyring: Keyring, site: Site
) -> None:
    payslips = publish(session, site)
    session.flush()
    session.execute(text("ALTER TABLE payslip DISABLE TRIGGER USER"))
    session.execute(text("UPDATE payslip SET answer_state = 'confirmed'"))

    found = examine(session, keyring)

    assert {(each.fault, each.subject) for each in found} == {
        ("not the worker's answer", str(payslip.id)) for payslip in payslips
    }


def test_only_one_module_makes_confirmed() -> None:
    naming = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if NAMING.search(path.read_text())
    }

    assert naming - READS == MAKES


def test_no_job_can_reach_the_workers_answers() -> None:
    program = "import sys, jobs.audit, jobs.tasks; print('payroll.answers' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "False\n"
