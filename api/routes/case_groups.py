"""Groups of cases, mass events and numbers: ``/v1/case-groups`` and ``/v1/case-statistics``."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from api.deps import InspectorDep, SessionDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.case_groups import (
    DispatchEntryIn,
    GroupFileOut,
    GroupOut,
    MemberIn,
    StatisticsOut,
)
from api.strict_json import StrictRouter
from cases import groups, statistics
from cases.desk_errors import (
    AlertNotFoundError,
    GroupDissolvedError,
    GroupNotFoundError,
    PeriodReversedError,
    ReportTimeUnfitError,
    TooManyRepresentativesError,
)
from cases.errors import CaseNotFoundError
from core.clock import now

router = StrictRouter(tags=["case groups"])

StatisticsDay = Annotated[date, Query(ge=date(2020, 1, 1), le=date(2099, 12, 31))]
MemberPath = Annotated[str, Path(pattern=r"^AX[0-9]{14}$")]


@router.get("/case-groups")
def list_case_groups(session: SessionDep, inspector: InspectorDep, page: PageDep) -> Page[GroupOut]:
    """List cases of your division that belong together.

    Same project or employer within 30 days. Fewer than three people are not shown as a group.
    """
    found = groups.list_groups(session, principal=inspector, before=page.before, limit=page.limit)
    return make_page(found, limit=page.limit, to_item=GroupOut.of)


@router.get("/case-groups/{group_id}", responses=problems(GroupNotFoundError))
def get_case_group(session: SessionDep, inspector: InspectorDep, group_id: UUID) -> GroupFileOut:
    """Open a group: its cases, who was called, the board."""
    file = groups.get_group(session, principal=inspector, group_id=group_id)
    return GroupFileOut.of_file(file)


@router.post(
    "/case-groups/{group_id}/confirm",
    responses=problems(GroupNotFoundError, GroupDissolvedError),
)
def confirm_case_group(
    session: SessionDep, inspector: InspectorDep, group_id: UUID
) -> GroupFileOut:
    """Say that these cases belong together.

    Not once they were said not to.
    """
    file = groups.confirm_group(session, principal=inspector, group_id=group_id)
    return GroupFileOut.of_file(file)


@router.delete("/case-groups/{group_id}", status_code=204, responses=problems(GroupNotFoundError))
def dissolve_case_group(session: SessionDep, inspector: InspectorDep, group_id: UUID) -> None:
    """Say that these cases do not belong together."""
    groups.dissolve_group(session, principal=inspector, group_id=group_id)


@router.delete(
    "/case-groups/{group_id}/members/{number}",
    status_code=204,
    responses=problems(GroupNotFoundError, CaseNotFoundError),
)
def leave_case_group(
    session: SessionDep, inspector: InspectorDep, group_id: UUID, number: MemberPath
) -> None:
    """Take one case out of a group."""
    groups.leave_group(session, principal=inspector, group_id=group_id, number=number, at=now())


@router.post(
    "/case-groups/{group_id}/representatives",
    responses=problems(
        GroupNotFoundError, GroupDissolvedError, CaseNotFoundError, TooManyRepresentativesError
    ),
)
def name_representative(
    session: SessionDep, inspector: InspectorDep, group_id: UUID, body: MemberIn
) -> GroupFileOut:
    """Let the complainant of a case speak for the group.

    Five at most.
    """
    file = groups.name_representative(
        session, principal=inspector, group_id=group_id, number=body.number
    )
    return GroupFileOut.of_file(file)


@router.post(
    "/case-groups/{group_id}/acknowledgement",
    responses=problems(GroupNotFoundError, AlertNotFoundError),
)
def acknowledge_alert(session: SessionDep, inspector: InspectorDep, group_id: UUID) -> GroupFileOut:
    """Say that your division has heard of the mass event.

    Without it the division above is called after 30 minutes.
    """
    file = groups.acknowledge_alert(session, principal=inspector, group_id=group_id, at=now())
    return GroupFileOut.of_file(file)


@router.post(
    "/case-groups/{group_id}/board",
    status_code=201,
    responses=problems(GroupNotFoundError, ReportTimeUnfitError),
)
def add_dispatch_entry(
    session: SessionDep, inspector: InspectorDep, group_id: UUID, body: DispatchEntryIn
) -> GroupFileOut:
    """Write a line on the board.

    Who is on the way, what was promised, when the next report is due. Lines are never changed.
    """
    file = groups.add_dispatch_entry(
        session, principal=inspector, group_id=group_id, **body.model_dump(), at=now()
    )
    return GroupFileOut.of_file(file)


@router.get("/case-statistics", responses=problems(PeriodReversedError))
def get_case_statistics(
    session: SessionDep, inspector: InspectorDep, since: StatisticsDay, until: StatisticsDay
) -> StatisticsOut:
    """Show your division's numbers between two days.

    Received, every step, periods met in time, overdue now, money recovered, satisfaction.
    """
    numbers = statistics.get_statistics(
        session, principal=inspector, since=since, until=until, at=now()
    )
    return StatisticsOut.of(numbers)
