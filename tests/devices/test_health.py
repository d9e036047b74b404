"""What devices say of themselves, and that a manager is told once an episode."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.clock import SHANGHAI
from core.enums import DeviceTrouble, PowerSource, Role
from db.models import DeviceAlarm, DeviceHealth, Notification
from db.session import Database
from devices.health import DeviceView, get_view, list_devices, note_condition, watch_devices
from devices.heartbeat import Condition
from devices.service import note_contact, revoke_device
from notifications.templates import Template
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.factories.identity import make_grant, make_worker_person

AT = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
WELL = Condition(
    version="anxinma-gate/1",
    power=PowerSource.BATTERY,
    battery_percent=80,
    waiting=0,
    quarantined=0,
    offline_until=date(2026, 11, 30),
)
SAYS_NOTHING = Condition(None, None, None, None, None, None)
Hear = Callable[..., None]


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    manager = make_worker_person(session, name="某专管员")
    make_grant(session, manager, Role.LABOUR_MANAGER, project_id=site.project_id)
    return site


@pytest.fixture
def hear(session: Session, site: GateSite) -> Hear:
    def heard(
        condition: Condition = WELL,
        *,
        at: datetime = AT,
        is_sync: bool = True,
        offset_ms: int | None = 0,
    ) -> None:
        note_contact(site.gate.device, at=at, clock_offset_ms=offset_ms)
        note_condition(
            session, device=site.gate.device, condition=condition, at=at, is_sync=is_sync
        )
        session.flush()

    return heard


def view_of(session: Session, site: GateSite) -> DeviceView:
    return get_view(session, project_id=site.project_id, device_id=site.gate.device_id)


def health_of(session: Session, site: GateSite) -> DeviceHealth:
    health = view_of(session, site).health
    assert health is not None
    return health


def told(session: Session) -> list[str]:
    return list(
        session.scalars(
            select(col(Notification.body))
            .where(col(Notification.template) == Template.DEVICE_TROUBLE)
            .order_by(col(Notification.id))
        )
    )


def test_the_last_word_stands(session: Session, site: GateSite, hear: Hear) -> None:
    hear(replace(WELL, waiting=7))
    hear(at=AT + MINUTE, is_sync=False)

    health = health_of(session, site)

    assert (health.heard_at, health.synced_at) == (AT + MINUTE, AT)
    assert (health.version, health.power, health.battery_percent) == (
        "anxinma-gate/1",
        PowerSource.BATTERY,
        80,
    )
    assert (health.waiting, health.waiting_since) == (0, None)


def test_a_backlog_counts_from_when_it_began(session: Session, site: GateSite, hear: Hear) -> None:
    for minutes, waiting in ((0, 3), (5, 9), (10, 4)):
        hear(replace(WELL, waiting=waiting), at=AT + minutes * MINUTE)
    assert health_of(session, site).waiting_since == AT


def test_a_brief_call_takes_nothing_back(session: Session, site: GateSite, hear: Hear) -> None:
    hear(replace(WELL, waiting=3))
    hear(SAYS_NOTHING, at=AT + MINUTE)
    health = health_of(session, site)
    assert (health.version, health.waiting, health.offline_until) == (
        "anxinma-gate/1",
        3,
        WELL.offline_until,
    )


def test_first_words_at_once_make_one_row(live_database: Database) -> None:
    with live_database.transaction() as session:
        gate = make_gate_site(session).gate

    def hear(_: int) -> None:
        with live_database.transaction() as session:
            device = session.get_one(type(gate.device), gate.device_id)
            note_condition(session, device=device, condition=WELL, at=AT)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(hear, range(8)))

    with live_database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(DeviceHealth)) == 1


def test_the_manager_is_told_once_an_episode(session: Session, site: GateSite, hear: Hear) -> None:
    hear()
    for minutes in (11, 13, 200):
        watch_devices(session, at=AT + minutes * MINUTE)
    assert len(told(session)) == 1
    assert f"“{site.gate.device.name}”超过十分钟没有联系系统" in told(session)[0]
    assert [alarm.trouble for alarm in view_of(session, site).alarms] == [DeviceTrouble.SILENT]

    hear(at=AT + 201 * MINUTE)
    watch_devices(session, at=AT + 202 * MINUTE)
    assert view_of(session, site).alarms == []

    watch_devices(session, at=AT + 220 * MINUTE)
    assert len(told(session)) == 2


def test_silence_of_a_night_is_told_in_the_morning(
    session: Session, site: GateSite, hear: Hear
) -> None:
    evening = AT.replace(hour=20)
    hear(at=evening)
    watch_devices(session, at=evening + timedelta(hours=2))
    assert told(session) == []
    watch_devices(session, at=evening + timedelta(hours=11, minutes=12))
    assert len(told(session)) == 1


def test_each_trouble_is_told_by_itself(session: Session, site: GateSite, hear: Hear) -> None:
    hear(replace(WELL, waiting=5), offset_ms=300_000)
    hear(replace(WELL, waiting=5), offset_ms=300_000, at=AT + 20 * MINUTE)

    watch_devices(session, at=AT + 20 * MINUTE)

    troubles = {alarm.trouble for alarm in view_of(session, site).alarms}
    assert troubles == {DeviceTrouble.CLOCK, DeviceTrouble.BACKLOG}
    assert len(told(session)) == 2


def test_nobody_is_told_of_a_device_that_was_stopped(
    session: Session, site: GateSite, hear: Hear
) -> None:
    hear()
    watch_devices(session, at=AT + 11 * MINUTE)
    revoke_device(session, project_id=site.project_id, device_id=site.gate.device_id)
    watch_devices(session, at=AT + 13 * MINUTE)
    assert view_of(session, site).alarms == []
    assert len(told(session)) == 1


def test_two_watches_at_once_open_one_episode(live_database: Database) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        note_contact(site.gate.device, at=AT, clock_offset_ms=0)

    def watch(_: int) -> None:
        with live_database.transaction() as session:
            watch_devices(session, at=AT + 11 * MINUTE)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(watch, range(8)))

    with live_database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(DeviceAlarm)) == 1


def test_the_list_is_newest_first_and_in_pages(session: Session, site: GateSite) -> None:
    newer = make_gate(session, site.project)

    first, second = list_devices(session, project_id=site.project_id, before=None, limit=5)
    (rest,) = list_devices(session, project_id=site.project_id, before=newer.device_id, limit=5)

    assert [first.id, second.id] == [newer.device_id, site.gate.device_id]
    assert rest.id == site.gate.device_id


def test_a_lost_gate_shows_until_when_its_keys_are_good(
    session: Session, site: GateSite, hear: Hear
) -> None:
    hear()
    assert view_of(session, site).keys_end_date is None
    site.gate.device.lost_at = AT
    assert view_of(session, site).keys_end_date == date(2026, 11, 30)
