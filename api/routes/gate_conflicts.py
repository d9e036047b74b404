"""What somebody is to look at after the gates: ``/v1/projects/{id}/gate-conflicts`` and more."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.deps import ProjectManagerDep, SessionDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.gate_conflicts import (
    ConflictState,
    GateConflictOut,
    ResolutionIn,
    RevealedOut,
    RevealIn,
    UnreadScanOut,
)
from api.strict_json import StrictRouter
from attendance import conflict_items, conflicts
from attendance.errors import (
    ConflictNotFoundError,
    ConflictResolvedError,
    GuardNameNeededError,
    NotAnnulledError,
    UnreadScanNotFoundError,
)
from core.clock import now
from identity.errors import NotSignedInError, ReasonTooShortError, RoleRequiredError
from projects.errors import ProjectNotFoundError

router = StrictRouter(prefix="/projects/{project_id}", tags=["gate"])
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)


@router.get("/gate-conflicts", responses=problems(*NOT_YOURS))
def list_gate_conflicts(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    page: PageDep,
    state: Annotated[ConflictState | None, Query(description="All when absent.")] = None,
) -> Page[GateConflictOut]:
    """List crossings where a gate decided wrongly.

    For the project's labour manager: a code used twice, somebody who had left, a code of an old
    phone, whatever a lost gate reported, a good code that a gate without network refused. Newest
    arrival first, names masked.
    """
    listed = conflicts.list_conflicts(
        session,
        project_id=project_id,
        is_open=None if state is None else state is ConflictState.OPEN,
        before=page.before,
        limit=page.limit + 1,
    )
    return make_page(listed, limit=page.limit, to_item=GateConflictOut.of)


@router.post(
    "/gate-conflicts/{conflict_id}/resolve",
    responses=problems(
        *NOT_YOURS,
        ConflictNotFoundError,
        ConflictResolvedError,
        NotAnnulledError,
        GuardNameNeededError,
    ),
)
def resolve_conflict(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    conflict_id: UUID,
    body: ResolutionIn,
) -> GateConflictOut:
    """Close a conflict with what you found.

    For the project's labour manager. It changes no check-in and no day: a day that is wrong is
    objected to by its worker, who is told that the conflict was looked at.
    """
    conflict_items.resolve_conflict(
        session,
        principal=manager,
        project_id=project_id,
        conflict_id=conflict_id,
        **body.model_dump(),
        at=now(),
    )
    view = conflicts.get_conflict(session, project_id=project_id, conflict_id=conflict_id)
    return GateConflictOut.of(view)


@router.get("/unread-scans", responses=problems(*NOT_YOURS))
def list_unread_scans(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, page: PageDep
) -> Page[UnreadScanOut]:
    """List what gates uploaded that is no scan.

    For the project's labour manager, newest first. Readers also read identity cards, so only the
    masked beginning is shown.
    """
    listed = conflicts.list_unread_scans(
        session, project_id=project_id, before=page.before, limit=page.limit + 1
    )
    return make_page(listed, limit=page.limit, to_item=UnreadScanOut.of)


@router.post(
    "/unread-scans/{scan_id}/reveal",
    responses=problems(*NOT_YOURS, ReasonTooShortError, UnreadScanNotFoundError),
)
def reveal_unread_scan(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    scan_id: UUID,
    body: RevealIn,
) -> RevealedOut:
    """Show the whole of an unread upload.

    For the project's labour manager. Every call is recorded with the reason.
    """
    content = conflicts.reveal_unread_scan(
        session, principal=manager, project_id=project_id, scan_id=scan_id, reason=body.reason
    )
    return RevealedOut(content=content)
