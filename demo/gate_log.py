"""A month at the demo project's gate as the terminal would upload it (ZKTeco ATTLOG)."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from demo.people import SEED, WORKERS, Worker

FIRST_DAY, LAST_DAY = date(2026, 10, 1), date(2026, 10, 31)
LAST_HOLIDAY = date(2026, 10, 7)
"""National Day; only a few stay on site."""
RAIN_DAY = date(2026, 10, 22)
"""Everybody goes home at noon."""
NIGHT_POUR = date(2026, 10, 16)
NIGHT_WORKERS = (41, 42)
HOLIDAY_SHARE, WORKDAY_SHARE = 0.15, 0.91
LUNCH_SHARE, NOON_SHARE, NO_EXIT_SHARE = 0.35, 0.03, 0.005
IN, OUT = 0, 1
VERIFY_FACE, VERIFY_FINGERPRINT, VERIFY_CARD = 15, 1, 4
REPEATED_CHUNK = slice(700, 740)
"""Lines the terminal sent again because the answer to the first upload was lost."""


@dataclass(frozen=True, slots=True, order=True)
class Punch:
    """One crossing by the terminal's own clock, which has no zone."""

    at: datetime
    pin: str
    status: int
    verify: int

    def line(self) -> str:
        """Return the upload's line: PIN, time, status, verify, work code, two reserved."""
        return f"{self.pin}\t{self.at:%Y-%m-%d %H:%M:%S}\t{self.status}\t{self.verify}\t0\t0\t0\n"


def make_gate_log() -> str:
    """Return the body of the upload; the same text at every call."""
    dice = random.Random(SEED + 1)  # noqa: S311 - the same month every time
    lines = [punch.line() for punch in sorted(_punches(dice))]
    return "".join(lines + lines[REPEATED_CHUNK])


def _punches(dice: random.Random) -> Iterator[Punch]:
    for worker in WORKERS:
        verify = dice.choices((VERIFY_FACE, VERIFY_FINGERPRINT, VERIFY_CARD), (90, 6, 4))[0]
        day = max(FIRST_DAY, worker.entered_date)
        while day <= (worker.left_date or LAST_DAY):
            for at, status in _crossings(dice, worker, day):
                yield Punch(at, worker.card_number, status, verify)
            day += timedelta(days=1)


def _crossings(dice: random.Random, worker: Worker, day: date) -> list[tuple[datetime, int]]:
    if worker.number in NIGHT_WORKERS and day in {NIGHT_POUR, NIGHT_POUR + timedelta(days=1)}:
        return _night(dice, day) if day == NIGHT_POUR else []
    share = HOLIDAY_SHARE if day <= LAST_HOLIDAY else WORKDAY_SHARE
    if dice.random() > share:
        return []
    return _day(dice, day)


def _day(dice: random.Random, day: date) -> list[tuple[datetime, int]]:
    arrival = _around(dice, day, time(6, 50), minutes=18)
    noon = _around(dice, day, time(11, 35), minutes=9)
    if day == RAIN_DAY or dice.random() < NOON_SHARE:
        return [(arrival, IN), (noon, OUT)]
    if dice.random() < NO_EXIT_SHARE:
        return [(arrival, IN)]
    evening = _around(dice, day, time(17, 40), minutes=25)
    if dice.random() < LUNCH_SHARE:
        back = _around(dice, day, time(12, 50), minutes=9)
        return [(arrival, IN), (noon, OUT), (back, IN), (evening, OUT)]
    return [(arrival, IN), (evening, OUT)]


def _night(dice: random.Random, day: date) -> list[tuple[datetime, int]]:
    """The concrete pour: in before dusk, out before the work day ends at four."""
    return [
        (_around(dice, day, time(18, 30), minutes=10), IN),
        (_around(dice, day + timedelta(days=1), time(3, 20), minutes=15), OUT),
    ]


def _around(dice: random.Random, day: date, at: time, *, minutes: int) -> datetime:
    spread = dice.randint(-minutes * 60, minutes * 60)
    return datetime.combine(day, at) + timedelta(seconds=spread)
