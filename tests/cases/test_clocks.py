"""Periods against dates worked out by hand, and what no period may ever do."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import clocks
from cases.clocks import Pause, Unit
from core.case_enums import ClockKind, Rung

COUNTED = sorted(kind for kind, period in clocks.PERIODS.items() if period.unit is not Unit.HOURS)
DAYS = st.dates(date(2019, 1, 1), date(2027, 12, 31))
KINDS = st.sampled_from(COUNTED)


@st.composite
def pauses(draw: st.DrawFn, started: date) -> list[Pause]:
    """Pauses that follow one another."""
    found, day = list[Pause](), started
    for gap, length in draw(
        st.lists(st.tuples(st.integers(0, 40), st.integers(0, 60)), max_size=3)
    ):
        since = day + timedelta(days=gap)
        day = since + timedelta(days=length)
        found.append(Pause(since, day))
    return found


@pytest.mark.parametrize(
    ("kind", "started", "due"),
    [
        # law.md's vectors, worked out by hand: make-up days count, holidays do not.
        (ClockKind.ACCEPTANCE, date(2024, 9, 27), date(2024, 10, 10)),
        (ClockKind.ACCEPTANCE, date(2025, 1, 24), date(2025, 2, 7)),
        (ClockKind.INVESTIGATION, date(2024, 9, 2), date(2024, 11, 29)),
        # Days of the calendar; a last day on a Sunday moves to Monday.
        (ClockKind.POLICE_DECISION, date(2026, 11, 2), date(2026, 11, 5)),
        (ClockKind.POLICE_DECISION, date(2026, 11, 5), date(2026, 11, 9)),
        (ClockKind.FOLLOW_UP, date(2026, 11, 2), date(2026, 11, 30)),
    ],
)
def test_period_ends_on_its_last_day(kind: ClockKind, started: date, due: date) -> None:
    assert clocks.compute_deadline(kind, started=started).due_date == due


def test_an_extension_adds_thirty_working_days() -> None:
    deadline = clocks.compute_deadline(
        ClockKind.INVESTIGATION, started=date(2024, 9, 2), added_days=clocks.EXTENSION_DAYS
    )

    assert deadline.due_date == date(2025, 1, 13)


def test_a_pause_stops_the_count_which_then_goes_on() -> None:
    # Started on a Monday, paused on Wednesday (counted), resumed the Wednesday after (not counted).
    deadline = clocks.compute_deadline(
        ClockKind.ACCEPTANCE,
        started=date(2026, 11, 2),
        pauses=[Pause(date(2026, 11, 4), date(2026, 11, 11))],
    )

    assert [day.day for day in deadline.counted] == [3, 4, 12, 13, 16]


def test_twenty_four_hours_end_at_the_minute() -> None:
    at = datetime(2026, 11, 6, 9, 30, tzinfo=UTC)

    end = clocks.compute_end(ClockKind.POLICE_HANDOVER, started_at=at, started=date(2026, 11, 6))

    assert end.due_at == at + timedelta(hours=24)
    assert end.deadline.due_date == date(2026, 11, 7)


def test_every_kind_of_clock_has_a_period_but_the_one_an_order_names() -> None:
    assert set(clocks.PERIODS) == set(ClockKind) - {ClockKind.PAYMENT}


@given(KINDS, DAYS, st.data())
def test_no_pause_or_extension_moves_an_end_back(
    kind: ClockKind, started: date, drawn: st.DataObject
) -> None:
    stops = drawn.draw(pauses(started))
    plain = clocks.compute_deadline(kind, started=started)
    paused = clocks.compute_deadline(kind, started=started, pauses=stops)
    extended = clocks.compute_deadline(kind, started=started, pauses=stops, added_days=30)

    assert started < plain.due_date <= paused.due_date <= extended.due_date


@given(KINDS, DAYS, st.data())
def test_every_count_explains_itself(kind: ClockKind, started: date, drawn: st.DataObject) -> None:
    stops = drawn.draw(pauses(started))
    deadline = clocks.compute_deadline(kind, started=started, pauses=stops)

    assert list(deadline.counted) == sorted(set(deadline.counted))
    assert started < deadline.counted[0]
    assert deadline.counted[-1] <= deadline.due_date
    assert len(deadline.counted) == clocks.PERIODS[kind].length


@given(KINDS, DAYS)
def test_starting_later_never_ends_earlier(kind: ClockKind, started: date) -> None:
    today = clocks.compute_deadline(kind, started=started).due_date
    tomorrow = clocks.compute_deadline(kind, started=started + timedelta(days=1)).due_date

    assert today <= tomorrow


@given(KINDS, DAYS)
def test_a_period_only_ever_climbs(kind: ClockKind, started: date) -> None:
    due = clocks.compute_deadline(kind, started=started).due_date
    ladder = [None, *Rung]
    days = (started + timedelta(days=number) for number in range((due - started).days + 20))
    climbed = [ladder.index(clocks.choose_rung(kind, due, today=day)) for day in days]

    assert climbed == sorted(climbed)
    assert climbed[-1] == (0 if kind in clocks.NOT_OURS else len(Rung))


@pytest.mark.parametrize(
    ("today", "rung"),
    [
        (date(2026, 11, 5), None),
        (date(2026, 11, 6), Rung.SOON),
        (date(2026, 11, 9), Rung.DUE),
        (date(2026, 11, 10), Rung.OVERDUE),
        (date(2026, 11, 11), Rung.OVERDUE),
        (date(2026, 11, 12), Rung.SUPERVISED),
    ],
)
def test_ladder_of_an_acceptance(today: date, rung: Rung | None) -> None:
    assert clocks.choose_rung(ClockKind.ACCEPTANCE, date(2026, 11, 9), today=today) is rung


@pytest.mark.parametrize(
    ("today", "is_late"), [(date(2026, 11, 9), False), (date(2026, 11, 10), True)]
)
def test_clock_is_overdue_from_the_day_after(today: date, *, is_late: bool) -> None:
    assert clocks.is_overdue(date(2026, 11, 9), today=today) is is_late


def test_no_running_clock_is_never_overdue() -> None:
    assert not clocks.is_overdue(None, today=date(2026, 11, 10))
