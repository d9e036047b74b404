"""What devices say about themselves, and telling their manager when something is wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.clock import ONE_DAY, local_date
from core.enums import DeviceTrouble
from db.models import Device, DeviceAlarm, DeviceHealth
from devices import queries, rules
from devices.heartbeat import Condition
from devices.rules import DeviceFacts
from devices.sync import KEY_DAYS
from identity.queries import list_managers
from notifications.service import notify
from notifications.templates import Template

TROUBLES = {
    DeviceTrouble.SILENT: "超过十分钟没有联系系统",
    DeviceTrouble.CLOCK: "时间不准，相差两分钟以上",
    DeviceTrouble.LISTS: "进出名单一天没有更新",
    DeviceTrouble.BACKLOG: "刷码记录传不上来",
}


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device, what it last said, and its troubles that are not over."""

    device: Device
    health: DeviceHealth | None
    alarms: list[DeviceAlarm]

    @property
    def id(self) -> UUID:
        """What pages are ordered by."""
        return self.device.id

    @property
    def keys_end_date(self) -> date | None:
        """Of a lost gate: the last day of the keys it held when its last sync was answered."""
        synced_at = self.health.synced_at if self.health else None
        if self.device.lost_at is None or synced_at is None:
            return None
        return local_date(synced_at) + (KEY_DAYS.stop - 1) * ONE_DAY


def note_condition(
    session: Session, *, device: Device, condition: Condition, at: datetime, is_sync: bool = False
) -> None:
    """Remember what a device says about itself; `is_sync` when its lists are current now."""
    known = queries.find_health(session, device.id)
    if known is None:
        known = _begin(session, device, at)
    known.heard_at = at
    known.synced_at = at if is_sync else known.synced_at
    known.version = condition.version or known.version
    known.power = condition.power
    known.battery_percent = condition.battery_percent
    if condition.waiting is not None:
        known.waiting_since = (known.waiting_since or at) if condition.waiting else None
        known.waiting = condition.waiting
        known.quarantined = condition.quarantined
        known.offline_until = condition.offline_until


def list_devices(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int
) -> list[DeviceView]:
    """Return up to `limit` devices created before one, newest first, revoked ones too."""
    found = queries.list_devices(session, project_id=project_id, before=before, limit=limit)
    alarms = queries.list_open_alarms(session, device_ids=[device.id for device, _ in found])
    return [
        DeviceView(device, health, [alarm for alarm in alarms if alarm.device_id == device.id])
        for device, health in found
    ]


def get_view(session: Session, *, project_id: UUID, device_id: UUID) -> DeviceView:
    """Return one device of the project; DeviceNotFoundError for any other."""
    device = queries.get_device(session, project_id=project_id, device_id=device_id)
    alarms = queries.list_open_alarms(session, device_ids=[device_id])
    return DeviceView(device, queries.find_health(session, device_id), alarms)


def watch_devices(session: Session, *, at: datetime) -> None:
    """Open and close episodes of trouble; the managers are told once for each that opens.

    Running twice at once does no harm: an episode is opened once.
    """
    known = {(alarm.device_id, alarm.trouble): alarm for alarm in queries.list_open_alarms(session)}
    found = {
        (device.id, trouble): device
        for device, health in queries.list_watched(session)
        for trouble in rules.judge_troubles(_facts(device, health), at=at)
    }
    for key in known.keys() - found.keys():
        known[key].ended_at = at
    for device_id, trouble in found.keys() - known.keys():
        if rules.may_begin(trouble, at=at):
            _open(session, found[device_id, trouble], trouble)


def _facts(device: Device, health: DeviceHealth | None) -> DeviceFacts:
    return DeviceFacts(
        profile=device.profile,
        vendor=device.vendor,
        last_seen_at=device.last_seen_at,
        clock_offset_ms=device.clock_offset_ms,
        synced_at=health.synced_at if health else None,
        waiting_since=health.waiting_since if health else None,
    )


def _open(session: Session, device: Device, trouble: DeviceTrouble) -> None:
    alarm = DeviceAlarm(project_id=device.project_id, device_id=device.id, trouble=trouble)
    inserted = session.scalar(
        insert(DeviceAlarm)
        .values(alarm.model_dump())
        .on_conflict_do_nothing(
            index_elements=["device_id", "trouble"], index_where=col(DeviceAlarm.ended_at).is_(None)
        )
        .returning(col(DeviceAlarm.id))
    )
    for manager_id in list_managers(session, device.project_id) if inserted else ():
        notify(
            session,
            template=Template.DEVICE_TROUBLE,
            person_id=manager_id,
            key=str(alarm.id),
            gate=device.name,
            trouble=TROUBLES[trouble],
        )


def _begin(session: Session, device: Device, at: datetime) -> DeviceHealth:
    first = DeviceHealth(project_id=device.project_id, device_id=device.id, heard_at=at)
    session.execute(
        insert(DeviceHealth)
        .values(first.model_dump())
        .on_conflict_do_nothing(index_elements=["device_id"])
    )
    known = queries.find_health(session, device.id)
    assert known is not None
    return known
