"""Where a point lies to a site's fence, on the ground and in metres; pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from core.places import Datum

EARTH_RADIUS_M = 6_371_008.8
"""The mean of IUGG."""
CHINA_LATITUDES = (3.0, 54.0)
CHINA_LONGITUDES = (73.0, 136.0)
KRASOVSKY_RADIUS_M = 6_378_245.0
KRASOVSKY_ECCENTRICITY = 0.006_693_421_622_965_943
"""Squared; the ellipsoid of 1940 that GCJ-02 is computed on."""
INVERSE_ROUNDS = 5
"""Each brings the inverse of GCJ-02 a thousand times nearer."""
Vector = tuple[float, float]
"""(east, north) in metres."""


@dataclass(frozen=True, slots=True)
class Point:
    """Degrees in WGS-84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Fence:
    """A circle around one point, or a polygon whose corners follow each other."""

    points: tuple[Point, ...]
    radius_m: float | None

    @property
    def centre(self) -> Point:
        """The circle's, or the middle of the corners."""
        count = len(self.points)
        return Point(
            sum(point.latitude for point in self.points) / count,
            sum(point.longitude for point in self.points) / count,
        )

    @property
    def reach_m(self) -> float:
        """How far from the centre somebody inside can be."""
        if self.radius_m is not None:
            return self.radius_m
        return max(measure_distance_m(self.centre, point) for point in self.points)

    def measure_outside_m(self, point: Point) -> float:
        """Return how far the point is from the fence, 0 inside of it."""
        if self.radius_m is not None:
            return max(0.0, measure_distance_m(self.points[0], point) - self.radius_m)
        corners = [_see_from(point, corner) for corner in self.points]
        if _is_around_origin(corners):
            return 0.0
        return min(_measure_to_side(*side) for side in _sides(corners))


def make_fence(points: Sequence[Sequence[float]], radius_m: float | None, datum: Datum) -> Fence:
    """Return the fence entered as (latitude, longitude) pairs of a datum."""
    corners = tuple(to_wgs84(latitude, longitude, datum) for latitude, longitude in points)
    return Fence(corners, radius_m)


def measure_distance_m(one: Point, other: Point) -> float:
    """Return the way over ground between two points (haversine)."""
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude)
    parallel = math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude))
    chord = math.sin(north / 2) ** 2 + parallel * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, chord)))


def is_in_china(latitude: float, longitude: float) -> bool:
    """Tell whether degrees can be of a site: exchanged or mistyped ones are mostly elsewhere."""
    return (
        CHINA_LATITUDES[0] <= latitude <= CHINA_LATITUDES[1]
        and CHINA_LONGITUDES[0] <= longitude <= CHINA_LONGITUDES[1]
    )


def is_simple(points: Sequence[Point]) -> bool:
    """Tell whether no two sides of a polygon cross: its corners are in order."""
    corners = [_see_from(points[0], point) for point in points]
    sides = list(_sides(corners))
    return not any(_do_cross(one, other) for one, other in combinations(sides, 2))


def measure_area_m2(points: Sequence[Point]) -> float:
    """Return how much ground a polygon encloses whose sides do not cross."""
    corners = [_see_from(points[0], point) for point in points]
    return abs(sum(x * other_y - other_x * y for (x, y), (other_x, other_y) in _sides(corners))) / 2


def to_wgs84(latitude: float, longitude: float, datum: Datum) -> Point:
    """Return the point of a datum in WGS-84, to a millimetre; GCJ-02 has no inverse but search."""
    found = Point(latitude, longitude)
    if datum is Datum.WGS84:
        return found
    for _ in range(INVERSE_ROUNDS):
        shown_latitude, shown_longitude = to_gcj02(found)
        found = Point(
            found.latitude + latitude - shown_latitude,
            found.longitude + longitude - shown_longitude,
        )
    return found


def to_gcj02(point: Point) -> tuple[float, float]:
    """Return (latitude, longitude) as maps made in China show the point; the same outside."""
    if not is_in_china(point.latitude, point.longitude):
        return point.latitude, point.longitude
    latitude_shift, longitude_shift = _compute_shift_m(
        point.longitude - 105.0, point.latitude - 35.0
    )
    radians = math.radians(point.latitude)
    flattening = 1 - KRASOVSKY_ECCENTRICITY * math.sin(radians) ** 2
    meridian = KRASOVSKY_RADIUS_M * (1 - KRASOVSKY_ECCENTRICITY) / flattening**1.5
    parallel = KRASOVSKY_RADIUS_M / math.sqrt(flattening) * math.cos(radians)
    return (
        point.latitude + math.degrees(latitude_shift / meridian),
        point.longitude + math.degrees(longitude_shift / parallel),
    )


def _compute_shift_m(x: float, y: float) -> Vector:
    """Return (north, east) in metres by which GCJ-02 moves a point; the formula in common use."""
    root, wave = math.sqrt(abs(x)), _sway(x, 6, 20) + _sway(x, 2, 20)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (wave + _sway(y, 1, 20) + _sway(y, 1 / 3, 40)) * 2 / 3
    north += (_sway(y, 1 / 12, 160) + _sway(y, 1 / 30, 320)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (wave + _sway(x, 1, 20) + _sway(x, 1 / 3, 40)) * 2 / 3
    east += (_sway(x, 1 / 12, 150) + _sway(x, 1 / 30, 300)) * 2 / 3
    return north, east


def _sway(value: float, frequency: float, metres: float) -> float:
    return metres * math.sin(value * frequency * math.pi)


def _see_from(origin: Point, point: Point) -> Vector:
    """Return the way to a point on a plane that touches the ground at `origin`."""
    per_degree = math.radians(EARTH_RADIUS_M)
    east = (point.longitude - origin.longitude) * math.cos(math.radians(origin.latitude))
    return per_degree * east, per_degree * (point.latitude - origin.latitude)


def _sides(corners: Sequence[Vector]) -> Iterator[tuple[Vector, Vector]]:
    return pairwise([*corners, corners[0]])


def _is_around_origin(corners: Sequence[Vector]) -> bool:
    """Count the sides that a ray to the east meets; an odd number means inside."""
    is_inside = False
    for (x, y), (other_x, other_y) in _sides(corners):
        is_meeting = (y > 0) != (other_y > 0)
        if is_meeting and x + (other_x - x) * y / (y - other_y) > 0:
            is_inside = not is_inside
    return is_inside


def _measure_to_side(start: Vector, end: Vector) -> float:
    along = (end[0] - start[0], end[1] - start[1])
    length_squared = along[0] ** 2 + along[1] ** 2
    share = 0.0
    if length_squared:
        share = -(start[0] * along[0] + start[1] * along[1]) / length_squared
    nearest = min(1.0, max(0.0, share))
    return math.hypot(start[0] + nearest * along[0], start[1] + nearest * along[1])


def _do_cross(one: tuple[Vector, Vector], other: tuple[Vector, Vector]) -> bool:
    return (
        _turn(*one, other[0]) * _turn(*one, other[1]) < 0
        and _turn(*other, one[0]) * _turn(*other, one[1]) < 0
    )


def _turn(start: Vector, end: Vector, point: Vector) -> float:
    """Return the area that tells on which side of a line the point is."""
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])
