"""Who may call a terminal's path, and how everybody else is answered."""

from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.clock import now
from core.enums import DeviceVendor
from devices.service import revoke_device
from tests.devices.simulators.hikvision import event
from tests.factories.attendance import GateSite
from tests.factories.vendors import check_ins, make_terminal

MORNING = now() - timedelta(hours=30)


@pytest.mark.parametrize("case", ["secret", "vendor", "revoked", "address"])
def test_whoever_may_not_call_gets_one_and_the_same_answer(
    app: FastAPI, session: Session, site: GateSite, client: TestClient, case: str
) -> None:
    networks = ["203.0.113.0/28"] if case == "address" else []
    vendor = DeviceVendor.VGUANG if case == "vendor" else DeviceVendor.HIKVISION
    terminal = make_terminal(session, site.project, vendor, allowed_networks=networks)
    if case == "revoked":
        revoke_device(session, project_id=site.project_id, device_id=terminal.device_id)
    secret = uuid4().hex if case == "secret" else terminal.secret

    response = client.post(f"/t/{secret}/hikvision", content=event())

    assert response.status_code == 404
    assert response.json()["code"] == "devices.unknown-terminal"
    assert check_ins(session) == []


def test_a_terminal_inside_its_networks_may_call(
    app: FastAPI, session: Session, site: GateSite, client: TestClient
) -> None:
    terminal = make_terminal(
        session, site.project, DeviceVendor.HIKVISION, allowed_networks=["203.0.113.0/28"]
    )
    inside = TestClient(app, client=("203.0.113.5", 40_000))

    response = inside.post(terminal.path("/hikvision"), content=event())

    assert response.status_code == 200
    assert len(check_ins(session)) == 1


def test_guessing_is_slowed_down_and_the_right_terminal_is_not(
    session: Session, site: GateSite, client: TestClient
) -> None:
    terminal = make_terminal(session, site.project, DeviceVendor.VGUANG)
    statuses = [client.post(f"/t/{n}/vguang", content=b"ping").status_code for n in range(62)]

    assert statuses[:60] == [404] * 60
    assert statuses[60:] == [429] * 2
    assert client.post(terminal.path("/vguang"), content=b"ping").status_code == 200
