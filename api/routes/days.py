"""What labour managers do about days: their rules, entries, imports, workers' objections."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from api.deps import BlobsDep, ProjectManagerDep, SessionDep
from api.errors import InvalidCursorError
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.attendance import Month
from api.schemas.days import (
    AcceptIn,
    DayEntriesIn,
    DayEntriesOut,
    DayRulesIn,
    DayRulesOut,
    ProjectObjectionOut,
    RejectIn,
)
from api.schemas.withdrawals import (
    ImportWithdrawalIn,
    ImportWithdrawalOut,
    SheetImportOut,
    WithdrawalIn,
    WithdrawalsOut,
)
from api.strict_json import StrictRouter
from attendance import day_queries, manual, objections, queries, site_rules, withdrawals
from attendance.errors import (
    CorrectionUnfitError,
    DayRulesTooEarlyError,
    ObjectionAnsweredError,
    ObjectionNotFoundError,
    SheetImportNotFoundError,
)
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError

router = StrictRouter(prefix="/projects/{project_id}", tags=["attendance"])
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)
NOT_OPEN = (*NOT_YOURS, ObjectionNotFoundError, ObjectionAnsweredError)


@router.get("/day-rules", responses=problems(*NOT_YOURS))
def list_day_rules(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID
) -> Page[DayRulesOut]:
    """See what counts as a day, from which date on.

    For the project's labour manager, oldest first. Of rules from the same date the last count.
    """
    first = DayRulesOut.of_first(queries.get_day_rules(session, project_id).first)
    later = [DayRulesOut.of(rule) for rule in queries.list_day_rules(session, project_id)]
    return Page(items=[first, *later], next=None)


@router.post("/day-rules", status_code=201, responses=problems(*NOT_YOURS, DayRulesTooEarlyError))
def set_day_rules(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, body: DayRulesIn
) -> DayRulesOut:
    """Say what counts as a day from a date on.

    For the project's labour manager. Days on locked sheets stay as they are; all others are
    counted anew within minutes.
    """
    rule = site_rules.set_day_rules(
        session,
        principal=manager,
        project_id=project_id,
        from_date=body.from_date,
        rules=body.to_rules(),
        reason=body.reason,
        at=now(),
    )
    return DayRulesOut.of(rule)


@router.post("/manual-check-ins", responses=problems(*NOT_YOURS))
def enter_days(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    body: DayEntriesIn,
    dry_run: Annotated[bool, Query(description="Only say what would become of it.")] = False,
) -> DayEntriesOut:
    """Enter days that no gate saw.

    For the project's labour manager: up to 500, each with an entry, an exit or both. They have
    grade D, fill gaps beside what gates recorded, and each worker is told the same day. Sending
    them again changes nothing.
    """
    results = manual.enter_days(
        session,
        principal=manager,
        project_id=project_id,
        entries=[entry.to_entry() for entry in body.entries],
        reason=body.reason,
        dry_run=dry_run,
        at=now(),
    )
    return DayEntriesOut.of(results, dry_run=dry_run)


@router.post("/manual-check-ins/withdraw", responses=problems(*NOT_YOURS))
def withdraw_entries(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, body: WithdrawalIn
) -> WithdrawalsOut:
    """Take back what was entered by hand or imported.

    For the project's labour manager: up to 500 check-ins, with the reason. They stay to be seen
    and count for nothing; each worker is told the same day. Days of a sheet that was approved,
    locked or paid stay, and `say` tells what to do instead. Repeating gives the first result.
    """
    results = withdrawals.withdraw_entries(
        session,
        principal=manager,
        project_id=project_id,
        check_in_ids=body.check_in_ids,
        reason=body.reason,
        at=now(),
    )
    return WithdrawalsOut.of(results)


@router.get("/sheet-imports", responses=problems(*NOT_YOURS, InvalidCursorError))
def list_sheet_imports(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    page: PageDep,
    month: Annotated[Month | None, Query(description="Only of this month.")] = None,
) -> Page[SheetImportOut]:
    """List foreign sheets that were imported.

    For the project's labour manager, newest first, with what was taken back of them.
    """
    views = withdrawals.list_imports(
        session, project_id=project_id, month=month, before=page.before, limit=page.limit + 1
    )
    return make_page(views, limit=page.limit, to_item=SheetImportOut.of)


@router.post(
    "/sheet-imports/{import_id}/withdraw",
    responses=problems(*NOT_YOURS, SheetImportNotFoundError),
)
def withdraw_sheet_import(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    import_id: UUID,
    body: ImportWithdrawalIn,
) -> ImportWithdrawalOut:
    """Take back a whole imported sheet.

    For the project's labour manager, with the reason: as each of its days would be taken back.
    Days of a sheet that was approved, locked or paid stay; repeating takes back only these, once
    they may be.
    """
    done = withdrawals.withdraw_import(
        session,
        principal=manager,
        project_id=project_id,
        import_id=import_id,
        reason=body.reason,
        at=now(),
    )
    return ImportWithdrawalOut.of(done)


@router.get("/objections", responses=problems(*NOT_YOURS, InvalidCursorError))
def list_objections(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    page: PageDep,
    is_open: Annotated[bool | None, Query(description="Only those without a reply.")] = None,
) -> Page[ProjectObjectionOut]:
    """List what workers say against days.

    For the project's labour manager, newest first, names masked.
    """
    rows = day_queries.list_project_objections(
        session, project_id=project_id, is_open=is_open, before=page.before, limit=page.limit + 1
    )
    names = queries.list_names(session, {row.project_worker_id for row in rows})
    return make_page(
        rows,
        limit=page.limit,
        to_item=lambda row: ProjectObjectionOut.of_worker(row, names[row.project_worker_id]),
    )


@router.post(
    "/objections/{objection_id}/accept",
    status_code=201,
    responses=problems(*NOT_OPEN, CorrectionUnfitError),
)
def accept_objection(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    objection_id: UUID,
    body: AcceptIn,
) -> ProjectObjectionOut:
    """Agree with an objection and enter what was missing.

    For the project's labour manager. The times become check-ins of grade D; what gates recorded
    and what a locked sheet shows stay. The worker is told.
    """
    objections.accept_objection(
        session,
        principal=manager,
        project_id=project_id,
        objection_id=objection_id,
        reason=body.reason,
        in_at=body.in_at,
        out_at=body.out_at,
        at=now(),
    )
    return _show(session, project_id, objection_id)


@router.post("/objections/{objection_id}/reject", status_code=201, responses=problems(*NOT_OPEN))
def reject_objection(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    objection_id: UUID,
    body: RejectIn,
) -> ProjectObjectionOut:
    """Keep to a day and say why.

    For the project's labour manager. Objection and reply both stay on the sheet; the worker is
    told, and may object again or complain.
    """
    objections.reject_objection(
        session,
        principal=manager,
        project_id=project_id,
        objection_id=objection_id,
        reason=body.reason,
    )
    return _show(session, project_id, objection_id)


@router.get(
    "/objections/{objection_id}/photos/{photo_id}",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "As it was kept"},
        **problems(*NOT_YOURS, ObjectionNotFoundError),
    },
)
def get_objection_photo(
    session: SessionDep,
    blobs: BlobsDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    objection_id: UUID,
    photo_id: UUID,
) -> Response:
    """See a photo of an objection.

    For the project's labour manager.
    """
    content = objections.get_objection_photo(
        session,
        blobs,
        project_id=project_id,
        objection_id=objection_id,
        photo_id=photo_id,
    )
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _show(session: SessionDep, project_id: UUID, objection_id: UUID) -> ProjectObjectionOut:
    view = day_queries.view_objection(session, project_id=project_id, objection_id=objection_id)
    names = queries.list_names(session, [view.project_worker_id])
    return ProjectObjectionOut.of_worker(view, names[view.project_worker_id])
