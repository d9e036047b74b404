"""Asking a terminal for old punches, and reading what it said."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.clock import local_date, now
from core.enums import DeviceVendor, Role
from core.keyring import Keyring
from tests.devices.simulators.zk_att import AttTerminal
from tests.devices.simulators.zk_line import ZkLine
from tests.factories.identity import bearer, make_principal
from tests.factories.terminals import TerminalSite, make_terminal_site

TODAY = local_date(now())


@pytest.fixture
def site(session: Session) -> TerminalSite:
    return make_terminal_site(session, DeviceVendor.ZKTECO_ATT)


@pytest.fixture
def manager(keyring: Keyring, site: TerminalSite) -> dict[str, str]:
    principal = make_principal(
        site.site.person_id, Role.LABOUR_MANAGER, project_id=site.site.project_id
    )
    return bearer(keyring, principal)


def where(site: TerminalSite) -> str:
    return f"/v1/projects/{site.site.project_id}/terminals/{site.device_id}"


def test_a_manager_sees_what_became_of_a_query(
    client: TestClient, site: TerminalSite, manager: dict[str, str]
) -> None:
    days = {"first_date": f"{TODAY - timedelta(days=3)}", "last_date": f"{TODAY}"}
    asked = client.post(f"{where(site)}/log-queries", json=days, headers=manager)
    assert (asked.status_code, asked.json()["result"]) == (201, None)

    AttTerminal(ZkLine(client, site.base)).run()

    listed = client.get(f"{where(site)}/commands", headers=manager).json()["items"]
    assert {entry["kind"]: entry["result"] for entry in listed} == {
        "update_person": "已完成",
        "query_attlog": "终端不支持这条命令，或者没有符合条件的数据",
    }


def test_another_projects_terminal_does_not_exist(
    client: TestClient, session: Session, site: TerminalSite, manager: dict[str, str]
) -> None:
    theirs = make_terminal_site(session, DeviceVendor.ZKTECO_ATT)
    path = f"/v1/projects/{site.site.project_id}/terminals/{theirs.device_id}"
    days = {"first_date": f"{TODAY}", "last_date": f"{TODAY}"}

    assert client.get(f"{path}/commands", headers=manager).status_code == 404
    assert client.post(f"{path}/log-queries", json=days, headers=manager).status_code == 404
