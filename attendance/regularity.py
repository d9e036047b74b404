"""Are these crossings too regular to be people? Statistics over a team's month; pure.

A finding never changes anybody's pay: it is shown beside the sheet with its number, and somebody
looks. The limits are set so that crossings as real gates see them stay far below.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from statistics import fmean, pvariance
from uuid import UUID

from core.clock import SHANGHAI
from core.enums import Direction

SECONDS_A_MINUTE = 60
CROWD = 4
"""Workers in one second; a turnstile lets one person through in two or three."""
CROWDED_SECONDS = 3
FEWEST_STAYS = 10
EQUAL_STAYS_SHARE = 0.3
FEWEST_COMMON_DAYS = 8
SHARED_JITTER_SHARE = 0.6
SHARED_JITTER_WORKERS = 3
NEIGHBOURS = 20
"""Each worker is compared with so many others, enough to find one jitter shared by all."""
FEWEST_CROSSINGS = 40
SAME_SECOND_SHARE = 0.25
FEWEST_ENTRIES = 150
FEWEST_WORKERS = 5
FEWEST_DAYS = 10
LEAST_EXPLAINED = 0.05
FLATNESS = 1.95
"""Kolmogorov–Smirnov distance times √n; evenly drawn numbers stay below in 999 of 1,000 months,
arrivals of people lie far above."""


@dataclass(frozen=True, slots=True)
class Punch:
    """One crossing that a gate or a phone recorded."""

    worker_id: UUID
    direction: Direction
    at: datetime
    day: date
    """The work day it counts for."""


class SuspicionKind(StrEnum):
    """What a generator would leave behind."""

    CROWDED_SECONDS = "crowded_seconds"
    EQUAL_STAYS = "equal_stays"
    SHARED_JITTER = "shared_jitter"
    SAME_SECOND = "same_second"
    FLAT_WINDOW = "flat_window"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One statistic beyond its limit."""

    kind: SuspicionKind
    statistic: float
    limit: float
    sample: int
    """How many crossings, stays or pairs were looked at."""
    worker_ids: tuple[UUID, ...] = ()
    """Whom it concerns; empty when it is the whole team."""

    @property
    def say(self) -> str:
        """The finding in plain words, with its number."""
        shown = SHOWN[self.kind].format(
            statistic=self.statistic, percent=self.statistic * 100, sample=self.sample
        )
        return f"{shown}，请核对"


SHOWN: dict[SuspicionKind, str] = {
    SuspicionKind.CROWDED_SECONDS: (
        f"有 {{statistic:.0f}} 个时刻同一秒里有 {CROWD} 个以上的人打卡（共 {{sample}} 次打卡）"
    ),
    SuspicionKind.EQUAL_STAYS: (
        "有人每天在工地的时间长短分秒不差：最多的有 {percent:.0f}% 的天数完全相同（共 {sample} 天）"
    ),
    SuspicionKind.SHARED_JITTER: (
        "几个人每天进场的时间差分秒不变：{percent:.0f}% 的天数完全相同（共 {sample} 对工人）"
    ),
    SuspicionKind.SAME_SECOND: ("{percent:.0f}% 的打卡落在每分钟的同一秒（共 {sample} 次打卡）"),
    SuspicionKind.FLAT_WINDOW: (
        "进场时间像是在一个时段里平均抽出来的，看不出每个人、每一天的差别"
        "（能说明的只有 {percent:.0f}%，共 {sample} 次进场）"
    ),
}


def judge_regularity(punches: Iterable[Punch]) -> list[Suspicion]:
    """Return every statistic beyond its limit; none for what people do."""
    seen = sorted(punches, key=lambda punch: (punch.at, punch.worker_id))
    firsts = _list_firsts(seen)
    found = (
        _judge_crowds(seen),
        _judge_stays(seen),
        _judge_jitter(firsts),
        _judge_seconds(seen),
        _judge_window(firsts),
    )
    return [suspicion for suspicion in found if suspicion is not None]


def _judge_crowds(punches: Sequence[Punch]) -> Suspicion | None:
    workers: dict[datetime, set[UUID]] = defaultdict(set)
    for punch in punches:
        workers[punch.at.replace(microsecond=0)].add(punch.worker_id)
    crowds = sum(len(there) >= CROWD for there in workers.values())
    if crowds < CROWDED_SECONDS:
        return None
    return Suspicion(SuspicionKind.CROWDED_SECONDS, crowds, CROWDED_SECONDS, len(punches))


def _judge_stays(punches: Sequence[Punch]) -> Suspicion | None:
    """Judge each worker by the most frequent length of a day, to the second."""
    stays: dict[UUID, list[int]] = defaultdict(list)
    for (worker_id, _), of_day in _group_days(punches).items():
        if of_day[0].direction is Direction.IN and of_day[-1].direction is Direction.OUT:
            stays[worker_id].append(int((of_day[-1].at - of_day[0].at).total_seconds()))
    shares = {
        worker_id: _mode_share(lengths)
        for worker_id, lengths in stays.items()
        if len(lengths) >= FEWEST_STAYS
    }
    regular = sorted(worker for worker, share in shares.items() if share >= EQUAL_STAYS_SHARE)
    if not regular:
        return None
    worst = max(regular, key=shares.__getitem__)
    return Suspicion(
        SuspicionKind.EQUAL_STAYS,
        shares[worst],
        EQUAL_STAYS_SHARE,
        len(stays[worst]),
        tuple(regular),
    )


def _judge_jitter(firsts: Mapping[UUID, Mapping[date, int]]) -> Suspicion | None:
    """Judge pairs by how often they come in at the same distance from each other."""
    order = sorted(firsts)
    pairs = [
        (one, other)
        for place, one in enumerate(order)
        for other in order[place + 1 : place + 1 + NEIGHBOURS]
    ]
    shares = {
        pair: share
        for pair in pairs
        if (share := _jitter_share(firsts[pair[0]], firsts[pair[1]])) >= SHARED_JITTER_SHARE
    }
    concerned = sorted({worker for pair in shares for worker in pair})
    if len(concerned) < SHARED_JITTER_WORKERS:
        return None
    return Suspicion(
        SuspicionKind.SHARED_JITTER,
        max(shares.values()),
        SHARED_JITTER_SHARE,
        len(pairs),
        tuple(concerned),
    )


def _judge_seconds(punches: Sequence[Punch]) -> Suspicion | None:
    if len(punches) < FEWEST_CROSSINGS:
        return None
    share = _mode_share([punch.at.second for punch in punches])
    if share < SAME_SECOND_SHARE:
        return None
    return Suspicion(SuspicionKind.SAME_SECOND, share, SAME_SECOND_SHARE, len(punches))


def _judge_window(firsts: Mapping[UUID, Mapping[date, int]]) -> Suspicion | None:
    """Judge whether who came and which day it was explain nothing, and the times lie flat."""
    entries = [
        (worker_id, day, second) for worker_id, of in firsts.items() for day, second in of.items()
    ]
    days = {day for _, day, _ in entries}
    if (
        len(entries) < FEWEST_ENTRIES
        or len(firsts) < FEWEST_WORKERS
        or len(days) < FEWEST_DAYS
        or _measure_flatness([second for _, _, second in entries]) > FLATNESS
    ):
        return None
    explained = _measure_explained(entries)
    if explained > LEAST_EXPLAINED:
        return None
    return Suspicion(SuspicionKind.FLAT_WINDOW, max(explained, 0.0), LEAST_EXPLAINED, len(entries))


def _measure_explained(entries: Sequence[tuple[UUID, date, int]]) -> float:
    """Return the share of variance that worker and day explain, corrected for their number."""
    seconds = [second for _, _, second in entries]
    total = pvariance(seconds)
    if total == 0:
        return 1.0
    mean = fmean(seconds)
    groups = [_means(entries, place) for place in (0, 1)]
    left = [second - groups[0][worker] - groups[1][day] + mean for worker, day, second in entries]
    degrees = len(entries) - len(groups[0]) - len(groups[1]) + 1
    return 1 - (pvariance(left) * len(entries) / degrees) / (
        total * len(entries) / (len(entries) - 1)
    )


def _means(entries: Sequence[tuple[UUID, date, int]], place: int) -> dict[object, float]:
    grouped: dict[object, list[int]] = defaultdict(list)
    for entry in entries:
        grouped[entry[place]].append(entry[2])
    return {key: fmean(values) for key, values in grouped.items()}


def _measure_flatness(seconds: Sequence[int]) -> float:
    """Return the Kolmogorov–Smirnov distance to an even spread over their range, times √n."""
    low, high = min(seconds), max(seconds)
    if high == low:
        return float("inf")
    count = len(seconds)
    distance = max(
        abs((place + 0.5) / count - (second - low) / (high - low))
        for place, second in enumerate(sorted(seconds))
    )
    return float(distance * count**0.5)


def _jitter_share(one: Mapping[date, int], other: Mapping[date, int]) -> float:
    distances = [one[day] - other[day] for day in one.keys() & other.keys()]
    return _mode_share(distances) if len(distances) >= FEWEST_COMMON_DAYS else 0.0


def _mode_share(values: Sequence[int]) -> float:
    return Counter(values).most_common(1)[0][1] / len(values)


def _list_firsts(punches: Sequence[Punch]) -> dict[UUID, dict[date, int]]:
    """Return each worker's first entry of each day, in seconds of the Shanghai day."""
    firsts: dict[UUID, dict[date, int]] = defaultdict(dict)
    for punch in punches:
        if punch.direction is Direction.IN:
            local = punch.at.astimezone(SHANGHAI)
            second = (local.hour * 60 + local.minute) * SECONDS_A_MINUTE + local.second
            firsts[punch.worker_id].setdefault(punch.day, second)
    return firsts


def _group_days(punches: Sequence[Punch]) -> dict[tuple[UUID, date], list[Punch]]:
    days: dict[tuple[UUID, date], list[Punch]] = defaultdict(list)
    for punch in punches:
        days[punch.worker_id, punch.day].append(punch)
    return days
