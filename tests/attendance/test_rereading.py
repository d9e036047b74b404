"""Reading again what could not be read before the terminal was set up as it stands."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from attendance.deliveries import Delivery, describe, take_delivery
from attendance.rereading import Rereading, reread_messages
from core.clock import now
from core.enums import DeviceVendor, Direction, MessageState
from core.keyring import Keyring
from devices.errors import DeviceNotFoundError
from devices.inbox import set_up_terminal
from devices.vendors import uface
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.projects import make_project
from tests.factories.vendors import MadeTerminal, check_ins, make_terminal, messages

MORNING = now() - timedelta(hours=30)


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def terminal(session: Session, site: GateSite, keyring: Keyring) -> MadeTerminal:
    """A terminal whose types nobody has tried out, with one message of it unread."""
    made = make_terminal(session, site.project, DeviceVendor.UFACE)
    deliver(session, keyring, made)
    return made


def deliver(session: Session, keyring: Keyring, terminal: MadeTerminal) -> None:
    milliseconds = round(MORNING.timestamp() * 1000)
    body = f"deviceKey=84E0&personId=1001&time={milliseconds}&type=face_0".encode()
    device = terminal.device(session)
    take_delivery(
        session,
        None,  # type: ignore[arg-type]  # nothing here asks it
        keyring,
        device=device,
        delivery=Delivery("/uface/recog?x=1", "text/plain", body, now()),
        reading=uface.read_callback(body, describe(session, device)),
    )


def reread(session: Session, keyring: Keyring, terminal: MadeTerminal) -> Rereading:
    return reread_messages(
        session,
        keyring,
        project_id=terminal.device(session).project_id,
        device_id=terminal.device_id,
        at=now(),
    )


def declare(session: Session, terminal: MadeTerminal, *, serial_number: str | None = None) -> None:
    set_up_terminal(
        session,
        project_id=terminal.device(session).project_id,
        device_id=terminal.device_id,
        direction=Direction.IN,
        serial_number=serial_number,
        allowed_networks=[],
        settings={"passing_types": ["face_0"]},
    )


def test_a_message_counts_once_its_type_is_known(
    session: Session, keyring: Keyring, site: GateSite, terminal: MadeTerminal
) -> None:
    declare(session, terminal)

    assert reread(session, keyring, terminal) == Rereading(1, 0)

    (check_in,) = check_ins(session)
    assert (check_in.project_worker_id, check_in.valid) == (site.worker_id, True)
    assert abs(check_in.occurred_at - MORNING) < timedelta(milliseconds=1)
    session.expire_all()
    assert [message.state for message in messages(session)] == [MessageState.TAKEN]


def test_what_is_still_a_riddle_stays(
    session: Session, keyring: Keyring, terminal: MadeTerminal
) -> None:
    assert reread(session, keyring, terminal) == Rereading(0, 1)
    assert check_ins(session) == []


def test_another_serial_number_is_still_not_believed(
    session: Session, keyring: Keyring, terminal: MadeTerminal
) -> None:
    declare(session, terminal, serial_number="99")
    assert reread(session, keyring, terminal) == Rereading(0, 1)


def test_another_projects_terminal_is_not_found(
    session: Session, keyring: Keyring, terminal: MadeTerminal
) -> None:
    with pytest.raises(DeviceNotFoundError):
        reread_messages(
            session,
            keyring,
            project_id=make_project(session).id,
            device_id=terminal.device_id,
            at=now(),
        )
