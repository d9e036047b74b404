"""A confirmation at a kiosk, over HTTP: worker, witness, inspector."""

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session

from core.enums import PayslipAnswerState, Role
from core.keyring import Keyring
from db.models import Payslip
from tests.api.wage_access import make_wage_address
from tests.factories.assisted import make_witness, sign_in_at_kiosk
from tests.factories.identity import bearer, make_person, make_principal
from tests.factories.payroll import Site


@pytest.fixture
def kiosk(session: Session, keyring: Keyring, site: Site) -> dict[str, str]:
    """The worker, with card and PIN."""
    return bearer(keyring, sign_in_at_kiosk(session, site))


@pytest.fixture
def witness(session: Session, keyring: Keyring, site: Site) -> dict[str, str]:
    return bearer(keyring, make_witness(session, site))


def test_worker_and_witness_confirm_together(
    client: TestClient, payslip: Payslip, kiosk: dict[str, str], witness: dict[str, str]
) -> None:
    address, shown = f"/v1/me/payslips/{payslip.id}", {"content_hash": payslip.content_hash}
    alone = client.post(f"{address}/confirm", json=shown, headers=kiosk)
    screen = client.post(f"{address}/witness-requests", json=shown, headers=kiosk).json()
    code = {"code": screen["code"]}
    seen = client.post("/v1/witness-requests/lookup", json=code, headers=witness).json()
    stated = client.post(
        "/v1/witness-requests/statement",
        json=code | {"request_id": seen["request_id"]},
        headers=witness,
    )

    confirmed = client.post(f"{address}/confirm", json=shown, headers=kiosk)

    assert (alone.status_code, alone.json()["code"]) == (403, "payroll.witness-missing")
    assert (seen["worker_name"], seen["month"]) == ("王*明", "2026-10")
    assert seen["check"] == screen["check"] == payslip.content_hash[:8]
    assert "net" not in seen
    assert (stated.status_code, confirmed.status_code) == (201, 200)
    assert confirmed.json()["answer_state"] == "confirmed"


def test_a_crew_mate_is_refused_as_witness(
    client: TestClient, keyring: Keyring, site: Site, payslip: Payslip, kiosk: dict[str, str]
) -> None:
    shown = {"content_hash": payslip.content_hash}
    screen = client.post(
        f"/v1/me/payslips/{payslip.id}/witness-requests", json=shown, headers=kiosk
    ).json()

    refusal = client.post(
        "/v1/witness-requests/lookup",
        json={"code": screen["code"]},
        headers=bearer(keyring, site.principal(1)),
    )

    assert (refusal.status_code, refusal.json()["code"]) == (403, "payroll.not-a-witness")


def test_the_inspector_reports_a_denial(
    client: TestClient,
    session: Session,
    keyring: Keyring,
    redis: Redis,
    *,
    site: Site,
    payslip: Payslip,
) -> None:
    payslip.answer_state = PayslipAnswerState.CONFIRMED
    made = make_wage_address(session, site, payslip)
    person = make_person(session, name="监察员")
    inspector = bearer(
        keyring,
        make_principal(person.id, Role.INSPECTOR, county_code=site.project.county_code),
    )
    [listed] = client.get("/v1/call-backs", headers=inspector).json()["items"]

    reported = client.post(
        f"/v1/call-backs/{made['call_id']}",
        json={"outcome": "denied", "note": "本人说当天不在工地"},
        headers=inspector,
    )

    assert listed["call_id"] == made["call_id"]
    assert reported.json()["outcome"] == "denied"
    waiting = session.get_one(Payslip, payslip.id)
    assert waiting.answer_state is PayslipAnswerState.AWAITING
