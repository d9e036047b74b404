"""Are these crossings too regular to be people? Statistics over a team's month; pure.

A finding never changes anybody's pay: it is shown beside the sheet with its number, and somebody
looks. The limits are set so that crossings as real gates see them stay far below.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import sub
from statistics import fmean
from uuid import UUID

SECONDS_A_MINUTE = 60
SECONDS_A_DAY = 86_400
SHANGHAI_AHEAD = 28_800
"""Seconds before UTC, all year round."""
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


Punch = tuple[int, bool, date]
"""One crossing that a gate or a phone recorded: in which whole second since 1970 (UTC), whether
it was an entry, the work day it counts for. A bare tuple, for a month has half a million."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What a worker's crossings of a month come to."""

    seconds: Sequence[int]
    """Of each crossing, since 1970."""
    firsts: Mapping[date, int]
    """The first entry of each day, oldest day first, in seconds of the Shanghai day."""
    stays: Sequence[int]
    """The length in seconds of each day that begins with an entry and ends with an exit."""


Team = Mapping[UUID, Habit]


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


def judge_regularity(punches: Mapping[UUID, Iterable[Punch]]) -> list[Suspicion]:
    """Return every statistic beyond its limit; none for what people do."""
    team = {worker_id: _observe(punches[worker_id]) for worker_id in sorted(punches)}
    found = (
        _judge_crowds(team),
        _judge_stays(team),
        _judge_jitter({worker_id: habit.firsts for worker_id, habit in team.items()}),
        _judge_seconds(team),
        _judge_window([habit.firsts for habit in team.values()]),
    )
    return [suspicion for suspicion in found if suspicion is not None]


def _observe(punches: Iterable[Punch]) -> Habit:
    seconds: list[int] = []
    firsts: dict[date, int] = {}
    opened: dict[date, tuple[int, bool]] = {}
    closed: dict[date, tuple[int, bool]] = {}
    for second, is_entry, day in sorted(punches):
        seconds.append(second)
        if is_entry and day not in firsts:
            firsts[day] = (second + SHANGHAI_AHEAD) % SECONDS_A_DAY
        crossing = second, is_entry
        opened.setdefault(day, crossing)
        closed[day] = crossing
    stays = [
        closed[day][0] - first
        for day, (first, is_entry) in opened.items()
        if is_entry and not closed[day][1]
    ]
    return Habit(seconds, firsts, stays)


def _judge_crowds(team: Team) -> Suspicion | None:
    counts = Counter(second for habit in team.values() for second in habit.seconds)
    busy = {second for second, count in counts.items() if count >= CROWD}
    workers = Counter(
        second for habit in team.values() for second in busy.intersection(habit.seconds)
    )
    crowds = sum(there >= CROWD for there in workers.values())
    if crowds < CROWDED_SECONDS:
        return None
    return Suspicion(SuspicionKind.CROWDED_SECONDS, crowds, CROWDED_SECONDS, counts.total())


def _judge_stays(team: Team) -> Suspicion | None:
    """Judge each worker by the most frequent length of a day, to the second."""
    shares = {
        worker_id: _mode_share(habit.stays)
        for worker_id, habit in team.items()
        if len(habit.stays) >= FEWEST_STAYS
    }
    regular = [worker for worker, share in shares.items() if share >= EQUAL_STAYS_SHARE]
    if not regular:
        return None
    worst = max(regular, key=shares.__getitem__)
    return Suspicion(
        SuspicionKind.EQUAL_STAYS,
        shares[worst],
        EQUAL_STAYS_SHARE,
        len(team[worst].stays),
        tuple(regular),
    )


def _judge_jitter(firsts: Mapping[UUID, Mapping[date, int]]) -> Suspicion | None:
    """Judge pairs by how often they come in at the same distance from each other."""
    order = [worker_id for worker_id, days in firsts.items() if days]
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


def _judge_seconds(team: Team) -> Suspicion | None:
    seconds = [second % SECONDS_A_MINUTE for habit in team.values() for second in habit.seconds]
    if len(seconds) < FEWEST_CROSSINGS:
        return None
    share = _mode_share(seconds)
    if share < SAME_SECOND_SHARE:
        return None
    return Suspicion(SuspicionKind.SAME_SECOND, share, SAME_SECOND_SHARE, len(seconds))


def _judge_window(firsts: Sequence[Mapping[date, int]]) -> Suspicion | None:
    """Judge whether who came and which day it was explain nothing, and the times lie flat."""
    entries = [
        (place, day, second) for place, days in enumerate(firsts) for day, second in days.items()
    ]
    if (
        len(entries) < FEWEST_ENTRIES
        or len({place for place, _, _ in entries}) < FEWEST_WORKERS
        or len({day for _, day, _ in entries}) < FEWEST_DAYS
        or _measure_flatness([second for _, _, second in entries]) > FLATNESS
    ):
        return None
    explained = _measure_explained(entries)
    if explained > LEAST_EXPLAINED:
        return None
    return Suspicion(SuspicionKind.FLAT_WINDOW, max(explained, 0.0), LEAST_EXPLAINED, len(entries))


def _measure_explained(entries: Sequence[tuple[int, date, int]]) -> float:
    """Return the share of variance that worker and day explain, corrected for their number."""
    seconds = [second for _, _, second in entries]
    total = _measure_variance(seconds)
    if total == 0:
        return 1.0
    mean = fmean(seconds)
    groups = [_means(entries, place) for place in (0, 1)]
    left = [second - groups[0][worker] - groups[1][day] + mean for worker, day, second in entries]
    degrees = len(entries) - len(groups[0]) - len(groups[1]) + 1
    return 1 - (_measure_variance(left) * len(entries) / degrees) / (
        total * len(entries) / (len(entries) - 1)
    )


def _means(entries: Sequence[tuple[int, date, int]], place: int) -> dict[object, float]:
    grouped: dict[object, list[int]] = defaultdict(list)
    for entry in entries:
        grouped[entry[place]].append(entry[2])
    return {key: fmean(values) for key, values in grouped.items()}


def _measure_variance(values: Sequence[float]) -> float:
    mean = fmean(values)
    return fmean([(value - mean) ** 2 for value in values])


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
    """Return the share of common days on which both come in at the one most frequent distance."""
    if one.keys() == other.keys():
        distances = list(map(sub, one.values(), other.values()))
    else:
        distances = [one[day] - other[day] for day in one.keys() & other.keys()]
    # A share of more than half leaves fewer than half to differ; most pairs end here, uncounted.
    if len(distances) < FEWEST_COMMON_DAYS or 2 * len(set(distances)) > len(distances) + 2:
        return 0.0
    return _mode_share(distances)


def _mode_share(values: Sequence[int]) -> float:
    return max(Counter(values).values()) / len(values)
