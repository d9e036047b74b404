import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.enums import Role
from core.keyring import Keyring
from tests.factories.identity import bearer, make_person, make_principal
from tests.factories.payroll import Site, publish


def test_complaint_from_a_payslip_reaches_the_county(
    client: TestClient, session: Session, keyring: Keyring, site: Site
) -> None:
    payslip_id = publish(session, site)[0].id
    inspector = make_principal(make_person(session).id, Role.INSPECTOR, county_code="330106")

    response = client.post(
        "/v1/me/complaints",
        json={"payslip_id": str(payslip_id), "statement": "没发工资", "disclosure": "named"},
        headers=bearer(keyring, site.worker),
    )

    filed = response.json()
    assert response.status_code == 201
    assert set(filed) == {"number", "pin", "case_number", "ticket", "receipt"}
    listed = client.get("/v1/cases", headers=bearer(keyring, inspector)).json()["items"]
    assert [case["number"] for case in listed] == [filed["number"]]


def test_somebody_elses_payslip_is_not_found(
    client: TestClient, session: Session, keyring: Keyring, site: Site
) -> None:
    payslip_id = publish(session, site)[1].id

    response = client.post(
        "/v1/me/complaints",
        json={"payslip_id": str(payslip_id), "statement": "没发工资"},
        headers=bearer(keyring, site.worker),
    )

    assert response.status_code == 404
    assert response.json()["code"] == "payroll.payslip-not-found"


@pytest.mark.parametrize("statement", ["", "   ", "a\0b", "长" * 2001])
def test_unusable_statement_is_refused(
    client: TestClient, keyring: Keyring, site: Site, statement: str
) -> None:
    response = client.post(
        "/v1/me/complaints",
        json={"statement": statement},
        headers=bearer(keyring, site.worker),
    )

    assert response.status_code == 422
