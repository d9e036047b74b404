"""A site, and a simulated terminal of each vendor connected to it."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.enums import DeviceVendor
from tests.devices.simulators.facesluice import FacesluiceGate
from tests.devices.simulators.hikvision import HikvisionTerminal
from tests.devices.simulators.line import Answer, Connect, Line
from tests.devices.simulators.uface import UfaceTerminal
from tests.devices.simulators.vguang import VguangReader
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.vendors import MadeTerminal, make_terminal


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def connect(client: TestClient) -> Connect:
    """Give a terminal its line."""

    def connect(terminal: MadeTerminal) -> Line:
        def post(path: str, body: bytes, content_type: str) -> Answer:
            headers = {"Content-Type": content_type}
            response = client.post(terminal.path(path), content=body, headers=headers)
            return Answer(response.status_code, response.content)

        return Line(post)

    return connect


@pytest.fixture
def hikvision(session: Session, site: GateSite, connect: Connect) -> HikvisionTerminal:
    terminal = make_terminal(session, site.project, DeviceVendor.HIKVISION, direction=None)
    return HikvisionTerminal(connect(terminal))


@pytest.fixture
def vguang(session: Session, site: GateSite, connect: Connect) -> VguangReader:
    return VguangReader(connect(make_terminal(session, site.project, DeviceVendor.VGUANG)))


@pytest.fixture
def uface(session: Session, site: GateSite, connect: Connect) -> UfaceTerminal:
    terminal = make_terminal(
        session,
        site.project,
        DeviceVendor.UFACE,
        passing_types=["face_0", "idcard_0"],
        refused_types=["face_2"],
    )
    return UfaceTerminal(connect(terminal))


@pytest.fixture
def facesluice(session: Session, site: GateSite, connect: Connect) -> FacesluiceGate:
    return FacesluiceGate(connect(make_terminal(session, site.project, DeviceVendor.FACESLUICE)))
