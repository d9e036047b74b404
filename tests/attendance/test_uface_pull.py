"""Pulling what a 宇泛 terminal recorded: what its one post lost comes back, once."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import select
from sqlmodel import Session, col

from attendance.uface_pull import PULL_RECORDS, plan_pulls, pull_records
from core.clock import now
from core.enums import DeviceVendor, MessageState
from core.keyring import Keyring
from db.models import OutboxMessage
from db.session import Database
from devices.terminal_client import TerminalCallError
from tests.devices.simulators.line import Answer, Line
from tests.devices.simulators.uface import UfaceTerminal
from tests.factories.attendance import make_gate_site
from tests.factories.vendors import check_ins, make_terminal, messages

Pull = Callable[[UfaceTerminal], bool]
MORNING = now() - timedelta(hours=30)


def lost(path: str, body: bytes, content_type: str) -> Answer:
    raise AssertionError("the line is cut")


@pytest.fixture
def terminal() -> UfaceTerminal:
    """A terminal whose posts never arrive."""
    return UfaceTerminal(Line(lost, is_cut=True))


@pytest.fixture
def pull(live_database: Database, redis: Redis, keyring: Keyring) -> Pull:
    """Ask a terminal as the nightly job does."""
    with live_database.transaction() as session:
        made = make_terminal(
            session,
            make_gate_site(session).project_id,
            DeviceVendor.UFACE,
            address="10.20.0.7",
            password="12345678",
            passing_types=["face_0"],
        )
        plan_pulls(session, at=now())
        job = list_jobs(session)[0].id

    def pull(client: UfaceTerminal) -> bool:
        return pull_records(
            live_database,
            redis,
            keyring,
            client,
            device_id=made.device_id,
            message_id=job,
            at=now(),
        )

    return pull


def list_jobs(session: Session) -> list[OutboxMessage]:
    return list(
        session.scalars(select(OutboxMessage).where(col(OutboxMessage.task) == PULL_RECORDS))
    )


def test_what_never_arrived_is_found_and_stored_once(
    live_database: Database, terminal: UfaceTerminal, pull: Pull
) -> None:
    terminal.recognise("1001", MORNING)
    terminal.recognise("1001", MORNING + timedelta(hours=9))

    assert (pull(terminal), pull(terminal)) == (True, True)

    with live_database.transaction() as session:
        assert [check_in.valid for check_in in check_ins(session)] == [True, True]
        assert [job.done_at is None for job in list_jobs(session)] == [False]


def test_what_cannot_be_read_of_a_list_is_kept(
    live_database: Database, terminal: UfaceTerminal, pull: Pull
) -> None:
    terminal.recognise("1001", MORNING, kind="face_7")

    pull(terminal)

    with live_database.transaction() as session:
        (message,) = messages(session)
        assert (message.state, message.note) == (MessageState.UNREAD, "type face_7")


def test_a_terminal_out_of_reach_is_passed_over(
    live_database: Database, terminal: UfaceTerminal, pull: Pull
) -> None:
    class Dead(UfaceTerminal):
        def find_records(self, *_: object) -> bytes:
            raise TerminalCallError("ConnectTimeout")

    assert not pull(Dead(terminal.line))


def test_only_terminals_that_may_be_called_are_planned_once_a_day(session: Session) -> None:
    site = make_gate_site(session)
    make_terminal(session, site.project_id, DeviceVendor.UFACE)
    make_terminal(session, site.project_id, DeviceVendor.VGUANG)
    called = make_terminal(
        session, site.project_id, DeviceVendor.UFACE, address="10.20.0.7", password="x"
    )
    for _ in range(2):
        plan_pulls(session, at=now())

    planned = [UUID(job.payload["device_id"]) for job in list_jobs(session)]
    assert planned == [called.device_id]
