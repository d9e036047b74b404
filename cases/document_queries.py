"""Reading papers of cases, their numbers and their service."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from cases.document_errors import DocumentNotFoundError
from core.case_enums import DocumentKind
from db.models import Case, CaseDocument, CaseEvent, DocumentSerial, DocumentService


def get_event(session: Session, case_id: UUID, event_id: UUID) -> CaseEvent:
    """Return a step of the case; DocumentNotFoundError."""
    event = session.get(CaseEvent, event_id)
    if event is None or event.case_id != case_id:
        raise DocumentNotFoundError
    return event


def find_of_event(session: Session, event_id: UUID, *, signatures: int) -> CaseDocument | None:
    """Return the paper of a step that carries so many signatures."""
    statement = select(CaseDocument).where(
        CaseDocument.event_id == event_id, CaseDocument.signatures == signatures
    )
    return session.exec(statement).one_or_none()


def get_document(session: Session, case_id: UUID, document_id: UUID) -> CaseDocument:
    """Return a paper of the case; DocumentNotFoundError."""
    document = session.get(CaseDocument, document_id)
    if document is None or document.case_id != case_id:
        raise DocumentNotFoundError
    return document


def get_by_check_code(session: Session, code: str) -> tuple[CaseDocument, Case]:
    """Return the paper with this code printed on it, and its case; DocumentNotFoundError."""
    statement = (
        select(CaseDocument, Case)
        .join(Case, col(Case.id) == CaseDocument.case_id)
        .where(CaseDocument.check_code == code)
    )
    row = session.exec(statement).first()
    if row is None:
        raise DocumentNotFoundError
    return row


def list_documents(session: Session, case_id: UUID) -> list[CaseDocument]:
    """Return the papers of a case, oldest first."""
    statement = select(CaseDocument).where(CaseDocument.case_id == case_id)
    return list(session.exec(statement.order_by(col(CaseDocument.id))))


def list_services(session: Session, document_ids: Collection[UUID]) -> list[DocumentService]:
    """Return how these papers were served, oldest first."""
    statement = select(DocumentService).where(col(DocumentService.document_id).in_(document_ids))
    return list(session.exec(statement.order_by(col(DocumentService.id))))


def take_serial(session: Session, division_code: str, year: int, kind: DocumentKind) -> int:
    """Return the next number of a bureau, year and kind; others wait until we commit."""
    statement = (
        insert(DocumentSerial)
        .values(division_code=division_code, year=year, kind=kind, last=1)
        .on_conflict_do_update(
            index_elements=["division_code", "year", "kind"],
            set_={"last": DocumentSerial.last + 1},
        )
        .returning(col(DocumentSerial.last))
    )
    serial: int = session.execute(statement).scalar_one()
    return serial
