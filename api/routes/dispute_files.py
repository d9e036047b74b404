"""What belongs to a dispute: photos and recordings, and the complaint that may follow it."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Response, UploadFile

from api.deps import BlobsDep, KeyringDep, ProjectManagerDep, SessionDep, WorkerDep
from api.problems import problems
from api.schemas.complaints import MyComplaintOut
from api.schemas.payslips import DisputeFileOut
from api.strict_json import StrictRouter
from cases.errors import OutsideProvinceError, UnknownPlaceError
from core.case_enums import Disclosure
from core.clock import now
from evidence.attachments import Attachment
from evidence.errors import (
    BlobLostError,
    PictureUnreadableError,
    TooManyPixelsError,
    UnknownAttachmentError,
    UploadTooLargeError,
)
from evidence.pictures import LARGEST_UPLOAD
from identity.errors import NotSignedInError, RoleRequiredError
from payroll import dispute_complaints, dispute_files
from payroll.errors import (
    DisputeFileNotFoundError,
    NotDisputedError,
    PayslipNotFoundError,
    TooManyDisputeFilesError,
)
from projects.errors import ProjectNotFoundError

router = StrictRouter(tags=["payslips"])
FILES = "/me/payslips/{payslip_id}/dispute/files"
BINARY = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
NOT_OPENED = {"Content-Disposition": "attachment", "Cache-Control": "no-store"}
"""Whatever is in a file, no browser runs it here."""


@router.post(
    FILES,
    status_code=201,
    responses=problems(
        PayslipNotFoundError,
        NotDisputedError,
        TooManyDisputeFilesError,
        UploadTooLargeError,
        TooManyPixelsError,
        PictureUnreadableError,
        UnknownAttachmentError,
    ),
)
def add_dispute_file(
    session: SessionDep, blobs: BlobsDep, worker: WorkerDep, payslip_id: UUID, file: UploadFile
) -> DisputeFileOut:
    """Add a photo or recording to your dispute.

    Up to five. Pictures keep neither position nor camera. The labour manager can open them.
    """
    kept = dispute_files.add_dispute_file(
        session,
        blobs,
        principal=worker,
        payslip_id=payslip_id,
        content=file.file.read(LARGEST_UPLOAD + 1),
        at=now(),
    )
    return DisputeFileOut.of(kept)


@router.get(
    f"{FILES}/{{file_id}}",
    response_class=Response,
    responses={
        200: {"content": BINARY, "description": "The file, as a download"},
        **problems(PayslipNotFoundError, DisputeFileNotFoundError, BlobLostError),
    },
)
def read_own_file(
    session: SessionDep, blobs: BlobsDep, worker: WorkerDep, payslip_id: UUID, file_id: UUID
) -> Response:
    """Open a file of your dispute."""
    kept = dispute_files.read_own_file(
        session, blobs, person_id=worker.person_id, payslip_id=payslip_id, file_id=file_id
    )
    return serve_file(kept)


@router.get(
    "/projects/{project_id}/payslips/{payslip_id}/dispute/files/{file_id}",
    response_class=Response,
    responses={
        200: {"content": BINARY, "description": "The file, as a download"},
        **problems(
            NotSignedInError,
            RoleRequiredError,
            ProjectNotFoundError,
            DisputeFileNotFoundError,
            BlobLostError,
        ),
    },
)
def read_workers_file(
    *,
    session: SessionDep,
    blobs: BlobsDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    payslip_id: UUID,
    file_id: UUID,
) -> Response:
    """Open a file of a worker's dispute.

    For the project's labour manager.
    """
    kept = dispute_files.read_workers_file(
        session, blobs, project_id=project_id, payslip_id=payslip_id, file_id=file_id
    )
    return serve_file(kept)


@router.post(
    "/me/payslips/{payslip_id}/dispute/complaint",
    status_code=201,
    responses=problems(
        PayslipNotFoundError, NotDisputedError, UnknownPlaceError, OutsideProvinceError
    ),
)
def complain_of_dispute(
    session: SessionDep,
    keyring: KeyringDep,
    worker: WorkerDep,
    payslip_id: UUID,
    disclosure: Annotated[
        Disclosure, Body(embed=True, description="Who may learn that it was you.")
    ] = Disclosure.SHIELDED,
) -> MyComplaintOut:
    """Turn your dispute into a complaint.

    With what you said, what you expected and what the site replied, if it did. Twice is once.
    """
    filed = dispute_complaints.complain_of_dispute(
        session,
        keyring,
        principal=worker,
        payslip_id=payslip_id,
        disclosure=disclosure,
        at=now(),
    )
    return MyComplaintOut.of_own(filed)


def serve_file(kept: Attachment) -> Response:
    """Return a file as a download that nothing opens by itself."""
    return Response(kept.content, media_type=kept.media_type, headers=NOT_OPENED)
