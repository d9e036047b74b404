"""Vendors' settings: refused when they are another's, and passwords that stay where they belong."""

from typing import Any

import pytest
from sqlmodel import Session

from core.enums import DeviceProfile, DeviceVendor
from db.base import new_id
from db.models import Device
from devices.errors import WrongTerminalSettingsError
from devices.terminal_settings import Target, check_settings, find_target
from tests.factories.projects import make_project
from tests.factories.vendors import make_terminal


def check(
    session: Session,
    vendor: DeviceVendor,
    given: dict[str, Any],
    stored: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return check_settings(
        session, vendor=vendor, given=given, allowed_networks=[], stored=stored or {}
    )


def target_of(session: Session, settings: dict[str, Any]) -> Target | None:
    device = Device(
        project_id=new_id(), name="x", profile=DeviceProfile.GATE, vendor_settings=settings
    )
    return find_target(session, device)


@pytest.mark.parametrize(
    ("vendor", "given"),
    [
        (DeviceVendor.VGUANG, {"address": "10.20.0.7"}),
        (DeviceVendor.FACESLUICE, {"x": 1}),
        (DeviceVendor.FACESLUICE, {"\ud800": 1}),
        (DeviceVendor.HIKVISION, {"passing_types": ["face_0"]}),
        (DeviceVendor.HIKVISION, {"address": "axm.example"}),
        (DeviceVendor.HIKVISION, {"address": "10.20.0.7/24"}),
        (DeviceVendor.HIKVISION, {"port": 0}),
        (DeviceVendor.HIKVISION, {"password": "a b"}),
        (DeviceVendor.HIKVISION, {"user": "a\r\nb"}),
        (DeviceVendor.UFACE, {"passing_types": "face_0"}),
        (DeviceVendor.UFACE, {"passing_types": ["face"]}),
    ],
)
def test_settings_a_vendor_does_not_have_are_refused(
    session: Session, vendor: DeviceVendor, given: dict[str, Any]
) -> None:
    with pytest.raises(WrongTerminalSettingsError):
        check(session, vendor, given)


def test_a_password_is_sealed_and_comes_back_for_the_call(session: Session) -> None:
    settings = check(session, DeviceVendor.UFACE, {"address": "10.20.0.7", "password": "p-1"})

    assert "p-1" not in str(settings)
    assert target_of(session, settings) == Target("10.20.0.7", 8090, "admin", "p-1")


def test_without_address_or_password_nobody_is_called(session: Session) -> None:
    for given in ({}, {"address": "10.20.0.7"}, {"password": "p-1"}):
        assert target_of(session, check(session, DeviceVendor.HIKVISION, given)) is None


def test_a_password_left_out_stays_but_never_follows_the_address_elsewhere(
    session: Session,
) -> None:
    stored = check(session, DeviceVendor.HIKVISION, {"address": "10.20.0.7", "password": "p-1"})

    kept = check(session, DeviceVendor.HIKVISION, {"address": "10.20.0.7"}, stored)
    moved = check(session, DeviceVendor.HIKVISION, {"address": "10.20.0.8"}, stored)

    assert target_of(session, kept) == Target("10.20.0.7", 80, "admin", "p-1")
    assert target_of(session, moved) is None


def test_zkteco_settings_are_checked_where_zkteco_is_read(session: Session) -> None:
    project = make_project(session)
    with pytest.raises(WrongTerminalSettingsError):
        make_terminal(session, project, DeviceVendor.ZKTECO_ATT, address="10.20.0.7")
