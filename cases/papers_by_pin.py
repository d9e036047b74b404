"""The papers of a case for whoever holds number and PIN."""

from uuid import UUID

from redis import Redis
from sqlmodel import Session

from cases import by_pin, documents
from cases.document_errors import DocumentNotFoundError
from evidence.blobs import FolderBlobs


def read_paper_by_pin(
    session: Session,
    valkey: Redis,
    blobs: FolderBlobs,
    *,
    number: str,
    pin: str,
    document_id: UUID,
    address: str,
) -> bytes:
    """Return the signed PDF of a paper that is meant for the complainant.

    Raises what `by_pin.find_by_pin` refuses, DocumentNotFoundError.
    """
    _, case = by_pin.find_by_pin(session, valkey, number=number, pin=pin, address=address)
    for document in documents.list_for_complainant(session, case):
        if document.id == document_id:
            return blobs.get(document.digest)
    raise DocumentNotFoundError
