"""A pay sheet kept in Excel: ``/v1/projects/{project_id}/pay-sheets/{sheet_id}/import``."""

from uuid import UUID

from fastapi import UploadFile

from api.deps import ProjectManagerDep, SessionDep, SettingsDep
from api.problems import problems
from api.routes.payroll import NOT_COMPUTABLE
from api.routes.projects import WORKBOOK_REFUSALS
from api.schemas.pay_import import PayImportOut
from api.strict_json import StrictRouter
from core.clock import now
from payroll import pay_import
from payroll.errors import NobodyWorkedError, PaySheetNotFoundError
from payroll.term_errors import PaySheetNotDraftError
from projects.workbook import MAX_BYTES

router = StrictRouter(prefix="/projects/{project_id}", tags=["payroll"])


@router.post(
    "/pay-sheets/{sheet_id}/import",
    responses=problems(
        PaySheetNotFoundError,
        PaySheetNotDraftError,
        NobodyWorkedError,
        *NOT_COMPUTABLE,
        *WORKBOOK_REFUSALS,
    ),
)
def import_pay_sheet(
    *,
    session: SessionDep,
    settings: SettingsDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    file: UploadFile,
    dry_run: bool = False,
) -> PayImportOut:
    """Import a pay sheet workbook into a draft.

    The sheet 工资表 of an .xlsx file of at most 10 MB and 5,000 rows; `docs/payroll.md` lists its
    columns. Good rows replace what was worked out, each row is reported with what to do.
    `dry_run` reports the same and changes nothing. Supplements, deductions and advances must be on
    record already; drawing the sheet up again works everything out anew.
    """
    report = pay_import.import_pay_sheet(
        session,
        principal=manager,
        project_id=project_id,
        sheet_id=sheet_id,
        content=file.file.read(MAX_BYTES + 1),
        dry_run=dry_run,
        at=now(),
        county_facts=settings.county_facts,
    )
    return PayImportOut.of(report)
