"""The labour manager's payroll: ``/v1/projects/{project_id}/pay-sheets`` and adjustments."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response, UploadFile

from api.deps import ProjectManagerDep, SessionDep
from api.problems import problems
from api.schemas.payroll import (
    AdjustedOut,
    AdjustmentIn,
    BankResultOut,
    PayBatchOut,
    PaySheetIn,
    PaySheetOut,
    PublicationOut,
    SheetOverviewOut,
)
from core.clock import now
from payroll import bank, service
from payroll.bank_file import FileEncoding
from payroll.errors import (
    AttendanceNotLockedError,
    NobodyWorkedError,
    NoPayTermsError,
    NothingToPayError,
    PayBatchNotFoundError,
    PaySheetNotFoundError,
    PayslipAtBankError,
    PayslipChangedError,
    PayslipIncompleteError,
    PayslipNotFoundError,
    PieceQuantitiesMissingError,
    ResultContradictsError,
    ResultRowNeverSentError,
    ResultUnreadableError,
    ResultWrongBatchError,
    ResultWrongTotalError,
    SheetActionNotAllowedError,
)

router = APIRouter(prefix="/projects/{project_id}", tags=["payroll"])

ReferencePath = Annotated[
    str, Path(pattern=r"^AX[0-9A-F]{20}$", examples=["AX202611135F0C2B9A1D77"])
]


@router.post(
    "/pay-sheets",
    status_code=201,
    responses=problems(
        AttendanceNotLockedError,
        NobodyWorkedError,
        NoPayTermsError,
        PieceQuantitiesMissingError,
        SheetActionNotAllowedError,
    ),
)
def create_pay_sheet(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, body: PaySheetIn
) -> PaySheetOut:
    """Draw up a team's pay sheet.

    From the locked attendance sheet and the contracts. While it is a draft, calling again draws it
    up anew; workers see nothing before it is published.
    """
    sheet = service.create_pay_sheet(session, project_id=project_id, **body.model_dump(), at=now())
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
    responses=problems(PaySheetNotFoundError, PayslipIncompleteError, SheetActionNotAllowedError),
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
    responses=problems(PaySheetNotFoundError, SheetActionNotAllowedError),
)
def approve_pay_sheet(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, sheet_id: UUID
) -> PaySheetOut:
    """Approve a published pay sheet for payment.

    The general contractor's review (条例 §28). It confirms nothing in the workers' names: only
    lines they confirmed themselves are paid.
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
        NoPayTermsError,
        PieceQuantitiesMissingError,
        SheetActionNotAllowedError,
    ),
)
def adjust_payslip(
    *,
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    payslip_id: UUID,
    body: AdjustmentIn,
) -> AdjustedOut:
    """Replace a published payslip by a corrected version.

    The worker is told and must answer again; nobody else's answer is touched. Not possible while
    a bank has the line.
    """
    payslip = service.adjust_payslip(
        session,
        principal=manager,
        project_id=project_id,
        payslip_id=payslip_id,
        items=body.to_items(),
        note=body.note,
        at=now(),
    )
    return AdjustedOut.of(payslip)


@router.post(
    "/pay-sheets/{sheet_id}/batches",
    status_code=201,
    responses=problems(PaySheetNotFoundError, NothingToPayError, SheetActionNotAllowedError),
)
def create_pay_batch(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, sheet_id: UUID
) -> PayBatchOut:
    """Draw up a bank file of confirmed lines.

    At most 1,000 lines that no bank has. A line is in one open batch at a time; whoever did not
    confirm waits.
    """
    created = bank.create_pay_batch(
        session, principal=manager, project_id=project_id, sheet_id=sheet_id, at=now()
    )
    return PayBatchOut.of(created)


@router.get(
    "/pay-sheets/{sheet_id}/batches/{reference}/file",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}},
        **problems(PaySheetNotFoundError, PayBatchNotFoundError),
    },
)
def read_bank_file(
    *,
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    encoding: FileEncoding = "utf-8",
) -> Response:
    """Download a bank file.

    CSV with a control line (total rows, total amount), the same at every download; `utf-8` carries
    a BOM. It holds full numbers, so every download is recorded.
    """
    content = bank.read_bank_file(
        session,
        principal=manager,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        encoding=encoding,
    )
    headers = {
        "Content-Disposition": f'attachment; filename="{reference}.csv"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=f"text/csv; charset={encoding}", headers=headers)


@router.post(
    "/pay-sheets/{sheet_id}/batches/{reference}/result",
    responses=problems(
        PaySheetNotFoundError,
        PayBatchNotFoundError,
        ResultUnreadableError,
        ResultWrongBatchError,
        ResultWrongTotalError,
        ResultRowNeverSentError,
        ResultContradictsError,
    ),
)
def import_bank_result(
    *,
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    file: UploadFile,
) -> BankResultOut:
    """Take over the bank's answer.

    CSV with the control line of the batch and the columns 序号, 账号, 金额, 状态 (成功 or 失败),
    原因, 日期. All of the file or nothing; each worker is told. Importing the same file again
    changes nothing.
    """
    imported = bank.import_bank_result(
        session,
        principal=manager,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        content=file.file.read(),
        at=now(),
    )
    return BankResultOut.of(imported)
