"""Looking at codes over HTTP: each viewer gets their own answer and no more."""

from fastapi.testclient import TestClient
from sqlmodel import Session

from core.enums import DeviceProfile, Role
from core.keyring import Keyring
from tests.factories.attendance import make_gate_site
from tests.factories.identity import bearer, make_principal


def test_three_viewers_get_three_answers(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    site = make_gate_site(session)
    site.gate.device.profile = DeviceProfile.SUPERVISOR
    inspector = make_principal(site.person_id, Role.INSPECTOR, county_code="330106")
    body = {"code": site.live_code(session, keyring)}

    stranger = client.post("/v1/codes/look", json=body)
    supervisor = client.post("/v1/gate/look", json=body, headers=site.gate.headers)
    inspected = client.post("/v1/codes/inspect", json=body, headers=bearer(keyring, inspector))

    assert stranger.json() == {"valid": True, "say": "这是有效的安薪码"}
    assert supervisor.json()["worker"]["masked_name"] == "王*明"
    assert "王小明" not in supervisor.text
    assert inspected.json()["name"] == "王小明"
    assert inspected.json()["masked_id_number"].startswith("3301")
    assert "*" in inspected.json()["masked_id_number"]
    assert inspected.json()["engagements"][0]["trade"] == "钢筋工"


def test_a_bad_code_is_an_answer_to_a_stranger_and_a_refusal_to_an_inspector(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    inspector = make_principal(
        make_gate_site(session).person_id, Role.INSPECTOR, county_code="330106"
    )
    stranger = client.post("/v1/codes/look", json={"code": "x"})
    inspected = client.post(
        "/v1/codes/inspect", json={"code": "x"}, headers=bearer(keyring, inspector)
    )
    assert stranger.json()["valid"] is False
    assert (inspected.status_code, inspected.json()["code"]) == (422, "payroll.code-not-proved")
