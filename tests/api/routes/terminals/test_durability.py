"""What a terminal may forget is durable: killed servers, dead lines, many posts at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Event

import httpx
import pytest
from sqlmodel import Session

from core.clock import now
from core.enums import DeviceVendor
from db.session import Database
from tests.devices.simulators.facesluice import FacesluiceGate
from tests.devices.simulators.hikvision import HikvisionTerminal, event
from tests.factories.attendance import make_gate_site
from tests.factories.vendors import MadeTerminal, check_ins, make_terminal
from tests.live import Api

MORNING = now() - timedelta(hours=30)


def make_hikvision(database: Database) -> MadeTerminal:
    with database.transaction() as session:
        return make_terminal(session, make_gate_site(session).project_id, DeviceVendor.HIKVISION)


def test_an_acknowledged_event_survives_a_killed_server(
    live_api: Api, live_database: Database
) -> None:
    terminal = make_hikvision(live_database)
    acknowledged: list[int] = []
    is_enough = Event()

    def report(lane: int) -> None:
        for number in range(500):
            serial = lane * 1_000 + number
            try:
                answer = live_api.client.post(
                    terminal.path("/hikvision"),
                    content=event(serialNo=serial, currentEvent=False),
                )
            except httpx.TransportError:
                return
            if answer.status_code == 200:
                acknowledged.append(serial)
            if len(acknowledged) >= 30:
                is_enough.set()

    with ThreadPoolExecutor(4) as lanes:
        running = [lanes.submit(report, lane) for lane in range(4)]
        assert is_enough.wait(60)
        live_api.kill()
        for lane in running:
            lane.result()

    with live_database.transaction() as session:
        stored = len(check_ins(session))
    assert stored >= len(acknowledged) >= 30


def test_the_same_event_from_many_connections_is_stored_once(
    live_api: Api, live_database: Database
) -> None:
    terminal = make_hikvision(live_database)
    body = event(serialNo=1)

    def report(_: int) -> int:
        return live_api.client.post(terminal.path("/hikvision"), content=body).status_code

    with ThreadPoolExecutor(8) as lanes:
        answers = list(lanes.map(report, range(16)))

    assert answers == [200] * 16
    with live_database.transaction() as session:
        assert len(check_ins(session)) == 1


@pytest.mark.parametrize("seed", [1, 20_261_123])
def test_however_the_line_fails_every_crossing_is_stored_once(
    session: Session, hikvision: HikvisionTerminal, facesluice: FacesluiceGate, seed: int
) -> None:
    dice = Random(seed)
    for number in range(20):
        at = MORNING + timedelta(minutes=number)
        for line in (hikvision.line, facesluice.line):
            line.is_cut, line.loses_answers = dice.random() < 0.3, dice.random() < 0.3
        hikvision.punch("1001", at, status=dice.choice(["checkIn", "checkOut"]))
        facesluice.recognise("1001", at)
        if dice.random() < 0.3:
            hikvision.upload()
            facesluice.resume()
    for line in (hikvision.line, facesluice.line):
        line.is_cut = line.loses_answers = False

    hikvision.upload()
    facesluice.resume()

    assert (hikvision.buffered, facesluice.unacknowledged) == ([], {})
    assert len(check_ins(session)) == 40
