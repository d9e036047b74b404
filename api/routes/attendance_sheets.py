"""Attendance sheets: ``/v1/projects/{id}/attendance-sheets…``, ``/v1/attendance-sheets``."""

from collections.abc import Iterator
from typing import IO, Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Form, Query, UploadFile
from fastapi.responses import StreamingResponse

from api.deps import ProjectManagerDep, SessionDep, SheetReaderDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.routes.projects import WORKBOOK_REFUSALS, XLSX
from api.schemas.attendance import Month
from api.schemas.attendance_sheets import (
    ApprovalIn,
    ChainOut,
    ForeignReportOut,
    LockIn,
    ReasonIn,
    SheetDetailOut,
    SheetIn,
    SheetOut,
)
from api.schemas.words import Words
from api.strict_json import StrictRouter
from attendance import sheet_acts, sheet_export, sheet_import, sheets
from attendance.errors import SheetLockedError, SheetNotFoundError
from attendance.sheet_errors import (
    DaysUnsettledError,
    MonthBeforeProjectError,
    MonthNotBegunError,
    MonthNotOverError,
    NoDayColumnsError,
    OtherMonthError,
    SheetChangedError,
    SheetNotLockedError,
    SheetPaidError,
    SheetStaleError,
    SheetStepOutOfTurnError,
    StepsMissingError,
)
from attendance.sheet_export import SheetExport
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError, TeamNotFoundError
from projects.workbook import MAX_BYTES
from qr.prints.posters import PaperSize

CHUNK_BYTES = 65_536

router = StrictRouter(tags=["attendance"])
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)
NO_STEP = (NotSignedInError, RoleRequiredError, SheetNotFoundError)
SHEETS = "/projects/{project_id}/attendance-sheets"
SHEET = f"{SHEETS}/{{sheet_id}}"


@router.post(
    SHEETS,
    status_code=201,
    responses=problems(
        *NOT_YOURS,
        TeamNotFoundError,
        MonthNotBegunError,
        MonthBeforeProjectError,
        SheetLockedError,
    ),
)
def draw_up_sheet(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, body: SheetIn
) -> SheetOut:
    """Draw up a team's attendance sheet for a month.

    For the project's labour manager, from the month's first day on, and not for months before the
    project began and anybody was on it. Repeating draws the draft up
    anew from the recorded check-ins; approvals stand only while the sums stay the same. Once the
    month is over, whoever approves first is told. A locked sheet does not change.
    """
    sheet = sheets.draw_up_sheet(
        session, project_id=project_id, team_id=body.team_id, month=body.month, at=now()
    )
    return SheetOut.of(sheet)


@router.get(SHEETS, responses=problems(*NOT_YOURS))
def list_sheets(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    page: PageDep,
    month: Annotated[Month | None, Query(description="Only of this month.")] = None,
) -> Page[SheetOut]:
    """List a project's attendance sheets.

    For the project's labour manager, newest first; at most one for each team and month.
    """
    listed = sheet_acts.list_sheets(
        session, project_id=project_id, month=month, before=page.before, limit=page.limit
    )
    return make_page(listed, limit=page.limit, to_item=SheetOut.of)


@router.get("/attendance-sheets", responses=problems(NotSignedInError, RoleRequiredError))
def list_open_sheets(session: SessionDep, reader: SheetReaderDep, page: PageDep) -> Page[SheetOut]:
    """List the sheets you are to look over.

    For team leaders, administrators of the team's company or of the general contractor, and the
    labour manager: drafts of past months, newest first.
    """
    listed = sheet_acts.list_open_sheets(
        session, principal=reader, before=page.before, limit=page.limit, at=now()
    )
    return make_page(listed, limit=page.limit, to_item=SheetOut.of)


@router.get(SHEET, responses=problems(*NO_STEP))
def view_sheet(
    session: SessionDep, reader: SheetReaderDep, project_id: UUID, sheet_id: UUID
) -> SheetDetailOut:
    """Read an attendance sheet.

    For whoever looks it over: one line for everybody who was in the team that month, names
    masked, what was recorded before corrections, the workers' objections up to now, who has
    approved, and what looks too regular for people.
    """
    view = sheet_acts.view_sheet(
        session, principal=reader, project_id=project_id, sheet_id=sheet_id, at=now()
    )
    return SheetDetailOut.of_view(view)


@router.post(
    f"{SHEET}/approve",
    responses=problems(
        *NO_STEP,
        SheetLockedError,
        MonthNotOverError,
        SheetChangedError,
        SheetStepOutOfTurnError,
        SheetStaleError,
    ),
)
def approve_sheet(
    session: SessionDep,
    reader: SheetReaderDep,
    project_id: UUID,
    sheet_id: UUID,
    body: ApprovalIn,
) -> ChainOut:
    """Approve an attendance sheet.

    First the team leader, then the subcontractor, then the general contractor. What is approved
    is what you read: `content_hash` of the sheet. Other lines later need a new approval, and a
    sheet that is out of date (`is_stale`) is drawn up again first. The next of them is told.
    """
    chain = sheet_acts.approve_sheet(
        session,
        principal=reader,
        project_id=project_id,
        sheet_id=sheet_id,
        content_hash=body.content_hash,
        at=now(),
    )
    return ChainOut.of(chain)


@router.post(f"{SHEET}/send-back", responses=problems(*NO_STEP, SheetLockedError))
def send_back_sheet(
    session: SessionDep,
    reader: SheetReaderDep,
    project_id: UUID,
    sheet_id: UUID,
    body: ReasonIn,
) -> ChainOut:
    """Send an attendance sheet back.

    For whoever looks it over, with the reason. Earlier approvals end, and the labour managers
    are told.
    """
    chain = sheet_acts.send_back_sheet(
        session,
        principal=reader,
        project_id=project_id,
        sheet_id=sheet_id,
        reason=body.reason,
        at=now(),
    )
    return ChainOut.of(chain)


@router.post(
    f"{SHEET}/lock",
    responses=problems(
        *NOT_YOURS,
        SheetNotFoundError,
        MonthNotOverError,
        SheetStaleError,
        DaysUnsettledError,
        StepsMissingError,
    ),
)
def lock_sheet(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    body: LockIn | None = None,
) -> SheetOut:
    """Lock an attendance sheet for the payroll.

    For the project's labour manager, once the month is over. The sheet is drawn once more and
    must come out the same. Days without an entry or exit, and steps nobody has taken, need a
    reason, which stays on the sheet. Repeating changes nothing.
    """
    sheet = sheets.lock_sheet(
        session,
        project_id=project_id,
        sheet_id=sheet_id,
        at=now(),
        actor=manager,
        excuses=(body or LockIn()).to_excuses(),
    )
    return SheetOut.of(sheet)


@router.post(
    f"{SHEET}/reopen",
    responses=problems(*NOT_YOURS, SheetNotFoundError, SheetNotLockedError, SheetPaidError),
)
def reopen_sheet(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    body: ReasonIn,
) -> SheetOut:
    """Reopen a locked attendance sheet.

    For the project's labour manager, with a reason, until wages made of it have gone to the bank.
    What it said stays on record, and locking it again tells every worker whose days changed.
    """
    sheet = sheet_acts.reopen_sheet(
        session, principal=manager, project_id=project_id, sheet_id=sheet_id, reason=body.reason
    )
    return SheetOut.of(sheet)


@router.get(
    f"{SHEET}/export.xlsx",
    response_class=StreamingResponse,
    responses={200: {"content": {XLSX: {}}}, **problems(*NO_STEP, SheetStaleError)},
)
def export_sheet(
    session: SessionDep,
    reader: SheetReaderDep,
    project_id: UUID,
    sheet_id: UUID,
    *,
    reason: Annotated[
        Words | None, Query(description="Why full names and document numbers are needed.")
    ] = None,
    size: Annotated[PaperSize, Query(description="Paper.")] = PaperSize.A3,
) -> StreamingResponse:
    """Export an attendance sheet to Excel.

    For whoever looks it over: a row a worker, a column a day, legend, totals, and where to sign.
    Names and document numbers are masked unless there is a `reason`, which is on record. A draft
    that is out of date (`is_stale`) is drawn up again first.
    """
    export = sheet_export.export_sheet(
        session,
        principal=reader,
        project_id=project_id,
        sheet_id=sheet_id,
        reason=reason,
        is_a3=size is PaperSize.A3,
        at=now(),
    )
    return send_workbook(export)


@router.post(
    f"{SHEETS}/import",
    responses=problems(*NOT_YOURS, NoDayColumnsError, OtherMonthError, *WORKBOOK_REFUSALS),
)
def import_sheet(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    file: UploadFile,
    month: Annotated[Month, Form()],
    *,
    dry_run: bool = False,
) -> ForeignReportOut:
    """Import a month kept on somebody else's sheet.

    For the project's labour manager: the first sheet of an .xlsx file, a row a worker, a column a
    day. Its days count as grade E, a claim and no proof; a day that is on record already stays as
    it is. `dry_run` reports the same and changes nothing. Repeating it inserts nothing.
    """
    report = sheet_import.import_sheet(
        session,
        project_id=project_id,
        month=month,
        content=file.file.read(MAX_BYTES + 1),
        dry_run=dry_run,
        at=now(),
        actor=manager,
    )
    return ForeignReportOut.of(report)


def send_workbook(export: SheetExport) -> StreamingResponse:
    """Return the file piece by piece, and close it."""
    disposition = f"attachment; filename*=UTF-8''{quote(export.name)}"
    return StreamingResponse(
        _read(export.content), media_type=XLSX, headers={"Content-Disposition": disposition}
    )


def _read(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while chunk := content.read(CHUNK_BYTES):
            yield chunk
