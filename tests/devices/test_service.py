"""Pairing: once, for a quarter of an hour, and never guessed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis import Redis
from sqlmodel import Session

from core.clock import now
from core.enums import DeviceProfile
from db.models import Device
from db.session import Database
from devices import queries, service
from devices.errors import (
    DeviceNameTakenError,
    DeviceNotFoundError,
    DeviceRevokedError,
    PairingThrottledError,
    PairingUnavailableError,
    UnknownDeviceError,
    WrongPairingCodeError,
)
from devices.service import PairedDevice, PairingOffer
from tests.factories.attendance import make_gate
from tests.factories.projects import make_project


def create(session: Session, *, name: str = "东门 1 号闸机") -> PairingOffer:
    project = make_project(session)
    return service.create_device(
        session, project_id=project.id, name=name, profile=DeviceProfile.GATE
    )


def pair(session: Session, redis: Redis, code: str, *, caller: str = "10.0.0.1") -> PairedDevice:
    return service.pair_device(session, redis, pairing_code=code, caller=caller)


def test_a_paired_device_is_known_by_its_token(session: Session, redis: Redis) -> None:
    offer = create(session)
    paired = pair(session, redis, offer.pairing_code)
    assert service.authenticate(session, paired.token).id == offer.device_id


def test_neither_code_nor_token_is_stored(session: Session, redis: Redis) -> None:
    offer = create(session)
    device = session.get_one(Device, offer.device_id)
    assert offer.pairing_code.encode() not in (device.pairing_code_hash or b"")

    paired = pair(session, redis, offer.pairing_code)

    session.refresh(device)
    assert device.pairing_code_hash is None
    assert paired.token.encode() not in (device.token_hash or b"")


def test_a_pairing_code_works_once(session: Session, redis: Redis) -> None:
    offer = create(session)
    pair(session, redis, offer.pairing_code)
    with pytest.raises(WrongPairingCodeError):
        pair(session, redis, offer.pairing_code)


def test_two_devices_with_the_same_code_at_once_give_one_pairing(
    live_database: Database, redis: Redis
) -> None:
    with live_database.transaction() as session:
        code = create(session).pairing_code

    def try_pairing(number: int) -> bool:
        try:
            with live_database.transaction() as session:
                pair(session, redis, code, caller=f"10.0.0.{number}")
        except WrongPairingCodeError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_pairing, range(8))) == 1


def test_a_pairing_code_ends_after_a_quarter_of_an_hour(session: Session, redis: Redis) -> None:
    offer = create(session)
    device = session.get_one(Device, offer.device_id)
    assert offer.expires_at - now() <= timedelta(minutes=15)
    device.pairing_expires_at = now() - timedelta(seconds=1)
    session.flush()

    with pytest.raises(WrongPairingCodeError):
        pair(session, redis, offer.pairing_code)


def test_a_new_code_ends_the_old_one_and_the_token_when_used(
    session: Session, redis: Redis
) -> None:
    offer = create(session)
    first = pair(session, redis, offer.pairing_code)
    project_id = first.device.project_id

    unused = service.offer_pairing(session, project_id=project_id, device_id=offer.device_id)
    renewed = service.offer_pairing(session, project_id=project_id, device_id=offer.device_id)

    assert service.authenticate(session, first.token).id == offer.device_id
    with pytest.raises(WrongPairingCodeError):
        pair(session, redis, unused.pairing_code)
    second = pair(session, redis, renewed.pairing_code)
    assert service.authenticate(session, second.token).id == offer.device_id
    with pytest.raises(UnknownDeviceError):
        service.authenticate(session, first.token)


def test_a_revoked_device_is_unknown_at_once_and_stays_so(session: Session) -> None:
    gate = make_gate(session, make_project(session))
    where = {"project_id": gate.device.project_id, "device_id": gate.device_id}

    revoked_at = service.revoke_device(session, **where).revoked_at

    assert service.revoke_device(session, **where).revoked_at == revoked_at
    with pytest.raises(UnknownDeviceError):
        service.authenticate(session, gate.token)
    with pytest.raises(DeviceRevokedError):
        service.offer_pairing(session, **where)


def test_a_code_of_a_revoked_device_is_worth_nothing(session: Session, redis: Redis) -> None:
    offer = create(session)
    device = session.get_one(Device, offer.device_id)
    service.revoke_device(session, project_id=device.project_id, device_id=device.id)
    with pytest.raises(WrongPairingCodeError):
        pair(session, redis, offer.pairing_code)


def test_a_name_is_given_once_on_a_project(session: Session) -> None:
    project = make_project(session)
    make_gate(session, project, name="东门")
    with pytest.raises(DeviceNameTakenError):
        service.create_device(
            session, project_id=project.id, name="东门", profile=DeviceProfile.GATE
        )
    assert len(queries.list_devices(session, project_id=project.id, before=None, limit=9)) == 1


def test_another_projects_device_does_not_exist(session: Session) -> None:
    gate = make_gate(session, make_project(session))
    with pytest.raises(DeviceNotFoundError):
        service.revoke_device(
            session, project_id=make_project(session).id, device_id=gate.device_id
        )


def test_guessing_is_stopped_after_ten_tries(session: Session, redis: Redis) -> None:
    for _ in range(10):
        with pytest.raises(WrongPairingCodeError):
            pair(session, redis, "00000000")
    with pytest.raises(PairingThrottledError) as refusal:
        pair(session, redis, "00000000")
    assert 1 <= refusal.value.retry_after <= 901
    with pytest.raises(WrongPairingCodeError):
        pair(session, redis, "00000000", caller="10.0.0.2")


def test_a_site_pairs_as_many_gates_as_it_has_from_one_address(
    session: Session, redis: Redis
) -> None:
    for _ in range(11):
        pair(session, redis, create(session).pairing_code)
    with pytest.raises(WrongPairingCodeError):
        pair(session, redis, "00000000")


def test_without_valkey_nothing_is_paired(session: Session) -> None:
    offer = create(session)
    nowhere = Redis.from_url("unix:///nowhere.sock")
    with pytest.raises(PairingUnavailableError):
        pair(session, nowhere, offer.pairing_code)


def test_contact_is_written_when_it_says_something_new(session: Session) -> None:
    device = make_gate(session, make_project(session)).device
    at = now()

    service.note_contact(device, at=at, clock_offset_ms=40)
    service.note_contact(device, at=at + timedelta(seconds=29), clock_offset_ms=90)
    assert (device.last_seen_at, device.clock_offset_ms) == (at, 40)

    service.note_contact(device, at=at + timedelta(seconds=29), clock_offset_ms=5_000)
    assert device.clock_offset_ms == 5_000
    service.note_contact(device, at=at + timedelta(minutes=2), clock_offset_ms=5_000)
    assert device.last_seen_at == at + timedelta(minutes=2)
