"""Invented sites on the map, and phones at and away from them."""

from sqlmodel import Session

from attendance.phone_rules import Location
from core.places import Datum
from db.models import Project, ProjectFence

CENTRE = (30.259, 120.130)
RADIUS_M = 200.0
METRES_PER_DEGREE = 111_195.0


def make_fence(session: Session, project: Project) -> ProjectFence:
    """Write a circle of 200 m in WGS-84."""
    fence = ProjectFence(
        project_id=project.id, datum=Datum.WGS84, points=[list(CENTRE)], radius_m=RADIUS_M
    )
    session.add(fence)
    session.flush()
    return fence


def make_location(
    north_m: float = 0.0, *, accuracy_m: float = 20.0, is_mock: bool = False
) -> Location:
    """Return a phone's location so far north of the circle's centre."""
    latitude = CENTRE[0] + north_m / METRES_PER_DEGREE
    return Location(latitude, CENTRE[1], accuracy_m, is_mock=is_mock)
