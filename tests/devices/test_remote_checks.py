"""Answering a terminal that waits: once, at once, or not at all."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from core.clock import now
from core.enums import DeviceVendor, MessageState
from db.models import OutboxMessage
from db.session import Database
from devices.remote_checks import ANSWER_REMOTE_CHECK, answer_remote_check, ask_to_answer
from devices.service import revoke_device
from devices.terminal_client import TerminalCallError
from devices.terminal_settings import Target
from tests.factories.projects import make_project
from tests.factories.vendors import MadeTerminal, make_terminal, messages

VERDICT = b'{"RemoteCheck":{}}'


@dataclass
class Terminals:
    """Stands for the network of terminals."""

    is_dead: bool = False
    heard: list[tuple[Target, bytes]] = field(default_factory=list)

    def send_verdict(self, target: Target, body: bytes) -> None:
        self.heard.append((target, body))
        if self.is_dead:
            raise TerminalCallError("ConnectTimeout")

    def find_records(self, target: Target, since: datetime, until: datetime) -> bytes:
        raise NotImplementedError


def make_hikvision(session: Session) -> MadeTerminal:
    return make_terminal(
        session,
        make_project(session),
        DeviceVendor.HIKVISION,
        address="10.20.0.7",
        password="p-1",
    )


def ask(session: Session, terminal: MadeTerminal) -> None:
    ask_to_answer(
        session,
        device=terminal.device(session),
        reference="1203",
        opens=True,
        say="请进，注意安全",
        at=now(),
    )


def list_jobs(session: Session) -> list[OutboxMessage]:
    statement = select(OutboxMessage).where(col(OutboxMessage.task) == ANSWER_REMOTE_CHECK)
    return list(session.scalars(statement))


@pytest.fixture
def job(live_database: Database) -> tuple[UUID, UUID]:
    """A question that waits to be answered: the message and the device."""
    with live_database.transaction() as session:
        terminal = make_hikvision(session)
        ask(session, terminal)
        (message,) = list_jobs(session)
        return message.id, terminal.device_id


def run(database: Database, terminals: Terminals, job: tuple[UUID, UUID], **late: int) -> None:
    answer_remote_check(
        database,
        terminals,
        message_id=job[0],
        device_id=job[1],
        verdict=VERDICT,
        asked_at=now() - timedelta(**late),
    )


def is_done(database: Database) -> bool:
    with database.transaction() as session:
        return list_jobs(session)[0].done_at is not None


def test_the_job_holds_ids_and_what_the_screen_says(session: Session) -> None:
    terminal = make_hikvision(session)
    ask(session, terminal)

    (message,) = list_jobs(session)
    assert message.is_urgent
    assert message.payload == {
        "device_id": str(terminal.device_id),
        "reference": "1203",
        "opens": "yes",
        "say": "请进，注意安全",
        "asked_at": message.payload["asked_at"],
    }


def test_without_an_address_the_manager_is_shown_the_question(session: Session) -> None:
    terminal = make_terminal(session, make_project(session), DeviceVendor.HIKVISION)
    ask(session, terminal)

    (message,) = messages(session)
    assert (message.state, message.path) == (MessageState.UNREAD, "/remoteCheck")
    assert "address" in str(message.note)
    assert list_jobs(session) == []


def test_the_terminal_is_called_once(live_database: Database, job: tuple[UUID, UUID]) -> None:
    terminals = Terminals()

    run(live_database, terminals, job)

    assert terminals.heard == [(Target("10.20.0.7", 80, "admin", "p-1"), VERDICT)]
    assert is_done(live_database)


def test_a_late_answer_is_not_given(live_database: Database, job: tuple[UUID, UUID]) -> None:
    terminals = Terminals()

    run(live_database, terminals, job, seconds=7)

    assert terminals.heard == []
    assert is_done(live_database)


def test_a_dead_terminal_is_not_called_again(
    live_database: Database, job: tuple[UUID, UUID]
) -> None:
    terminals = Terminals(is_dead=True)

    run(live_database, terminals, job)

    assert len(terminals.heard) == 1
    assert is_done(live_database)


def test_a_terminal_revoked_meanwhile_is_not_opened(
    live_database: Database, job: tuple[UUID, UUID]
) -> None:
    terminals = Terminals()
    with live_database.transaction() as session:
        device = MadeTerminal(job[1], "").device(session)
        revoke_device(session, project_id=device.project_id, device_id=device.id)

    run(live_database, terminals, job)

    assert terminals.heard == []
