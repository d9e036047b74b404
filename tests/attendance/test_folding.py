"""Folding: single days told as stories, and what must hold for any log of crossings."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.day_rules import DayRules, RuleBook, compute_units, compute_worked, work_date
from attendance.folding import Crossing, FoldedDay, fold, list_forgotten, settle
from attendance.work_days import reach
from core.clock import SHANGHAI
from core.enums import Direction, Grade, WorkDayState

RULES = DayRules(time(4), full_day_minutes=480, half_day_minutes=240)
BOOK = RuleBook(RULES)
MINUTE = timedelta(minutes=1)
MONDAY = date(2026, 10, 12)
TUESDAY = MONDAY + timedelta(days=1)
IN, OUT = Direction.IN, Direction.OUT


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def log(*punches: tuple[date, str, Direction]) -> list[Crossing]:
    return [
        Crossing(UUID(int=number), direction, at(day, clock), Grade.B)
        for number, (day, clock, direction) in enumerate(punches)
    ]


def fold_one(*punches: tuple[date, str, Direction]) -> FoldedDay:
    (day,) = fold(log(*punches), BOOK)
    return day


def test_a_plain_day_is_one_full_day() -> None:
    day = fold_one((MONDAY, "06:58", IN), (MONDAY, "17:31", OUT))

    assert (day.work_date, day.minutes, day.units) == (MONDAY, 633, 100)
    assert day.state is WorkDayState.COMPLETE
    assert (day.first_in_at, day.last_out_at) == (at(MONDAY, "06:58"), at(MONDAY, "17:31"))
    assert day.grades == {"B": 2}


def test_a_lunch_break_outside_is_not_counted() -> None:
    day = fold_one(
        (MONDAY, "07:00", IN), (MONDAY, "11:30", OUT), (MONDAY, "13:00", IN), (MONDAY, "15:30", OUT)
    )
    assert (day.minutes, day.units) == (420, 88)
    assert day.state is WorkDayState.COMPLETE


def test_a_missing_exit_asks_and_stands_for_half_a_day_until_then() -> None:
    day = fold_one((MONDAY, "07:00", IN))
    assert day.state is WorkDayState.NEEDS_CONFIRMATION
    assert (day.minutes, day.units, day.last_out_at) == (240, 50, None)


def test_a_missing_entry_asks_and_stands_for_half_a_day_until_then() -> None:
    day = fold_one((MONDAY, "17:30", OUT))
    assert day.state is WorkDayState.NEEDS_CONFIRMATION
    assert (day.minutes, day.units, day.first_in_at) == (240, 50, None)


def test_what_was_surely_worked_counts_beside_a_missing_exit() -> None:
    day = fold_one((MONDAY, "06:00", IN), (MONDAY, "12:00", OUT), (MONDAY, "13:00", IN))
    assert (day.minutes, day.units) == (360, 75)
    assert day.state is WorkDayState.NEEDS_CONFIRMATION


def test_of_repeated_scans_the_first_entry_and_the_last_exit_count() -> None:
    day = fold_one(
        (MONDAY, "07:00", IN),
        (MONDAY, "07:01", IN),
        (MONDAY, "11:00", OUT),
        (MONDAY, "11:02", OUT),
    )
    assert (day.minutes, day.units, day.grades) == (242, 50, {"B": 4})
    assert day.state is WorkDayState.COMPLETE


def test_a_night_shift_belongs_to_the_day_it_began() -> None:
    day = fold_one((MONDAY, "19:30", IN), (TUESDAY, "06:10", OUT))
    assert (day.work_date, day.minutes, day.state) == (MONDAY, 640, WorkDayState.COMPLETE)


def test_an_entry_before_the_day_starts_belongs_to_the_day_before() -> None:
    day = fold_one((TUESDAY, "03:59", IN), (TUESDAY, "12:00", OUT))
    assert day.work_date == MONDAY


def test_a_forgotten_exit_does_not_swallow_the_next_day() -> None:
    monday, tuesday = fold(
        log((MONDAY, "07:00", IN), (TUESDAY, "07:00", IN), (TUESDAY, "17:00", OUT)), BOOK
    )
    assert (monday.state, monday.units) == (WorkDayState.NEEDS_CONFIRMATION, 50)
    assert (tuesday.state, tuesday.units) == (WorkDayState.COMPLETE, 100)


def test_an_exit_long_after_the_entry_is_not_its_exit() -> None:
    monday, tuesday = fold(log((MONDAY, "05:00", IN), (TUESDAY, "05:00", OUT)), BOOK)
    assert monday.state is tuesday.state is WorkDayState.NEEDS_CONFIRMATION


def test_an_exit_forgotten_before_a_night_shift_leaves_the_night_shift_whole() -> None:
    day = fold_one((MONDAY, "07:00", IN), (MONDAY, "21:00", IN), (TUESDAY, "06:00", OUT))
    assert (day.minutes, day.state) == (540, WorkDayState.NEEDS_CONFIRMATION)


def test_more_hours_than_one_shift_have_to_be_confirmed() -> None:
    day = fold_one(
        (MONDAY, "04:00", IN),
        (MONDAY, "19:00", OUT),
        (MONDAY, "19:10", IN),
        (TUESDAY, "05:00", OUT),
    )
    assert (day.minutes, day.units) == (1490, 100)
    assert day.state is WorkDayState.NEEDS_CONFIRMATION


def test_exit_before_entry_makes_two_open_ends() -> None:
    day = fold_one((MONDAY, "07:00", OUT), (MONDAY, "17:00", IN))
    assert (day.state, day.units) == (WorkDayState.NEEDS_CONFIRMATION, 50)


@pytest.mark.parametrize(
    ("minutes", "units"),
    [(0, 0), (1, 0), (3, 1), (120, 25), (239, 50), (240, 50), (360, 75), (479, 100), (600, 100)],
)
def test_units_are_in_proportion_and_never_above_one(minutes: int, units: int) -> None:
    assert compute_units(minutes, RULES) == units


def test_half_day_mark_gives_at_least_half() -> None:
    assert compute_units(200, DayRules(time(4), 480, half_day_minutes=180)) == 50


def test_day_start_decides_the_work_date() -> None:
    assert work_date(at(MONDAY, "04:00"), time(4)) == MONDAY
    assert work_date(at(MONDAY, "03:59:59"), time(4)) == MONDAY - timedelta(days=1)
    assert work_date(at(MONDAY, "00:00"), time()) == MONDAY


crossings = st.builds(
    Crossing,
    id=st.uuids(),
    direction=st.sampled_from(Direction),
    at=st.integers(0, 6 * 24 * 60).map(lambda minute: at(MONDAY, "00:00") + minute * MINUTE),
    grade=st.sampled_from(Grade),
    is_undated=st.integers(0, 9).map(lambda number: number == 0),
)
logs = st.lists(crossings, max_size=30, unique_by=lambda crossing: crossing.id)
day_starts = st.sampled_from([time(0), time(4), time(6, 30)])


def rules_from(day_starts_at: time) -> RuleBook:
    return RuleBook(DayRules(day_starts_at, 480, 240))


@given(logs, st.randoms(), day_starts)
def test_order_and_repetition_do_not_matter(
    punches: list[Crossing], random: Random, day_starts_at: time
) -> None:
    rules = rules_from(day_starts_at)
    shuffled = punches + punches[: len(punches) // 2]
    random.shuffle(shuffled)
    assert fold(shuffled, rules) == fold(punches, rules)


@given(logs, day_starts)
def test_every_crossing_is_in_exactly_one_day(punches: list[Crossing], day_starts_at: time) -> None:
    days = fold(punches, rules_from(day_starts_at))
    counted = Counter(crossing_id for day in days for crossing_id in day.crossing_ids)
    assert counted == Counter(punch.id for punch in punches)
    assert sum(sum(day.grades.values()) for day in days) == len(punches)
    assert [day.work_date for day in days] == sorted({day.work_date for day in days})


@given(logs, day_starts)
def test_a_day_is_never_a_silent_zero(punches: list[Crossing], day_starts_at: time) -> None:
    for day in fold(punches, rules_from(day_starts_at)):
        assert 0 <= day.units <= 100
        if day.first_in_at is None or day.last_out_at is None or not day.spans:
            assert (day.state, day.units >= 50) == (WorkDayState.NEEDS_CONFIRMATION, True)


@given(logs, crossings, day_starts)
def test_folding_around_a_new_crossing_gives_what_folding_everything_gives(
    punches: list[Crossing], late: Crossing, day_starts_at: time
) -> None:
    rules = rules_from(day_starts_at)
    day = work_date(late.at, day_starts_at)
    first, last = day - timedelta(days=1), day + timedelta(days=1)

    stored = by_date(fold(punches, rules))
    begin, end = reach(first, last, rules)
    near = [punch for punch in [*punches, late] if begin <= punch.at < end]
    refolded = by_date(day for day in fold(near, rules) if first <= day.work_date <= last)
    untouched = {day: folded for day, folded in stored.items() if not first <= day <= last}

    assert untouched | refolded == by_date(fold([*punches, late], rules))


@given(logs, day_starts)
def test_a_day_from_scanned_entry_to_scanned_exit_keeps_its_neighbours_apart(
    punches: list[Crossing], day_starts_at: time
) -> None:
    """So `attendance.odd_days` may fold the other days without it, and it without them."""
    rules = rules_from(day_starts_at)
    by_day: dict[date, list[Crossing]] = defaultdict(list)
    for punch in sorted(punches, key=lambda punch: (punch.at, punch.direction)):
        by_day[work_date(punch.at, day_starts_at)].append(punch)
    closed = [theirs for theirs in by_day.values() if is_closed(theirs)]
    others = [punch for theirs in by_day.values() if not is_closed(theirs) for punch in theirs]

    apart = [day for theirs in (*closed, others) for day in fold(theirs, rules)]

    assert by_date(apart) == by_date(fold(punches, rules))


def is_closed(theirs: list[Crossing]) -> bool:
    is_scanned = not any(punch.is_undated or punch.grade is Grade.D for punch in theirs)
    return is_scanned and theirs[0].direction is IN and theirs[-1].direction is OUT


def by_date(days: Iterable[FoldedDay]) -> dict[date, FoldedDay]:
    return {day.work_date: day for day in days}


def crossing(number: int, moment: datetime, direction: Direction, **facts: Any) -> Crossing:
    return Crossing(UUID(int=number), direction, moment, **{"grade": Grade.B, **facts})


def test_an_entry_by_hand_within_a_scanned_shift_changes_no_hours() -> None:
    scanned = log((MONDAY, "07:00", IN), (MONDAY, "17:00", OUT))
    by_hand = [
        crossing(8, at(MONDAY, "12:00"), OUT, grade=Grade.D),
        crossing(9, at(MONDAY, "13:00"), IN, grade=Grade.D),
    ]
    (day,) = fold([*by_hand, *scanned], BOOK)
    assert (day.minutes, day.state, day.grades) == (600, WorkDayState.COMPLETE, {"B": 2, "D": 2})


def test_an_entry_by_hand_fills_a_missing_exit() -> None:
    (day,) = fold(
        [*log((MONDAY, "07:00", IN)), crossing(9, at(MONDAY, "17:00"), OUT, grade=Grade.D)], BOOK
    )
    assert (day.minutes, day.state) == (600, WorkDayState.COMPLETE)


def test_a_forced_exit_ends_the_shift_and_proves_no_time() -> None:
    forced = crossing(9, at(MONDAY, "23:00"), OUT, is_forced=True)
    (day,) = fold([*log((MONDAY, "07:00", IN)), forced], BOOK)
    assert (day.minutes, day.units, day.last_out_at) == (240, 50, None)
    assert (day.state, day.grades) == (WorkDayState.NEEDS_CONFIRMATION, {"B": 1})


def test_an_entry_after_a_forced_exit_begins_another_shift() -> None:
    forced = crossing(9, at(MONDAY, "12:00"), OUT, is_forced=True)
    (day,) = fold(
        [*log((MONDAY, "07:00", IN), (MONDAY, "13:00", IN), (MONDAY, "18:00", OUT)), forced], BOOK
    )
    assert (day.minutes, day.state) == (300, WorkDayState.NEEDS_CONFIRMATION)


def test_a_forced_exit_alone_is_no_day() -> None:
    assert fold([crossing(9, at(MONDAY, "12:00"), OUT, is_forced=True)], BOOK) == []


def test_only_entries_that_no_exit_can_follow_are_forgotten() -> None:
    punches = log(
        (MONDAY, "07:00", IN),
        (MONDAY, "07:05", IN),
        (TUESDAY, "07:00", IN),
        (TUESDAY, "17:00", OUT),
    )
    ended_at = at(MONDAY, "23:05")
    assert list_forgotten(punches, BOOK, at=ended_at) == [(UUID(int=1), ended_at)]
    assert list_forgotten(punches, BOOK, at=ended_at - MINUTE) == []


def test_a_scan_with_an_unknown_date_makes_its_day_uncertain_and_measures_nothing() -> None:
    undated = crossing(9, at(MONDAY, "20:00"), OUT, is_undated=True)
    (day,) = fold([*log((MONDAY, "07:00", IN), (MONDAY, "17:00", OUT)), undated], BOOK)
    assert (day.minutes, day.state) == (600, WorkDayState.NEEDS_CONFIRMATION)
    assert day.last_out_at == at(MONDAY, "17:00")


def test_scans_with_unknown_dates_stand_for_half_a_day() -> None:
    (day,) = fold([crossing(9, at(MONDAY, "07:00"), IN, is_undated=True)], BOOK)
    assert (day.work_date, day.minutes, day.units) == (MONDAY, 240, 50)
    assert (day.first_in_at, day.state) == (None, WorkDayState.NEEDS_CONFIRMATION)


def fold_with(rules: DayRules, *punches: tuple[date, str, Direction]) -> FoldedDay:
    (day,) = fold(log(*punches), RuleBook(rules))
    return day


def test_a_rest_on_the_site_is_taken_off_a_long_day() -> None:
    rules = DayRules(time(4), 480, 240, break_minutes=90)
    assert fold_with(rules, (MONDAY, "07:00", IN), (MONDAY, "17:00", OUT)).minutes == 510


def test_a_rest_spent_outside_is_not_taken_off_again() -> None:
    rules = DayRules(time(4), 480, 240, break_minutes=90)
    day = fold_with(
        rules,
        (MONDAY, "07:00", IN),
        (MONDAY, "11:30", OUT),
        (MONDAY, "12:30", IN),
        (MONDAY, "17:00", OUT),
    )
    assert day.minutes == 540 - 30


@given(st.integers(0, 1440), st.integers(0, 1440), st.integers(0, 240))
def test_who_stays_longer_never_has_less(minutes: int, more: int, rest: int) -> None:
    rules = DayRules(time(4), 480, 240, break_minutes=rest)
    longer = compute_worked(minutes + more, 0, rules)
    assert compute_worked(minutes, 0, rules) <= longer


def test_overtime_counts_up_to_the_cap_and_beyond_it_is_asked_about() -> None:
    rules = DayRules(time(4), 480, 240, overtime_cap_minutes=180)
    within = fold_with(rules, (MONDAY, "07:00", IN), (MONDAY, "18:00", OUT))
    beyond = fold_with(rules, (MONDAY, "07:00", IN), (MONDAY, "19:00", OUT))
    assert (within.overtime_minutes, within.state) == (180, WorkDayState.COMPLETE)
    assert (beyond.overtime_minutes, beyond.minutes) == (180, 720)
    assert beyond.state is WorkDayState.NEEDS_CONFIRMATION


def test_rules_count_from_their_date_on_and_of_one_date_the_last() -> None:
    short, shorter = DayRules(time(4), 300, 150), DayRules(time(6), 240, 120)
    book = RuleBook(RULES, ((TUESDAY, short), (TUESDAY, shorter)))
    assert (book.on(MONDAY), book.on(TUESDAY)) == (RULES, shorter)
    assert book.work_date(at(TUESDAY, "05:59")) == MONDAY
    assert book.work_date(at(TUESDAY, "06:00")) == TUESDAY


def test_a_double_shift_counts_both() -> None:
    day = fold_one(
        (MONDAY, "06:00", IN),
        (MONDAY, "14:00", OUT),
        (MONDAY, "22:00", IN),
        (TUESDAY, "03:00", OUT),
    )
    assert (day.minutes, day.overtime_minutes, day.units) == (780, 300, 100)


def test_shanghai_midnight_and_a_leap_second_end_no_shift() -> None:
    day = fold_one((date(2016, 12, 31), "20:00", IN), (date(2017, 1, 1), "00:00", OUT))
    assert (day.work_date, day.minutes) == (date(2016, 12, 31), 240)


def test_an_accepted_day_is_confirmed_only_as_it_was_shown() -> None:
    days = fold(log((MONDAY, "07:00", IN)), BOOK)
    (confirmed,) = settle(days, {MONDAY: {(240, 50)}})
    (other,) = settle(days, {MONDAY: {(480, 100)}})
    assert (confirmed.state, other.state) == (
        WorkDayState.CONFIRMED,
        WorkDayState.NEEDS_CONFIRMATION,
    )
