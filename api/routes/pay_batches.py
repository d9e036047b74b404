"""Bank files and the bank's answers: ``/v1/pay-batches`` and the batches of a pay sheet."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response, UploadFile

from api.deps import (
    BatchReleaserDep,
    PayReleaserDep,
    ProjectManagerDep,
    SessionDep,
    ValkeyDep,
)
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.pay_batches import (
    BankResultOut,
    CreatedBatchOut,
    PayBatchDetailOut,
    PayBatchOut,
    ReasonIn,
    ReleaseIn,
    WaitingBatchOut,
)
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import (
    CodeThrottledError,
    SignInUnavailableError,
    StepUpCodeWrongError,
    StepUpPhoneMissingError,
)
from payroll import bank, bank_results, release
from payroll.bank_errors import (
    BatchCardChangedError,
    BatchDecidedError,
    BatchNotReleasedError,
    CardChangedError,
    CardRejectedError,
    ConfirmationUnprovedError,
    LinesInBatchError,
    PayeeUnusableError,
    PayerMissingError,
    ProfileRowCountError,
    ReleaseUnprovedError,
    SecondPersonRequiredError,
)
from payroll.bank_profiles import PROFILES, ProfileName
from payroll.errors import (
    AttendanceChangedError,
    AttendanceNotLockedError,
    NothingToPayError,
    PayBatchNotFoundError,
    PaySheetNotFoundError,
    ResultContradictsError,
    ResultRowNeverSentError,
    ResultUnreadableError,
    ResultWrongBatchError,
    ResultWrongTotalError,
    SheetActionNotAllowedError,
)

router = StrictRouter(tags=["payroll"])

SHEET = "/projects/{project_id}/pay-sheets/{sheet_id}/batches"
BATCH = f"{SHEET}/{{reference}}"
BINARY = {"schema": {"type": "string", "format": "binary"}}
ReferencePath = Annotated[
    str, Path(pattern=r"^AX[0-9A-F]{20}$", examples=["AX202611135F0C2B9A1D77"])
]


@router.get("/pay-batches")
def list_waiting_batches(
    session: SessionDep, releaser: PayReleaserDep, page: PageDep
) -> Page[WaitingBatchOut]:
    """List the bank files that wait for release.

    For the labour managers of a project and the administrators of its general contractor, newest
    first.
    """
    waiting = release.list_waiting_batches(
        session, principal=releaser, before=page.before, limit=page.limit, at=now()
    )
    return make_page(waiting, limit=page.limit, to_item=WaitingBatchOut.of_waiting)


@router.post(
    SHEET,
    status_code=201,
    responses=problems(
        PaySheetNotFoundError,
        NothingToPayError,
        LinesInBatchError,
        CardChangedError,
        CardRejectedError,
        ConfirmationUnprovedError,
        PayeeUnusableError,
        AttendanceNotLockedError,
        AttendanceChangedError,
        SheetActionNotAllowedError,
    ),
)
def create_pay_batch(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, sheet_id: UUID
) -> CreatedBatchOut:
    """Draw up a bank file of confirmed lines.

    At most 1,000 lines that are in no other file. It goes nowhere before somebody else releases
    it; whoever did not confirm waits.
    """
    created = bank.create_pay_batch(
        session, principal=manager, project_id=project_id, sheet_id=sheet_id, at=now()
    )
    return CreatedBatchOut.of_created(created)


@router.get(BATCH, responses=problems(PaySheetNotFoundError, PayBatchNotFoundError))
def get_pay_batch(
    session: SessionDep,
    _releaser: BatchReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
) -> PayBatchDetailOut:
    """Open a bank file with its lines.

    What the second person compares before releasing it. Cards are masked.
    """
    batch, lines = release.get_pay_batch(
        session, project_id=project_id, sheet_id=sheet_id, reference=reference
    )
    return PayBatchDetailOut.of_lines(batch, lines)


@router.post(
    f"{BATCH}/release-code",
    status_code=202,
    responses=problems(
        PaySheetNotFoundError,
        PayBatchNotFoundError,
        BatchDecidedError,
        SecondPersonRequiredError,
        StepUpPhoneMissingError,
        CodeThrottledError,
        SignInUnavailableError,
    ),
)
def request_release_code(
    *,
    session: SessionDep,
    valkey: ValkeyDep,
    releaser: BatchReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
) -> None:
    """Ask for the code that releases a bank file.

    Texted to the caller's own number, with rows and total; good for five minutes and for this very
    file only.
    """
    release.request_release_code(
        session,
        valkey,
        principal=releaser,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
    )


@router.post(
    f"{BATCH}/release",
    responses=problems(
        PaySheetNotFoundError,
        PayBatchNotFoundError,
        BatchDecidedError,
        BatchCardChangedError,
        AttendanceNotLockedError,
        AttendanceChangedError,
        SecondPersonRequiredError,
        StepUpCodeWrongError,
        SignInUnavailableError,
    ),
)
def release_pay_batch(
    *,
    session: SessionDep,
    valkey: ValkeyDep,
    releaser: BatchReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    body: ReleaseIn,
) -> PayBatchOut:
    """Release a bank file that somebody else drew up.

    Needs the code of `release-code`. Only then can the file be downloaded.
    """
    batch = release.release_pay_batch(
        session,
        valkey,
        principal=releaser,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        code=body.code,
        at=now(),
    )
    return PayBatchOut.of(batch)


@router.post(
    f"{BATCH}/refuse",
    responses=problems(
        PaySheetNotFoundError, PayBatchNotFoundError, BatchDecidedError, SecondPersonRequiredError
    ),
)
def refuse_pay_batch(
    *,
    session: SessionDep,
    releaser: BatchReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    body: ReasonIn,
) -> PayBatchOut:
    """Refuse to release a bank file.

    As the second person. Its lines may go into another file.
    """
    batch = release.refuse_pay_batch(
        session,
        principal=releaser,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        reason=body.reason,
        at=now(),
    )
    return PayBatchOut.of(batch)


@router.post(
    f"{BATCH}/withdraw",
    responses=problems(PaySheetNotFoundError, PayBatchNotFoundError, BatchDecidedError),
)
def withdraw_pay_batch(
    *,
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    body: ReasonIn,
) -> PayBatchOut:
    """Take back a bank file nobody has released.

    Its lines may go into another file.
    """
    batch = release.withdraw_pay_batch(
        session,
        principal=manager,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        reason=body.reason,
        at=now(),
    )
    return PayBatchOut.of(batch)


@router.get(
    f"{BATCH}/file",
    response_class=Response,
    responses={
        200: {"content": {each.media_type: BINARY for each in PROFILES.values()}},
        **problems(
            PaySheetNotFoundError,
            PayBatchNotFoundError,
            BatchNotReleasedError,
            ReleaseUnprovedError,
            ProfileRowCountError,
            PayerMissingError,
        ),
    },
)
def read_bank_file(
    *,
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    profile: ProfileName = ProfileName.GENERIC,
) -> Response:
    """Download a released bank file.

    In the bank's format, the same bytes at every download. `generic` is CSV in UTF-8 with BOM and
    opens with a control line (rows, total). It holds full numbers, so every download is recorded,
    and each worker in it finds it under `/v1/me/accesses`.
    """
    content = bank.read_bank_file(
        session,
        principal=manager,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        profile=profile,
    )
    return serve_bank_file(content, reference, profile)


@router.post(
    f"{BATCH}/result",
    responses=problems(
        PaySheetNotFoundError,
        PayBatchNotFoundError,
        BatchNotReleasedError,
        ReleaseUnprovedError,
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
    releaser: BatchReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    file: UploadFile,
) -> BankResultOut:
    """Take over the bank's answer.

    For whoever may release the file, and whoever drew it up: what is paid is the bank's word, and
    a file counts only if its reference, rows and totals are those that were released.
    CSV with the control line of the batch and the columns 序号, 账号, 金额, 状态 (成功 or 失败),
    原因, 日期. All of the file or nothing; each worker is told. Importing the same file again
    changes nothing.
    """
    imported = bank_results.import_bank_result(
        session,
        principal=releaser,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        content=file.file.read(),
        at=now(),
    )
    return BankResultOut.of(imported)


def serve_bank_file(content: bytes, reference: str, profile: ProfileName) -> Response:
    """Return a bank file as a download that nobody keeps."""
    form = PROFILES[profile]
    headers = {
        "Content-Disposition": f'attachment; filename="{reference}.{form.extension}"',
        "Content-Type": f"{form.media_type}; charset={form.charset}",
        "Cache-Control": "no-store",
    }
    return Response(content, headers=headers)
