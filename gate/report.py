"""`python -m gate status`: whether this gate could do its work now, also without a network."""

from dataclasses import dataclass
from pathlib import Path

from core.clock import SHANGHAI, local_date
from gate.alarms import Alarm, Alarms
from gate.clock import GateClock
from gate.state import pairing, refusal
from gate.state.database import FILE_NAME
from gate.state.entry import State
from gate.state.journal import Journal
from gate.state.known import Known
from gate.texts import age

NOT_READY = "现在不能离线核验，请先联网一次"


@dataclass(frozen=True, slots=True)
class Report:
    """Lines for a person, and the answer for a monitor."""

    lines: list[str]
    is_ready: bool
    """Has a key for today: decides even when the network is gone."""


def report(directory: Path, clock: GateClock, known: Known) -> Report:
    """Look at what is on the disk; a running gate is not disturbed. NotPairedError."""
    paired = pairing.load(directory)
    last_day = known.lists.last_day
    today = local_date(clock.read().at)
    is_ready = last_day is not None and last_day >= today
    return Report(
        [
            f"服务器　{paired.server}",
            *_refusal(directory),
            *(f"{name}　{value}" for name, value in paired.details.items()),
            f"名单　　{_list_age(clock, known)}",
            f"离线　　{f'可离线核验到 {last_day}' if is_ready else NOT_READY}",
            f"时钟　　{_clock(clock)}",
            f"记录　　{_counts(directory)}",
        ],
        is_ready,
    )


def _refusal(directory: Path) -> list[str]:
    refused_at = refusal.load(directory)
    if refused_at is None:
        return []
    since = refused_at.astimezone(SHANGHAI)
    return [f"警报　　{Alarm.UNAUTHORIZED}（{since:%m-%d %H:%M} 起）"]


def _list_age(clock: GateClock, known: Known) -> str:
    if known.synced_at is None:
        return "还没有同步过"
    return f"{age((clock.read().at - known.synced_at).total_seconds())}前更新"


def _clock(clock: GateClock) -> str:
    error = clock.wall_error()
    return "开机后还没有校准" if error is None else f"本机快 {error:.1f} 秒（已修正）"


def _counts(directory: Path) -> str:
    if not (directory / FILE_NAME).exists():
        return "没有"
    journal = Journal(directory, Alarms())
    counts = journal.counts()
    journal.close()
    return (
        f"待上传 {counts[State.WAITING] + counts[State.ANNUL]}，被拒收 {counts[State.QUARANTINED]}"
    )
