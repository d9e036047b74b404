"""Who is on a site over HTTP: numbers, a page and a print."""

from datetime import timedelta
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from sqlmodel import Session

from core.clock import now
from core.enums import Direction, Role
from core.keyring import Keyring
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.identity import bearer, make_principal


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    at = now() - timedelta(hours=2)
    make_check_in(session, site.worker, Direction.IN, at, device=site.gate.device)
    return site


@pytest.fixture
def manager(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(
        keyring, make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    )


def test_the_manager_sees_who_is_there(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    gate = site.gate.device.name
    team_id = str(site.team_id)
    shown = client.get(f"/v1/projects/{site.project_id}/presence", headers=manager).json()

    (worker,) = shown["workers"]
    assert (shown["count"], shown["unclear"], shown["unrecognised"]) == (1, [], 0)
    assert shown["teams"] == [{"team_id": team_id, "team_name": "钢筋一班", "count": 1}]
    assert (worker["masked_name"], worker["gate"]) == ("王*明", gate)


def test_the_page_and_the_print_name_everybody(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    where = f"/v1/projects/{site.project_id}/presence"
    page = client.get(f"{where}/evacuation", headers=manager)
    printed = client.get(f"{where}/evacuation.pdf", headers=manager)

    text = "".join(each.extract_text() for each in PdfReader(BytesIO(printed.content)).pages)
    assert "王小明" in page.text
    assert printed.headers["content-type"] == "application/pdf"
    assert "王小明" in text
