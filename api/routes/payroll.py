"""The labour manager's payroll: ``/v1/projects/{project_id}/pay-sheets`` and adjustments."""

from uuid import UUID

from api.deps import ProjectManagerDep, SessionDep, SettingsDep
from api.errors import RepeatedFieldError
from api.problems import problems
from api.schemas.payroll import (
    AdjustedOut,
    AdjustmentIn,
    PaySheetIn,
    PaySheetOut,
    PublicationOut,
    SheetOverviewOut,
)
from api.strict_json import StrictRouter
from core.clock import now
from payroll import corrections, service
from payroll.errors import (
    AttendanceChangedError,
    AttendanceNotLockedError,
    NobodyWorkedError,
    NoPayTermsError,
    NothingToApproveError,
    PaySheetNotFoundError,
    PayslipAtBankError,
    PayslipChangedError,
    PayslipIncompleteError,
    PayslipNotFoundError,
    PayslipUnchangedError,
    PieceQuantitiesMissingError,
    SheetActionNotAllowedError,
)
from payroll.term_errors import (
    AttendanceMovedError,
    DeductionTooLargeError,
    LineNotFoundError,
    LineOnRecordError,
    LineSumError,
    LineUnclearError,
    NegativeNetError,
    PaySheetStaleError,
)

router = StrictRouter(prefix="/projects/{project_id}", tags=["payroll"])
NOT_COMPUTABLE = (
    NoPayTermsError,
    PieceQuantitiesMissingError,
    AttendanceMovedError,
    DeductionTooLargeError,
    NegativeNetError,
)


@router.post(
    "/pay-sheets",
    status_code=201,
    responses=problems(
        AttendanceNotLockedError,
        NobodyWorkedError,
        *NOT_COMPUTABLE,
        SheetActionNotAllowedError,
    ),
)
def create_pay_sheet(
    session: SessionDep,
    settings: SettingsDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    body: PaySheetIn,
) -> PaySheetOut:
    """Draw up a team's pay sheet.

    From the locked attendance sheet, contracts and pay terms, with what was entered for the month:
    quantities, supplements, lawful deductions, advances. While it is a draft, calling again draws
    it up anew; workers see nothing before it is published.
    """
    sheet = service.create_pay_sheet(
        session,
        project_id=project_id,
        **body.model_dump(),
        at=now(),
        county_facts=settings.county_facts,
    )
    return PaySheetOut.of(sheet)


@router.get("/pay-sheets/{sheet_id}", responses=problems(PaySheetNotFoundError))
def get_pay_sheet(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, sheet_id: UUID
) -> SheetOverviewOut:
    """Open a pay sheet.

    Every worker's current line with answer, dispute, bank state and what is still missing.
    """
    overview = service.get_pay_sheet(session, project_id=project_id, sheet_id=sheet_id)
    return SheetOverviewOut.of_overview(overview)


@router.post(
    "/pay-sheets/{sheet_id}/publish",
    responses=problems(
        PaySheetNotFoundError,
        PayslipIncompleteError,
        PaySheetStaleError,
        SheetActionNotAllowedError,
    ),
)
def publish_pay_sheet(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, sheet_id: UUID
) -> PublicationOut:
    """Show the workers their payslips.

    Each gets a message; whoever has no phone is listed, to be told in person. Refused while a
    mandatory field (条例 §15) is missing; the refusal names worker and field.
    """
    publication = service.publish_pay_sheet(
        session, project_id=project_id, sheet_id=sheet_id, at=now()
    )
    return PublicationOut.of_publication(publication)


@router.post(
    "/pay-sheets/{sheet_id}/approve",
    responses=problems(
        PaySheetNotFoundError,
        NothingToApproveError,
        AttendanceNotLockedError,
        AttendanceChangedError,
        SheetActionNotAllowedError,
    ),
)
def approve_pay_sheet(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, sheet_id: UUID
) -> PaySheetOut:
    """Approve a published pay sheet for payment.

    The general contractor's review (条例 §28). It confirms nothing in the workers' names: only
    lines they confirmed themselves are paid. A payslip adjusted later needs another approval.
    """
    sheet = service.approve_pay_sheet(
        session,
        project_id=project_id,
        sheet_id=sheet_id,
        approved_by=manager.person_id,
        at=now(),
    )
    return PaySheetOut.of(sheet)


@router.post(
    "/payslips/{payslip_id}/adjust",
    status_code=201,
    responses=problems(
        PayslipNotFoundError,
        PayslipChangedError,
        PayslipAtBankError,
        PayslipIncompleteError,
        PayslipUnchangedError,
        AttendanceNotLockedError,
        *NOT_COMPUTABLE,
        SheetActionNotAllowedError,
        RepeatedFieldError,
        LineNotFoundError,
        LineOnRecordError,
        LineSumError,
        LineUnclearError,
    ),
)
def adjust_payslip(
    *,
    session: SessionDep,
    settings: SettingsDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    payslip_id: UUID,
    body: AdjustmentIn,
) -> AdjustedOut:
    """Replace a published payslip by a corrected version.

    The worker is told and must answer again, and the line must be approved again; nobody else's is
    touched. Less than before stays owed until the worker agrees. Not while a bank has the line.
    """
    payslip = corrections.adjust_payslip(
        session,
        principal=manager,
        project_id=project_id,
        payslip_id=payslip_id,
        lines=body.to_lines(),
        note=body.note,
        at=now(),
        county_facts=settings.county_facts,
    )
    return AdjustedOut.of(payslip)
