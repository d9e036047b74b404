"""Where a site is, as its labour manager says."""

from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from attendance.errors import FenceNotFoundError, FenceUnfitError
from attendance.site_fences import FenceDraft, get_fence, set_fence
from core.enums import Role
from core.places import Datum
from db.models import AuditEntry, Project, ProjectFence
from tests.factories.identity import make_person, make_principal
from tests.factories.projects import make_project

SQUARE = [(30.0, 120.0), (30.0, 120.01), (30.01, 120.01), (30.01, 120.0)]


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session)


def put(session: Session, project: Project, draft: FenceDraft) -> ProjectFence:
    manager = make_principal(make_person(session).id, Role.LABOUR_MANAGER, project_id=project.id)
    return set_fence(session, principal=manager, project_id=project.id, draft=draft)


def test_fence_is_kept_as_it_was_entered(session: Session, project: Project) -> None:
    put(session, project, FenceDraft(Datum.GCJ02, SQUARE, None))
    put(session, project, FenceDraft(Datum.GCJ02, SQUARE[:1], 150.0))

    session.expire_all()
    fence = get_fence(session, project_id=project.id)
    assert (fence.datum, fence.points, fence.radius_m) == (Datum.GCJ02, [[30.0, 120.0]], 150.0)


def test_every_change_is_on_the_trail(session: Session, project: Project) -> None:
    put(session, project, FenceDraft(Datum.WGS84, SQUARE, None))
    put(session, project, FenceDraft(Datum.WGS84, SQUARE[:1], 150.0))

    entries = session.exec(
        select(AuditEntry).where(AuditEntry.subject_id == project.id).order_by(col(AuditEntry.id))
    ).all()
    assert ['"radius_m": 150.0' in entry.detail["fence"] for entry in entries] == [False, True]


@pytest.mark.parametrize(
    ("points", "radius_m", "why"),
    [
        ([(120.0, 30.0)], 100.0, "写反"),
        ([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]], None, "交叉"),
        ([SQUARE[0], SQUARE[1], SQUARE[0]], None, "三个不同的点"),
        ([(30.0, 120.0), (30.0, 121.5), (31.0, 120.0)], None, "范围太大"),
        ([(30.0, 120.0), (30.001, 120.0), (30.002, 120.0)], None, "一条线上"),
    ],
)
def test_what_no_site_looks_like_is_refused(
    session: Session,
    project: Project,
    points: list[tuple[float, float]],
    radius_m: float | None,
    why: str,
) -> None:
    with pytest.raises(FenceUnfitError) as refusal:
        put(session, project, FenceDraft(Datum.WGS84, points, radius_m))

    assert why in str(refusal.value.facts["why"])


def test_a_ring_that_is_closed_by_its_first_corner_is_kept_open(
    session: Session, project: Project
) -> None:
    fence = put(session, project, FenceDraft(Datum.WGS84, [*SQUARE, SQUARE[0]], None))

    assert fence.points == [list(corner) for corner in SQUARE]


def test_project_without_a_fence_says_so(session: Session) -> None:
    with pytest.raises(FenceNotFoundError):
        get_fence(session, project_id=uuid4())
