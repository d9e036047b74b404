"""Geometry of fences: circles, polygons, and the two datums."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.fences import (
    Fence,
    Point,
    is_simple,
    make_fence,
    measure_distance_m,
    to_gcj02,
    to_wgs84,
)
from core.places import Datum

MIDDLE = Point(30.259, 120.130)
in_china = st.builds(Point, st.floats(18, 53), st.floats(75, 134))
bearings = st.floats(0, 2 * math.pi)


def move(point: Point, east_m: float, north_m: float) -> Point:
    """Return the point so many metres away on the plane that touches the ground."""
    per_degree = math.radians(6_371_008.8)
    parallel = per_degree * math.cos(math.radians(point.latitude))
    return Point(point.latitude + north_m / per_degree, point.longitude + east_m / parallel)


def polygon(*corners: tuple[float, float]) -> Fence:
    """Return a polygon whose corners are so many metres (east, north) of the middle."""
    return Fence(tuple(move(MIDDLE, *corner) for corner in corners), None)


@st.composite
def stars(draw: st.DrawFn) -> tuple[Fence, list[tuple[float, float]]]:
    """Return a polygon around the middle, convex or not, and its corners as (angle, radius)."""
    angles = sorted(draw(st.sets(st.integers(0, 35), min_size=5, max_size=20)) | {0, 9, 18, 27})
    reaches = [(angle * math.pi / 18, draw(st.floats(50, 500))) for angle in angles]
    return polygon(*((r * math.sin(a), r * math.cos(a)) for a, r in reaches)), reaches


def test_a_degree_of_latitude_is_111_km() -> None:
    assert measure_distance_m(Point(30, 120), Point(31, 120)) == pytest.approx(111_195, abs=1)


@given(in_china, in_china, in_china)
def test_distances_are_a_metric(one: Point, two: Point, three: Point) -> None:
    way = measure_distance_m(one, three)

    assert way == pytest.approx(measure_distance_m(three, one))
    assert way <= measure_distance_m(one, two) + measure_distance_m(two, three) + 1e-6
    assert measure_distance_m(one, one) == 0


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_gcj02_is_as_published(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert to_gcj02(Point(*wgs84)) == pytest.approx(gcj02, abs=1e-7)


@given(in_china)
def test_gcj02_and_back_is_the_same_place(point: Point) -> None:
    back = to_wgs84(*to_gcj02(point), Datum.GCJ02)

    assert measure_distance_m(point, back) < 0.001


@given(in_china)
def test_gcj02_is_beside_the_truth_by_tens_to_hundreds_of_metres(point: Point) -> None:
    assert 1 < measure_distance_m(point, Point(*to_gcj02(point))) < 1_500


def test_outside_china_there_is_no_shift() -> None:
    assert to_gcj02(Point(48.85, 2.35)) == (48.85, 2.35)


@given(in_china, bearings, st.floats(0, 3_000), st.floats(10, 2_000))
def test_circle_begins_where_its_radius_ends(
    centre: Point, bearing: float, away_m: float, radius_m: float
) -> None:
    point = move(centre, away_m * math.sin(bearing), away_m * math.cos(bearing))

    outside_m = Fence((centre,), radius_m).measure_outside_m(point)

    assert outside_m == pytest.approx(max(0, away_m - radius_m), abs=1 + away_m / 500)


@given(stars(), st.data())
def test_polygon_holds_what_lies_between_its_middle_and_its_corners(
    star: tuple[Fence, list[tuple[float, float]]], data: st.DataObject
) -> None:
    fence, reaches = star
    angle, reach_m = data.draw(st.sampled_from(reaches))
    share = data.draw(st.floats(0, 0.99))
    point = move(MIDDLE, share * reach_m * math.sin(angle), share * reach_m * math.cos(angle))

    assert fence.measure_outside_m(point) == 0


@given(stars(), st.data())
def test_polygon_is_no_further_than_its_nearest_corner_and_no_nearer_than_its_reach(
    star: tuple[Fence, list[tuple[float, float]]], data: st.DataObject
) -> None:
    fence, _ = star
    bearing, away_m = data.draw(bearings), data.draw(st.floats(600, 5_000))
    point = move(MIDDLE, away_m * math.sin(bearing), away_m * math.cos(bearing))

    outside_m = fence.measure_outside_m(point)

    nearest = min(measure_distance_m(point, corner) for corner in fence.points)
    assert away_m - 501 - away_m / 500 <= outside_m <= nearest + 1


@given(stars(), st.integers(0, 20), bearings, st.floats(0, 1_000))
def test_it_does_not_matter_where_and_which_way_the_corners_begin(
    star: tuple[Fence, list[tuple[float, float]]], turn: int, bearing: float, away_m: float
) -> None:
    fence, _ = star
    point = move(MIDDLE, away_m * math.sin(bearing), away_m * math.cos(bearing))
    first = turn % len(fence.points)
    turned = Fence((fence.points[first:] + fence.points[:first])[::-1], None)

    assert turned.measure_outside_m(point) == pytest.approx(fence.measure_outside_m(point))


def test_notch_of_a_polygon_is_outside() -> None:
    fence = polygon((-100, -100), (100, -100), (100, 100), (0, -50), (-100, 100))

    assert fence.measure_outside_m(move(MIDDLE, 0, 50)) > 20
    assert fence.measure_outside_m(move(MIDDLE, 0, -80)) == 0


def test_corners_out_of_order_cross_each_other() -> None:
    square = [(-100, -100), (100, -100), (100, 100), (-100, 100)]
    bowtie = [square[0], square[2], square[1], square[3]]

    assert is_simple(polygon(*square).points)
    assert not is_simple(polygon(*bowtie).points)


@given(stars())
def test_star_crosses_itself_nowhere(star: tuple[Fence, list[tuple[float, float]]]) -> None:
    assert is_simple(star[0].points)


def test_fence_from_a_map_made_in_china_is_where_the_phone_says_it_is() -> None:
    shown = to_gcj02(MIDDLE)

    fence = make_fence([shown], 50, Datum.GCJ02)

    assert fence.measure_outside_m(MIDDLE) == 0
    assert make_fence([shown], 50, Datum.WGS84).measure_outside_m(MIDDLE) > 100
