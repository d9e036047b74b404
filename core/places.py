"""Closed sets about where a phone or a site is."""

from enum import StrEnum


class Datum(StrEnum):
    """What coordinates refer to."""

    WGS84 = "wgs84"
    """GPS, and what browsers give."""
    GCJ02 = "gcj02"
    """国测局坐标, what maps made in China show: 50 to 700 m beside the former."""


class Place(StrEnum):
    """Where a phone was; the most that anybody but its owner is told."""

    INSIDE = "inside"
    """Within the project's fence, or so near that it may have been."""
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class PunchSignal(StrEnum):
    """What raises a question about a phone punch; it advises a person and denies nothing."""

    NO_LOCATION = "no_location"
    VAGUE_LOCATION = "vague_location"
    """Off by more than says anything about a site."""
    OUTSIDE_FENCE = "outside_fence"
    MOCK_LOCATION = "mock_location"
    """The phone itself says that an app makes its location up."""
    IMPOSSIBLE_TRAVEL = "impossible_travel"
    """Too far from the check-in before for the time between."""
