"""A device's token is exchanged: there is always one that works, and a copy is noticed."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.clock import now
from devices.errors import DeviceRevokedError, LostInFutureError, UnknownDeviceError
from devices.service import authenticate, lose_device, offer_pairing, revoke_device
from devices.token_roll import GRACE, TOKEN_LIFE, is_roll_wanted, request_roll, roll_token
from tests.factories.attendance import GateSite, make_gate_site


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def test_both_tokens_work_until_the_new_one_is_used(session: Session, site: GateSite) -> None:
    old = site.gate.token

    new = roll_token(session, device=site.gate.device).token

    assert authenticate(session, old).id == site.gate.device_id
    assert authenticate(session, new).id == site.gate.device_id
    with pytest.raises(UnknownDeviceError):
        authenticate(session, old)
    assert authenticate(session, new).id == site.gate.device_id


def test_asking_again_gives_another_and_ends_the_lost_answer(
    session: Session, site: GateSite
) -> None:
    lost = roll_token(session, device=site.gate.device).token
    new = roll_token(session, device=site.gate.device).token

    with pytest.raises(UnknownDeviceError):
        authenticate(session, lost)
    assert authenticate(session, new).id == site.gate.device_id


def test_a_device_is_asked_when_its_token_is_old(session: Session, site: GateSite) -> None:
    device, at = site.gate.device, now()
    device.token_issued_at = at - TOKEN_LIFE
    assert not is_roll_wanted(device, at=at)
    assert is_roll_wanted(device, at=at + timedelta(seconds=1))
    authenticate(session, roll_token(session, device=device).token)
    assert not is_roll_wanted(device, at=at + timedelta(days=1))


def test_a_token_the_manager_wants_exchanged_ends_after_a_day(
    session: Session, site: GateSite
) -> None:
    device, at = site.gate.device, now()
    asked = request_roll(
        session, project_id=site.project_id, device_id=device.id, at=at - GRACE + timedelta(hours=1)
    )
    assert is_roll_wanted(asked, at=at)
    assert authenticate(session, site.gate.token).id == device.id

    device.roll_due_at = at
    with pytest.raises(UnknownDeviceError):
        authenticate(session, site.gate.token)


def test_asking_again_gives_no_more_time(session: Session, site: GateSite) -> None:
    device, at = site.gate.device, now()
    for hours in (0, 5):
        request_roll(
            session,
            project_id=site.project_id,
            device_id=device.id,
            at=at + timedelta(hours=hours),
        )
    assert device.roll_due_at == at + GRACE


def test_the_new_token_settles_what_the_manager_wanted(session: Session, site: GateSite) -> None:
    device = site.gate.device
    request_roll(session, project_id=site.project_id, device_id=device.id, at=now())
    authenticate(session, roll_token(session, device=device).token)
    assert device.roll_due_at is None


def test_a_stopped_device_is_not_asked(session: Session, site: GateSite) -> None:
    device = revoke_device(session, project_id=site.project_id, device_id=site.gate.device_id)
    with pytest.raises(DeviceRevokedError):
        request_roll(session, project_id=site.project_id, device_id=device.id, at=now())


@pytest.mark.parametrize("is_lost", [True, False])
def test_ending_a_device_ends_the_next_token_too(
    session: Session, site: GateSite, *, is_lost: bool
) -> None:
    new = roll_token(session, device=site.gate.device).token
    where = {"project_id": site.project_id, "device_id": site.gate.device_id}
    if is_lost:
        lose_device(session, **where, lost_at=now() - GRACE, at=now())
    else:
        revoke_device(session, **where)
    for token in (site.gate.token, new):
        with pytest.raises(UnknownDeviceError):
            authenticate(session, token)
    with pytest.raises(DeviceRevokedError):
        offer_pairing(session, **where)


def test_a_loss_moves_only_back_in_time(session: Session, site: GateSite) -> None:
    at = now()
    where = {"project_id": site.project_id, "device_id": site.gate.device_id}
    for days in (2, 5, 1):
        device = lose_device(session, **where, lost_at=at - timedelta(days=days), at=at)
    assert device.lost_at == at - timedelta(days=5)
    assert device.revoked_at == at
    with pytest.raises(LostInFutureError):
        lose_device(session, **where, lost_at=at + timedelta(seconds=1), at=at)
