"""When somebody has to look after a device; pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.clock import SHANGHAI
from core.enums import DeviceProfile, DeviceTrouble, DeviceVendor

WORK_BEGINS = time(7)
WORK_ENDS = time(19)
"""Wall clock in Shanghai; a gate switched off over night is nobody's trouble."""
SILENT_AFTER = timedelta(minutes=10)
CLOCK_BOUND_MS = 120_000
"""Beyond this a gate's word about time is not believed."""
LISTS_AGE = timedelta(hours=24)
BACKLOG_AFTER = timedelta(minutes=15)
"""A gate that is heard delivers within seconds; scans that wait this long are stuck."""
CALL_BY_THEMSELVES = {DeviceVendor.ANXINMA, DeviceVendor.ZKTECO_ATT, DeviceVendor.ZKTECO_ACC}
"""The others speak only when somebody passes."""


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What is known of a device in use; None where it never said."""

    profile: DeviceProfile
    vendor: DeviceVendor
    last_seen_at: datetime | None
    clock_offset_ms: int | None
    synced_at: datetime | None
    waiting_since: datetime | None


def judge_troubles(facts: DeviceFacts, *, at: datetime) -> frozenset[DeviceTrouble]:
    """Return everything about a gate that its manager should look after now.

    Kiosks and supervisors' phones are switched off and carried home; they have no troubles.
    """
    if facts.profile is not DeviceProfile.GATE or facts.last_seen_at is None:
        return frozenset()
    is_quiet = at - facts.last_seen_at > SILENT_AFTER
    found = {
        DeviceTrouble.SILENT: is_quiet and facts.vendor in CALL_BY_THEMSELVES,
        DeviceTrouble.CLOCK: abs(facts.clock_offset_ms or 0) > CLOCK_BOUND_MS,
        DeviceTrouble.LISTS: _is_older(facts.synced_at, LISTS_AGE, at),
        DeviceTrouble.BACKLOG: not is_quiet and _is_older(facts.waiting_since, BACKLOG_AFTER, at),
    }
    return frozenset(trouble for trouble, is_there in found.items() if is_there)


def may_begin(trouble: DeviceTrouble, *, at: datetime) -> bool:
    """Tell whether an episode may begin now: silence only once work has had time to begin."""
    if trouble is not DeviceTrouble.SILENT:
        return True
    local = at.astimezone(SHANGHAI)
    begins = datetime.combine(local.date(), WORK_BEGINS, SHANGHAI) + SILENT_AFTER
    return begins < local and local.time() < WORK_ENDS


def _is_older(since: datetime | None, age: timedelta, at: datetime) -> bool:
    return since is not None and at - since > age
