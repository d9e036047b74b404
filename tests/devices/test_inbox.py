"""Terminals' secrets, who may call as them, and what is kept of what they sent."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlmodel import Session, col

from core.clock import now
from core.enums import DeviceVendor, Direction, MessageState, Role
from db.base import new_id
from db.models import AuditEntry, Device, DeviceMessage, Project
from devices import inbox
from devices.errors import (
    DeviceMessageNotFoundError,
    DeviceNameTakenError,
    DeviceNotFoundError,
    DeviceRevokedError,
    NotATerminalError,
    UnknownTerminalError,
    WrongTerminalSettingsError,
)
from devices.service import revoke_device
from tests.factories.attendance import make_gate
from tests.factories.identity import make_person, make_principal
from tests.factories.projects import make_project
from tests.factories.vendors import MadeTerminal, make_terminal, messages

ANYWHERE = "198.51.100.7"


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session)


@pytest.fixture
def terminal(session: Session, project: Project) -> MadeTerminal:
    return make_terminal(session, project, DeviceVendor.HIKVISION)


def find(session: Session, secret: str, address: str = ANYWHERE) -> Device:
    return inbox.find_terminal(
        session, secret=secret, vendor=DeviceVendor.HIKVISION, address=address
    )


def keep(session: Session, terminal: MadeTerminal, body: bytes = b"x", path: str = "/x") -> None:
    inbox.keep_message(
        session,
        device=terminal.device(session),
        path=path,
        content_type="text/plain",
        body=body,
        state=MessageState.UNREAD,
        note="event 5/999",
    )


def test_a_secret_opens_and_is_kept_as_a_hash(session: Session, terminal: MadeTerminal) -> None:
    assert find(session, terminal.secret).id == terminal.device_id
    assert len(base64.urlsafe_b64decode(terminal.secret + "=")) == 32
    row = session.execute(text("SELECT device::text FROM device")).scalar_one()
    assert terminal.secret not in row


@pytest.mark.parametrize("secret", ["", "x", "\x00", "é" * 500])
def test_any_other_secret_opens_nothing(
    session: Session, terminal: MadeTerminal, secret: str
) -> None:
    with pytest.raises(UnknownTerminalError):
        find(session, secret)


def test_another_vendors_path_opens_nothing(session: Session, project: Project) -> None:
    other = make_terminal(session, project, DeviceVendor.VGUANG)
    with pytest.raises(UnknownTerminalError):
        find(session, other.secret)


def test_a_revoked_terminal_opens_nothing(
    session: Session, project: Project, terminal: MadeTerminal
) -> None:
    revoke_device(session, project_id=project.id, device_id=terminal.device_id)
    with pytest.raises(UnknownTerminalError):
        find(session, terminal.secret)


@pytest.mark.parametrize(
    ("address", "is_inside"),
    [
        ("203.0.113.5", True),
        ("::ffff:203.0.113.5", True),
        ("203.0.113.77", False),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("local", False),
        ("", False),
    ],
)
def test_only_addresses_inside_the_networks_may_call(
    session: Session, project: Project, address: str, is_inside: bool
) -> None:
    terminal = make_terminal(
        session,
        project,
        DeviceVendor.HIKVISION,
        allowed_networks=["203.0.113.9/28", "2001:db8::/32"],
    )
    assert inbox.is_allowed(terminal.device(session), address) is is_inside


def test_a_new_secret_ends_the_old_one(
    session: Session, project: Project, terminal: MadeTerminal
) -> None:
    offer = inbox.renew_secret(session, project_id=project.id, device_id=terminal.device_id)

    assert find(session, offer.secret).id == terminal.device_id
    with pytest.raises(UnknownTerminalError):
        find(session, terminal.secret)


def test_a_gate_of_our_own_has_no_secret(session: Session, project: Project) -> None:
    gate = make_gate(session, project)
    with pytest.raises(NotATerminalError):
        inbox.renew_secret(session, project_id=project.id, device_id=gate.device_id)


def test_a_revoked_terminal_gets_no_new_secret(
    session: Session, project: Project, terminal: MadeTerminal
) -> None:
    revoke_device(session, project_id=project.id, device_id=terminal.device_id)
    with pytest.raises(DeviceRevokedError):
        inbox.renew_secret(session, project_id=project.id, device_id=terminal.device_id)


def test_another_projects_terminal_is_not_found(session: Session, terminal: MadeTerminal) -> None:
    with pytest.raises(DeviceNotFoundError):
        inbox.renew_secret(
            session, project_id=make_project(session).id, device_id=terminal.device_id
        )


def test_a_name_is_given_once(session: Session, project: Project) -> None:
    gate = make_gate(session, project, name="东门")
    with pytest.raises(DeviceNameTakenError):
        inbox.create_terminal(
            session,
            project_id=project.id,
            name=gate.device.name,
            vendor=DeviceVendor.VGUANG,
            direction=Direction.IN,
            serial_number=None,
            allowed_networks=[],
            settings={},
        )


@pytest.mark.parametrize(
    "vendor", [DeviceVendor.VGUANG, DeviceVendor.UFACE, DeviceVendor.FACESLUICE]
)
def test_a_terminal_that_cannot_say_which_way_must_be_told(
    session: Session, project: Project, vendor: DeviceVendor
) -> None:
    with pytest.raises(WrongTerminalSettingsError):
        make_terminal(session, project, vendor, direction=None)


def test_settings_replace_the_earlier_ones(
    session: Session, project: Project, terminal: MadeTerminal
) -> None:
    inbox.set_up_terminal(
        session,
        project_id=project.id,
        device_id=terminal.device_id,
        direction=Direction.OUT,
        serial_number="DS-1",
        allowed_networks=["203.0.113.9/28"],
        settings={"address": "10.20.0.7", "password": "p-1"},
    )

    device = terminal.device(session)
    assert (device.direction, device.serial_number) == (Direction.OUT, "DS-1")
    assert device.allowed_networks == ["203.0.113.0/28"]
    assert device.vendor_settings["address"] == "10.20.0.7"


def test_wrong_settings_change_nothing(
    session: Session, project: Project, terminal: MadeTerminal
) -> None:
    with pytest.raises(WrongTerminalSettingsError):
        inbox.set_up_terminal(
            session,
            project_id=project.id,
            device_id=terminal.device_id,
            direction=Direction.OUT,
            serial_number=None,
            allowed_networks=[],
            settings={"colour": "red"},
        )
    assert terminal.device(session).direction is Direction.IN


def test_a_message_is_unreadable_in_the_table(session: Session, terminal: MadeTerminal) -> None:
    keep(session, terminal, "张三".encode())
    row = session.execute(text("SELECT device_message::text FROM device_message")).scalar_one()
    assert base64.b64encode("张三".encode()).hex() not in row
    assert "张三".encode().hex() not in row


def test_the_same_message_is_kept_once(session: Session, terminal: MadeTerminal) -> None:
    for body in (b"x", b"x", b"y"):
        keep(session, terminal, body)
    assert len(messages(session)) == 2


def test_a_very_long_message_is_cut_and_says_so(session: Session, terminal: MadeTerminal) -> None:
    keep(session, terminal, b"x" * 1_500_000, path="/" + "y" * 5_000 + "\x00")

    (message,) = messages(session)
    assert len(base64.b64decode(message.body)) == 1_000_000
    assert message.note == "event 5/999; cut from 1500000 bytes"
    assert len(message.path) == 200


def test_whoever_opens_a_message_is_recorded(
    session: Session, project: Project, terminal: MadeTerminal
) -> None:
    keep(session, terminal, b"hello")
    (message,) = messages(session)
    reader = make_principal(make_person(session).id, Role.LABOUR_MANAGER, project_id=project.id)

    _, body = inbox.read_message(
        session, project_id=project.id, message_id=message.id, reader=reader, reason="核对"
    )

    assert body == b"hello"
    entry = session.scalars(
        select(AuditEntry).where(col(AuditEntry.action) == "devices.read-terminal-message")
    ).one()
    assert (entry.actor_id, entry.subject_id, entry.reason) == (
        reader.person_id,
        message.id,
        "核对",
    )


def test_another_projects_message_is_not_found(session: Session, terminal: MadeTerminal) -> None:
    keep(session, terminal)
    (message,) = messages(session)
    reader = make_principal(make_person(session).id, Role.LABOUR_MANAGER, project_id=new_id())
    with pytest.raises(DeviceMessageNotFoundError):
        inbox.read_message(
            session, project_id=new_id(), message_id=message.id, reader=reader, reason="x"
        )


def test_messages_are_dropped_after_seven_days(session: Session, terminal: MadeTerminal) -> None:
    at = now()
    for body, days in ((b"old", 8), (b"new", 6)):
        keep(session, terminal, body)
        session.execute(
            update(DeviceMessage)
            .where(col(DeviceMessage.created_at) > at - timedelta(days=1))
            .values(created_at=at - timedelta(days=days))
        )

    assert inbox.drop_old_messages(session, at=at) == 1

    session.expire_all()
    assert [base64.b64decode(message.body) for message in messages(session)] == [b"new"]
