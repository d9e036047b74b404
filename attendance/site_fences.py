"""A project's fence as its labour manager enters it; every change is on the audit trail."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from attendance.errors import FenceNotFoundError, FenceUnfitError
from attendance.fences import Fence, is_in_china, is_simple, make_fence, measure_area_m2
from core.places import Datum
from db.models import ProjectFence
from identity import audit
from identity.principal import Principal
from projects.queries import find_fence, lock_project

MOST_REACH_M = 50_000.0
"""A motorway lot is long; further from the middle than this is a mistyped corner."""
FEWEST_CORNERS = 3
LEAST_AREA_M2 = 300.0
"""The smallest circle's; corners in one line enclose nothing, and nobody would ever be inside."""


@dataclass(frozen=True, slots=True)
class FenceDraft:
    """A circle with its centre as the only point, or a polygon without a radius."""

    datum: Datum
    points: Sequence[tuple[float, float]]
    """(latitude, longitude) in degrees."""
    radius_m: float | None


def get_fence(session: Session, *, project_id: UUID) -> ProjectFence:
    """Return the fence as it was entered; FenceNotFoundError when there is none."""
    fence = find_fence(session, project_id)
    if fence is None:
        raise FenceNotFoundError
    return fence


def set_fence(
    session: Session, *, principal: Principal, project_id: UUID, draft: FenceDraft
) -> ProjectFence:
    """Put the project's fence there, in place of an earlier one.

    A polygon may end with its first corner, as GeoJSON (RFC 7946) has it; it is kept once. What
    earlier punches were found to be stays. Raises FenceUnfitError.
    """
    draft = replace(draft, points=_open_ring(draft.points))
    _check(draft)
    lock_project(session, project_id)
    fence = find_fence(session, project_id) or ProjectFence(
        project_id=project_id, datum=draft.datum, points=[]
    )
    fence.datum, fence.radius_m = draft.datum, draft.radius_m
    fence.points = [list(point) for point in draft.points]
    session.add(fence)
    session.flush()
    _record(session, principal, fence)
    return fence


def _check(draft: FenceDraft) -> None:
    if not all(is_in_china(*point) for point in draft.points):
        raise FenceUnfitError(why="有的点不在中国，请看看纬度和经度是不是写反了")
    fence = make_fence(draft.points, draft.radius_m, draft.datum)
    if fence.reach_m > MOST_REACH_M:
        raise FenceUnfitError(why="范围太大，请看看有没有输错的点")
    if draft.radius_m is None and not _is_ring(fence):
        raise FenceUnfitError(why="至少要三个不同的点，并且按围墙的顺序一个接一个，不能交叉")
    if draft.radius_m is None and measure_area_m2(fence.points) < LEAST_AREA_M2:
        raise FenceUnfitError(why="几个点几乎在一条线上，围起来的地方太小，请补上围墙的拐角")


def _open_ring(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    is_closed = len(points) > 1 and points[0] == points[-1]
    return points[:-1] if is_closed else points


def _is_ring(fence: Fence) -> bool:
    count = len(fence.points)
    return len(set(fence.points)) == count >= FEWEST_CORNERS and is_simple(fence.points)


def _record(session: Session, principal: Principal, fence: ProjectFence) -> None:
    audit.record(
        session,
        actor=principal,
        action="attendance.set-fence",
        subject_kind="project",
        subject_id=fence.project_id,
        reason="设置工地打卡范围",
        fence=json.dumps(fence.model_dump(include={"datum", "points", "radius_m"})),
    )
