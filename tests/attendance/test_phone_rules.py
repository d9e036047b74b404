"""What a phone's location says of a punch, and in which words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.fences import Fence, Point
from attendance.phone_rules import (
    Finding,
    Location,
    Sighting,
    is_unreachable,
    judge_location,
    see,
    tell_manager,
    tell_worker,
)
from core.enums import Direction, ScanReason
from core.places import Datum, Place, PunchSignal
from tests.factories.fences import CENTRE, RADIUS_M, make_location

AT = datetime(2026, 10, 31, 22, 30, tzinfo=UTC)
FENCE = Fence((Point(*CENTRE),), RADIUS_M)
locations = st.builds(
    Location,
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(0, 5e7),
    st.sampled_from(Datum),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("north_m", "accuracy_m", "place", "signals"),
    [
        (0, 20, Place.INSIDE, ()),
        (199, 20, Place.INSIDE, ()),
        (215, 20, Place.INSIDE, ()),
        (225, 20, Place.OUTSIDE, (PunchSignal.OUTSIDE_FENCE,)),
        (690, 499, Place.INSIDE, ()),
        (0, 501, Place.UNKNOWN, (PunchSignal.VAGUE_LOCATION,)),
        (9_000, 600, Place.OUTSIDE, (PunchSignal.VAGUE_LOCATION, PunchSignal.OUTSIDE_FENCE)),
    ],
)
def test_outside_is_who_is_outside_by_more_than_the_accuracy(
    north_m: float, accuracy_m: float, place: Place, signals: tuple[PunchSignal, ...]
) -> None:
    location = make_location(north_m, accuracy_m=accuracy_m)

    finding = judge_location(location, fence=FENCE, before=None, at=AT)

    assert finding == Finding(place, round(accuracy_m), signals)


def test_no_location_is_a_question_and_no_fence_is_none() -> None:
    missing = judge_location(None, fence=FENCE, before=None, at=AT)
    unfenced = judge_location(make_location(), fence=None, before=None, at=AT)

    assert missing == Finding(Place.UNKNOWN, None, (PunchSignal.NO_LOCATION,))
    assert unfenced == Finding(Place.UNKNOWN, 20, ())


def test_made_up_location_is_a_question() -> None:
    finding = judge_location(make_location(is_mock=True), fence=FENCE, before=None, at=AT)

    assert finding.signals == (PunchSignal.MOCK_LOCATION,)


@pytest.mark.parametrize(
    ("kilometres", "minutes", "is_possible"),
    [(3, 1, True), (30, 5, False), (30, 10, True), (1_200, 180, False), (1_200, 300, True)],
)
def test_nobody_travels_faster_than_a_train(
    kilometres: float, minutes: float, is_possible: bool
) -> None:
    before = Sighting(AT - timedelta(minutes=minutes), Point(*CENTRE), 0)
    now = see(make_location(kilometres * 1_000), AT)

    assert is_unreachable(before, now) is not is_possible


def test_what_is_not_known_exactly_is_no_journey() -> None:
    before = Sighting(AT - timedelta(minutes=1), Point(*CENTRE), 4_000)

    assert not is_unreachable(before, see(make_location(12_000, accuracy_m=4_000), AT))
    assert is_unreachable(before, see(make_location(12_000, accuracy_m=100), AT))


@given(locations, st.floats(0, 1e6), st.floats(-90, 90), st.floats(-180, 180))
def test_any_location_has_a_finding_that_keeps(
    location: Location, seconds: float, latitude: float, longitude: float
) -> None:
    before = Sighting(AT - timedelta(seconds=seconds), Point(latitude, longitude), 0)

    finding = judge_location(location, fence=FENCE, before=before, at=AT)

    assert Finding.from_report(finding.to_report()) == finding
    assert Location.from_json(location.to_json()) == location


@given(locations, st.floats(0, 1e5))
def test_a_worse_accuracy_never_turns_inside_into_outside(
    location: Location, more_m: float
) -> None:
    worse = Location(
        location.latitude, location.longitude, location.accuracy_m + more_m, location.datum
    )

    found = judge_location(location, fence=FENCE, before=None, at=AT).place
    blurred = judge_location(worse, fence=FENCE, before=None, at=AT).place

    assert found is Place.OUTSIDE or blurred is not Place.OUTSIDE


@pytest.mark.parametrize("signal", PunchSignal)
def test_every_signal_has_words_that_promise_the_day(signal: PunchSignal) -> None:
    said = tell_worker(Direction.IN, ScanReason.OK, [signal])
    asked = tell_manager(ScanReason.OK, Finding(Place.OUTSIDE, 30, (signal,)))

    assert said[0] == "进场打卡成功"
    assert said[-1] == "这些都不影响这次打卡算出勤"
    assert "±30 米" in asked
    assert "出勤照常计算" in asked


def test_who_has_left_reads_what_to_do() -> None:
    said = tell_worker(Direction.OUT, ScanReason.LEFT_PROJECT, [])

    assert "不算出勤" in said[0]
    assert "异议" in said[1]
