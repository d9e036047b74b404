"""The detector: people are left alone, generators are found, and the number is shown."""

import random
from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.regularity import Punch, Suspicion, SuspicionKind, judge_regularity
from core.clock import day_start

pytestmark = pytest.mark.no_cover  # slow, and what it runs is covered by quicker tests

FIRST = date(2026, 10, 1)
SEEDS = range(100)


IN, OUT = True, False
Crossing = tuple[int, Punch]
"""Whose it is, and what."""


def punch(worker: int, number: int, is_entry: bool, seconds: float) -> Crossing:
    day = FIRST + timedelta(days=number)
    return worker, (int(day_start(day).timestamp()) + int(seconds), is_entry, day)


def judge(crossings: list[Crossing]) -> list[Suspicion]:
    punches: dict[UUID, list[Punch]] = defaultdict(list)
    for worker, crossing in crossings:
        punches[UUID(int=worker)].append(crossing)
    return judge_regularity(punches)


def make_people(seed: int, *, workers: int = 24, days: int = 26) -> list[Crossing]:
    """Return a month of people: habits, buses that are late, friends in a row, days off."""
    chance = random.Random(seed)
    habits = [chance.gauss(6.75 * 3600, 480) for _ in range(workers)]
    friends = {one + 1: one for one in range(0, workers - 1, 10)}
    punches = []
    for number in range(days):
        bus = chance.gauss(0, 240)
        evening = chance.gauss(17.5 * 3600, 600)
        came: dict[int, float] = {}
        for worker in range(workers):
            if chance.random() < 0.12:
                continue
            alone = habits[worker] + bus + chance.gauss(0, 300)
            ahead = came.get(friends.get(worker, -1))
            came[worker] = alone if ahead is None else ahead + chance.randint(3, 12)
            punches.append(punch(worker, number, IN, came[worker]))
            punches.append(punch(worker, number, OUT, evening + chance.gauss(0, 420)))
    return punches


def find(punches: list[Crossing]) -> set[SuspicionKind]:
    return {suspicion.kind for suspicion in judge(punches)}


def test_people_are_hardly_ever_suspected() -> None:
    alarms = [seed for seed in SEEDS if judge(make_people(seed))]
    assert len(alarms) <= 1


@pytest.mark.parametrize("workers", [1, 2, 4, 8, 60])
def test_small_and_large_crews_of_people_are_left_alone(workers: int) -> None:
    found = [find(make_people(seed, workers=workers)) for seed in range(6)]
    assert found == [set()] * 6


def test_a_batch_in_one_second_is_found() -> None:
    punches = [
        punch(worker, number, IN, 7 * 3600 + number) for number in range(5) for worker in range(6)
    ]
    (suspicion,) = [
        found for found in judge(punches) if found.kind is SuspicionKind.CROWDED_SECONDS
    ]
    assert (suspicion.statistic, suspicion.sample) == (5, 30)
    assert suspicion.say.startswith("有 5 个时刻同一秒里有 4 个以上的人打卡（共 30 次打卡）")


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_days_of_one_length_are_found(seed: int) -> None:
    chance = random.Random(seed)
    punches = make_people(seed, workers=6)
    for number in range(20):
        start = chance.gauss(7 * 3600, 600)
        punches.append(punch(99, number, IN, start))
        punches.append(punch(99, number, OUT, int(start) + 9 * 3600))
    found = {suspicion.kind: suspicion for suspicion in judge(punches)}
    assert found[SuspicionKind.EQUAL_STAYS].worker_ids == (UUID(int=99),)
    assert found[SuspicionKind.EQUAL_STAYS].statistic == pytest.approx(1)


def test_days_that_nobody_saw_the_end_of_have_no_length() -> None:
    punches = [
        punch(1, number, IN, hour * 3600 + 7 * number) for number in range(20) for hour in (7, 16)
    ]
    assert SuspicionKind.EQUAL_STAYS not in find(punches)


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=15, deadline=None)
def test_one_jitter_for_everybody_is_found(seed: int, has_days_off: bool) -> None:
    chance = random.Random(seed)
    starts = [chance.randint(6 * 3600, 7 * 3600) for _ in range(8)]
    punches = []
    for number in range(20):
        jitter = chance.randint(-600, 600)
        punches += [
            punch(worker, number, IN, start + jitter)
            for worker, start in enumerate(starts)
            if not has_days_off or number != worker
        ]
    assert SuspicionKind.SHARED_JITTER in find(punches)


@given(st.integers(0, 10_000), st.integers(0, 59))
@settings(max_examples=15, deadline=None)
def test_minutes_without_seconds_are_found(seed: int, second: int) -> None:
    punches = [
        (worker, (at - at % 60 + second, is_entry, day))
        for worker, (at, is_entry, day) in make_people(seed, workers=4)
    ]
    assert SuspicionKind.SAME_SECOND in find(punches)


def make_generated(seed: int) -> list[Crossing]:
    """Return what a tool makes that draws one moment a worker in a chosen window."""
    chance = random.Random(seed)
    punches = []
    for number in range(26):
        for worker in range(30):
            came = chance.uniform(6.5 * 3600, 7.25 * 3600)
            left = chance.uniform(17 * 3600, 18 * 3600)
            punches.append(punch(worker, number, IN, came))
            punches.append(punch(worker, number, OUT, left))
    return punches


def test_one_random_moment_a_worker_in_a_chosen_window_is_found() -> None:
    found = [find(make_generated(seed)) for seed in range(20)]
    assert found == [{SuspicionKind.FLAT_WINDOW}] * 20


@given(
    st.lists(
        st.builds(
            punch,
            st.integers(0, 3),
            st.integers(0, 30),
            st.booleans(),
            st.integers(0, 86_399),
        ),
        max_size=60,
    )
)
@settings(max_examples=40, deadline=None)
def test_any_crossings_in_any_order_are_judged_alike(punches: list[Crossing]) -> None:
    assert judge(punches) == judge(punches[::-1])
