"""Who may call as a ZKTeco terminal, and what is durable when it is acknowledged."""

import base64
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from core.clock import now
from core.enums import DeviceVendor, Direction, MessageState
from db.models import CheckIn, Device, DeviceMessage
from db.session import Database
from devices.errors import WrongTerminalSettingsError
from devices.inbox import renew_secret
from devices.queries import lock_device
from devices.service import revoke_device
from tests.attendance.zkteco.conftest import yesterday
from tests.devices.simulators.zk_acc import AccTerminal
from tests.devices.simulators.zk_att import AttTerminal
from tests.devices.simulators.zk_line import ZkLine
from tests.factories.terminals import TerminalSite, make_terminal_site
from tests.live import Api, wait_until

SERIAL = "NCD8251400238"
HOME = "203.0.113.9"
HELLO = f"cdata?SN={SERIAL}&options=all"


@pytest.fixture
def att_site(session: Session) -> TerminalSite:
    return make_terminal_site(session, DeviceVendor.ZKTECO_ATT)


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CheckIn)) or 0


def test_a_wrong_secret_is_not_found(client: TestClient, att_site: TerminalSite) -> None:
    answer = client.get(f"/t/{'x' * 43}/iclock/{HELLO}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "devices.unknown-terminal"


def test_the_first_serial_number_is_the_terminals_own(
    client: TestClient, session: Session, att_site: TerminalSite
) -> None:
    assert client.get(f"{att_site.base}/iclock/{HELLO}").status_code == 200

    copied = client.post(
        f"{att_site.base}/iclock/cdata?SN=ANOTHER&table=ATTLOG",
        content=b"1001\t2026-01-05 07:02:04\t0\t15",
    )

    assert copied.status_code == 404
    assert count(session) == 0
    assert att_site.device(session).serial_number == SERIAL


@pytest.mark.parametrize("preset", [None, SERIAL])
def test_what_another_terminal_sends_is_kept_to_be_looked_at(
    client: TestClient, session: Session, preset: str | None
) -> None:
    site = make_terminal_site(session, DeviceVendor.ZKTECO_ATT, serial_number=preset)
    if preset is None:
        client.get(f"{site.base}/iclock/{HELLO}")
    other = f"{site.base}/iclock/cdata?SN=ANOTHER"

    for _ in range(2):
        client.get(f"{other}&options=all")
        client.post(f"{other}&table=ATTLOG", content=b"1001\t2026-01-05 07:02:04\t0\t15")
        client.post(f"{other}&table=ATTPHOTO", content=b"a face")
        client.get(f"{site.base}/iclock/getrequest?SN=ANOTHER")

    kept = session.scalars(select(DeviceMessage).order_by(col(DeviceMessage.id))).all()
    assert {(each.state, each.note) for each in kept} == {
        (MessageState.UNREAD, "serial number ANOTHER")
    }
    assert [base64.b64decode(each.body)[:5] for each in kept] == [b"", b"1001\t", b""]
    assert count(session) == 0


@pytest.mark.parametrize("serial", ["", "a" * 65, "\x00", "../etc", "序列号"])
def test_strange_serial_numbers_are_not_found(
    client: TestClient, att_site: TerminalSite, serial: str
) -> None:
    answer = client.get(f"{att_site.base}/iclock/cdata", params={"SN": serial})
    assert answer.status_code == 404


def test_a_revoked_terminal_keeps_its_rows(
    client: TestClient, session: Session, att_site: TerminalSite
) -> None:
    att = AttTerminal(ZkLine(client, att_site.base))
    att.run()
    revoke_device(session, project_id=att_site.site.project_id, device_id=att_site.device_id)
    att.punch("1001", yesterday("06:58:10"))

    att.run()

    assert (len(att.unsent), count(session)) == (1, 0)


def test_a_renewed_secret_ends_the_old_path(
    client: TestClient, session: Session, att_site: TerminalSite
) -> None:
    renew_secret(session, project_id=att_site.site.project_id, device_id=att_site.device_id)
    assert client.get(f"{att_site.base}/iclock/{HELLO}").status_code == 404


def test_another_vendors_secret_does_not_open(client: TestClient, session: Session) -> None:
    site = make_terminal_site(session, DeviceVendor.FACESLUICE, direction=Direction.IN)
    assert client.get(f"{site.base}/iclock/{HELLO}").status_code == 404


def test_an_upload_beyond_all_measure_is_refused_and_not_acknowledged(
    client: TestClient, session: Session, att_site: TerminalSite
) -> None:
    answer = client.post(
        f"{att_site.base}/iclock/cdata?SN={SERIAL}&table=ATTLOG", content=b"x" * 12_000_001
    )
    assert answer.status_code == 413
    assert count(session) == 0


def test_calls_nobody_knows_are_acknowledged(client: TestClient, att_site: TerminalSite) -> None:
    for method, action in (
        ("GET", "ping"),
        ("GET", "edata"),
        ("POST", "fdata"),
        ("POST", "querydata"),
        ("POST", "a/b/c.aspx"),
    ):
        answer = client.request(
            method, f"{att_site.base}/iclock/{action}?SN={SERIAL}", content=b"\xff\xd8picture"
        )
        assert (answer.status_code, answer.text) == (200, "OK")
        assert answer.headers["content-type"] == "text/plain"


@pytest.mark.usefixtures("client")
class TestWithoutPath:
    """Terminals that can only be given a host and a port."""

    def make(self, session: Session, **settings: Any) -> TerminalSite:
        return make_terminal_site(
            session,
            DeviceVendor.ZKTECO_ATT,
            serial_number=SERIAL,
            allowed_networks=[f"{HOME}/32"],
            has_bare_path=True,
            **settings,
        )

    def call_from(
        self, app: FastAPI, address: str, path: str = HELLO, **query: str
    ) -> tuple[int, str]:
        caller = TestClient(app, client=(address, 50_000))
        answer = caller.get(f"/iclock/{path}", params=query or None)
        return answer.status_code, answer.text

    def test_one_registered_so_is_known_by_its_address(
        self, app: FastAPI, session: Session
    ) -> None:
        self.make(session)
        status, said = self.call_from(app, HOME)
        assert (status, said.partition("\r\n")[0]) == (200, f"GET OPTION FROM: {SERIAL}")

    def test_from_elsewhere_it_is_not_found(self, app: FastAPI, session: Session) -> None:
        self.make(session)
        assert self.call_from(app, "203.0.113.10")[0] == 404

    def test_a_terminal_with_a_secret_path_is_not_known_without_it(
        self, app: FastAPI, session: Session
    ) -> None:
        make_terminal_site(
            session,
            DeviceVendor.ZKTECO_ATT,
            serial_number=SERIAL,
            allowed_networks=[f"{HOME}/32"],
        )
        assert self.call_from(app, HOME)[0] == 404

    def test_two_of_one_number_are_none(self, app: FastAPI, session: Session) -> None:
        self.make(session)
        self.make(session)
        assert self.call_from(app, HOME)[0] == 404

    @pytest.mark.parametrize(("key", "status"), [("778899", 200), ("000000", 404), (None, 404)])
    def test_a_hello_shows_the_communication_key(
        self,
        app: FastAPI,
        session: Session,
        key: str | None,
        status: int,
    ) -> None:
        self.make(session, comm_key="778899")
        query = {"SN": SERIAL, "options": "all"} | ({"pushcommkey": key} if key else {})
        assert self.call_from(app, HOME, "cdata", **query)[0] == status

    def test_no_key_is_kept_in_clear(self, session: Session) -> None:
        site = self.make(session, comm_key="778899")
        assert "778899" not in str(site.device(session).vendor_settings)

    def test_an_access_terminal_shows_its_session(self, app: FastAPI, session: Session) -> None:
        make_terminal_site(
            session,
            DeviceVendor.ZKTECO_ACC,
            serial_number="ACC1",
            allowed_networks=[f"{HOME}/32"],
            has_bare_path=True,
        )
        acc = AccTerminal(ZkLine(TestClient(app, client=(HOME, 50_000)), ""), serial="ACC1")
        acc.run()
        acc.see(0, now(), pin=1001)
        acc.run()

        stranger = TestClient(app, client=(HOME, 50_001))
        forged = stranger.post("/iclock/cdata?SN=ACC1&table=rtlog", content=b"pin=1001")

        assert acc.buffered == []
        assert forged.status_code == 406

    @pytest.mark.parametrize("networks", [[], ["203.0.113.0/23"], ["10.0.0.0/8"]])
    def test_its_networks_must_be_named_and_small(
        self, session: Session, networks: list[str]
    ) -> None:
        with pytest.raises(WrongTerminalSettingsError):
            make_terminal_site(
                session,
                DeviceVendor.ZKTECO_ATT,
                allowed_networks=networks,
                has_bare_path=True,
            )


@pytest.fixture
def live_site(live_database: Database) -> TerminalSite:
    with live_database.transaction() as session:
        return make_terminal_site(session, DeviceVendor.ZKTECO_ATT, serial_number=SERIAL)


def stored(database: Database) -> int:
    with database.transaction() as session:
        return count(session)


def upload_without_listening(api: Api, site: TerminalSite, at: str) -> socket.socket:
    """Send one punch and read nothing."""
    body = f"1001\t{yesterday(at):%Y-%m-%d %H:%M:%S}\t0\t15\t0\t0\t0\n".encode()
    head = (
        f"POST {site.base}/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=1 HTTP/1.1\r\n"
        f"Host: api\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    terminal = socket.socket(socket.AF_UNIX)
    terminal.connect(str(api.socket))
    terminal.sendall(head.encode() + body)
    return terminal


def test_power_cuts_before_and_after_the_commit_lose_nothing_and_count_nothing_twice(
    start_api: Callable[[], Api], live_database: Database, live_site: TerminalSite
) -> None:
    api = start_api()
    with (
        blocking(live_database, live_site),
        upload_without_listening(api, live_site, "06:58:10"),
    ):
        wait_until(lambda: is_waiting(live_database))
        api.kill()
    assert stored(live_database) == 0
    api = start_api()
    with upload_without_listening(api, live_site, "17:31:40"):
        wait_until(lambda: stored(live_database) == 1)
        api.kill()
    att = AttTerminal(ZkLine(start_api().client, live_site.base), has_options=True)
    att.punch("1001", yesterday("06:58:10"))
    att.punch("1001", yesterday("17:31:40"))

    att.run()

    assert (att.unsent, stored(live_database)) == ([], 2)


def test_the_answer_comes_after_the_commit_and_tells_the_time(
    live_api: Api, live_database: Database, live_site: TerminalSite
) -> None:
    with blocking(live_database, live_site):
        terminal = upload_without_listening(live_api, live_site, "06:58:10")
        wait_until(lambda: is_waiting(live_database))
        terminal.setblocking(False)
        with pytest.raises(BlockingIOError):
            terminal.recv(1)
    terminal.settimeout(20)
    with terminal, terminal.makefile() as lines:
        answer = lines.read()

    assert answer.endswith("OK: 1")
    assert "date: " in answer.lower()
    assert stored(live_database) == 1


@contextmanager
def blocking(database: Database, site: TerminalSite) -> Generator[None]:
    """Keep every upload of the terminal waiting in the middle of its transaction."""
    with database.transaction() as session:
        lock_device(session, session.get_one(Device, site.device_id))
        yield


def is_waiting(database: Database) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with database.transaction() as session:
        return bool(session.scalar(text(waiting)))
