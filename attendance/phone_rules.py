"""What a phone punch's location says of it, and how that reads; pure.

A signal asks a person to look. None of them makes a punch invalid: locations fail, and a site
must not be able to draw its fence so that nobody is ever paid.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from attendance.fences import Fence, Point, measure_distance_m, to_wgs84
from core.enums import Direction, ScanReason
from core.places import Datum, Place, PunchSignal

DOUBLE_TAP = timedelta(minutes=1)
"""Two punches the same way within it are one."""
TRAVEL_WINDOW = timedelta(days=1)
"""How far back a check-in is looked for that cannot be reached from here."""
FASTEST_M_PER_S = 300 / 3.6
"""From door to door even by train or plane; both are faster under way."""
USUAL_ACCURACY_M = 100.0
"""Assumed of a location that does not tell its own."""
VAGUE_M = 500.0
"""A location off by more is somewhere in the town."""

DIRECTION_WORDS = {Direction.IN: "进场", Direction.OUT: "出场"}
PLACE_WORDS = {Place.INSIDE: "在工地内", Place.OUTSIDE: "不在工地内", Place.UNKNOWN: "不清楚"}
REFUSALS = {
    ScanReason.NOT_ON_PROJECT: "登记的进场日期还没有到",
    ScanReason.LEFT_PROJECT: "系统里已经给你办了退场",
}
"""Why a punch is kept but does not count."""
SAID_TO_WORKER = {
    PunchSignal.NO_LOCATION: "这次没有位置，工地可能会核对；下次打卡可以允许手机用位置",
    PunchSignal.VAGUE_LOCATION: "手机位置不太准，工地可能会核对；到空旷的地方会准一些",
    PunchSignal.OUTSIDE_FENCE: "手机位置不在工地范围内，工地可能会核对",
    PunchSignal.MOCK_LOCATION: "手机说位置是软件改过的，工地可能会核对；请关掉改位置的软件",
    PunchSignal.IMPOSSIBLE_TRAVEL: "和上一次打卡的地方离得太远，工地可能会核对",
}
SAID_TO_MANAGER = {
    PunchSignal.NO_LOCATION: "没有位置",
    PunchSignal.VAGUE_LOCATION: "位置太不准",
    PunchSignal.OUTSIDE_FENCE: "位置在工地范围以外",
    PunchSignal.MOCK_LOCATION: "手机报告位置可能被软件改过",
    PunchSignal.IMPOSSIBLE_TRAVEL: "离上一次打卡的地方太远，这么短时间到不了",
}


@dataclass(frozen=True, slots=True)
class Location:
    """What a phone says of where it is."""

    latitude: float
    longitude: float
    accuracy_m: float
    """± with a probability of 95 % (W3C Geolocation)."""
    datum: Datum = Datum.WGS84
    is_mock: bool = False

    @property
    def point(self) -> Point:
        """The same in WGS-84."""
        return to_wgs84(self.latitude, self.longitude, self.datum)

    def to_json(self) -> str:
        """Return the text that is sealed and kept."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what was kept."""
        facts = json.loads(text)
        return cls(**facts | {"datum": Datum(facts["datum"])})


@dataclass(frozen=True, slots=True)
class Sighting:
    """That somebody was within some metres of a point."""

    at: datetime
    point: Point
    within_m: float


@dataclass(frozen=True, slots=True)
class Finding:
    """All that is said of a punch's location to anybody but its worker."""

    place: Place
    accuracy_m: int | None
    signals: tuple[PunchSignal, ...]

    def to_report(self) -> dict[str, Any]:
        """Return what is kept in `check_in.gate_report`."""
        return asdict(self)

    @classmethod
    def from_report(cls, report: dict[str, Any] | None) -> Self | None:
        """Return what was kept; None for a check-in that is no phone punch."""
        if report is None or "place" not in report:
            return None
        signals = tuple(PunchSignal(signal) for signal in report["signals"])
        return cls(Place(report["place"]), report["accuracy_m"], signals)


def judge_location(
    location: Location | None, *, fence: Fence | None, before: Sighting | None, at: datetime
) -> Finding:
    """Say where a phone was, and what about it wants a look.

    Uncertainty favours the worker: outside is only who is outside by more than the accuracy.
    """
    if location is None:
        return Finding(Place.UNKNOWN, None, (PunchSignal.NO_LOCATION,))
    place = _judge_place(location, fence)
    tests = (
        (PunchSignal.VAGUE_LOCATION, location.accuracy_m > VAGUE_M),
        (PunchSignal.OUTSIDE_FENCE, place is Place.OUTSIDE),
        (PunchSignal.MOCK_LOCATION, location.is_mock),
        (PunchSignal.IMPOSSIBLE_TRAVEL, is_unreachable(before, see(location, at))),
    )
    signals = tuple(signal for signal, is_true in tests if is_true)
    return Finding(place, round(location.accuracy_m), signals)


def see(location: Location, at: datetime) -> Sighting:
    """Return what a punch's location proves."""
    return Sighting(at, location.point, location.accuracy_m)


def is_unreachable(before: Sighting | None, now: Sighting) -> bool:
    """Tell whether nobody can have come from one sighting to the other in the time between."""
    if before is None:
        return False
    distance_m = measure_distance_m(before.point, now.point) - before.within_m - now.within_m
    seconds = abs((now.at - before.at).total_seconds())
    return distance_m > seconds * FASTEST_M_PER_S


def tell_worker(
    direction: Direction, reason: ScanReason, signals: Sequence[PunchSignal]
) -> list[str]:
    """Return what became of a punch, for the one who made it."""
    way = DIRECTION_WORDS[direction]
    if reason in REFUSALS:
        return [
            f"{way}记下了，但不算出勤：{REFUSALS[reason]}",
            "如果你还在这里干活，请找劳资专管员，或者在“出勤”里对这一天提出异议",
        ]
    said = [f"{way}打卡成功"]
    if reason is ScanReason.NO_CONTRACT:
        said.append("你还没有签合同，出勤照算，请让劳资专管员尽快补签")
    if signals:
        said += [SAID_TO_WORKER[signal] for signal in signals]
        said.append("这些都不影响这次打卡算出勤")
    return said


def tell_manager(reason: ScanReason, finding: Finding) -> str:
    """Return what the labour manager is to look at; where exactly the phone was stays out."""
    doubts = [SAID_TO_MANAGER[signal] for signal in finding.signals]
    if reason is ScanReason.NO_CONTRACT:
        doubts.append("这个人当天没有合同，请尽快补签")
    accuracy = "" if finding.accuracy_m is None else f"，±{finding.accuracy_m} 米"
    where = f"位置：{PLACE_WORDS[finding.place]}{accuracy}"
    return f"手机打卡：{'；'.join(doubts)}（{where}）。出勤照常计算，请核对"


def _judge_place(location: Location, fence: Fence | None) -> Place:
    if fence is None:
        return Place.UNKNOWN
    if fence.measure_outside_m(location.point) > location.accuracy_m:
        return Place.OUTSIDE
    return Place.INSIDE if location.accuracy_m <= VAGUE_M else Place.UNKNOWN
