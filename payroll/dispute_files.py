"""Photos and recordings that belong to a dispute: handed in by the worker, read by both sides."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from db.models import DisputeFile
from evidence.attachments import Attachment, read_attachment
from evidence.blobs import FolderBlobs
from identity.principal import Principal
from payroll import follow_up_queries as queries
from payroll import rules
from payroll.errors import DisputeFileNotFoundError, TooManyDisputeFilesError
from payroll.queries import get_own_payslip

MOST_FILES = 5


def add_dispute_file(
    session: Session,
    blobs: FolderBlobs,
    *,
    principal: Principal,
    payslip_id: UUID,
    content: bytes,
    at: datetime,
) -> DisputeFile:
    """Put a photo or recording to the worker's open dispute; the same one again changes nothing.

    Pictures are drawn anew without position or camera. Raises PayslipNotFoundError,
    NotDisputedError, TooManyDisputeFilesError, and the refusals of `read_attachment`.
    """
    rules.check_answered_in_person(principal, is_agreement=False)
    payslip = get_own_payslip(session, payslip_id=payslip_id, person_id=principal.person_id)
    dispute = queries.get_dispute(session, payslip)
    attachment = read_attachment(content)
    handed_in = DisputeFile(
        created_at=at,
        project_id=payslip.project_id,
        payslip_id=payslip.id,
        answer_id=dispute.answer.id,
        digest=blobs.put(attachment.content),
        media_type=attachment.media_type,
    )
    known = {file.digest: file for file in queries.list_dispute_files(session, [dispute.id])}
    if handed_in.digest in known:
        return known[handed_in.digest]
    if len(known) >= MOST_FILES:
        raise TooManyDisputeFilesError(most=MOST_FILES)
    session.add(handed_in)
    session.flush()
    return handed_in


def read_own_file(
    session: Session, blobs: FolderBlobs, *, person_id: UUID, payslip_id: UUID, file_id: UUID
) -> Attachment:
    """Return a file of the worker's own dispute; PayslipNotFoundError, DisputeFileNotFoundError."""
    payslip = get_own_payslip(session, payslip_id=payslip_id, person_id=person_id)
    return _read(blobs, queries.find_dispute_file(session, payslip.project_id, file_id), payslip_id)


def read_workers_file(
    session: Session, blobs: FolderBlobs, *, project_id: UUID, payslip_id: UUID, file_id: UUID
) -> Attachment:
    """Return a file of a dispute on the project; DisputeFileNotFoundError."""
    return _read(blobs, queries.find_dispute_file(session, project_id, file_id), payslip_id)


def _read(blobs: FolderBlobs, file: DisputeFile | None, payslip_id: UUID) -> Attachment:
    if file is None or file.payslip_id != payslip_id:
        raise DisputeFileNotFoundError
    return Attachment(blobs.get(file.digest), file.media_type)
