"""Shapes of papers of cases, their service, and files that go with complaints."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.bodies import Body
from api.schemas.words import NO_NUL
from cases.documents import Papers, describe, format_check_code
from cases.files import Staged
from core.case_enums import DocumentKind, ServiceMethod, ServiceRecipient
from db.models import CaseDocument, ComplaintFile, DocumentService


class PaperIn(Body):
    """The step whose paper is to be drawn up."""

    event_id: UUID = Field(description="From `due` of the list of papers.")
    on_paper: bool = Field(
        default=False, description="An agreement: leave a line for whoever has not signed yet."
    )


class PaperOut(BaseModel):
    """One paper of a case."""

    id: UUID
    kind: DocumentKind
    title: str = Field(examples=["劳动保障监察投诉受理通知书"])
    number: str = Field(examples=["西湖区劳监受〔2026〕7号"])
    check_code: str = Field(description="Printed on the paper.", examples=["7KQ2-MM3D-9XRT"])
    sha256: str = Field(description="Of the signed PDF, in hex.")
    drawn_at: datetime

    @classmethod
    def of(cls, document: CaseDocument) -> Self:
        """Return the wire shape of a paper."""
        title, number = describe(document)
        return cls(
            id=document.id,
            kind=document.kind,
            title=title,
            number=number,
            check_code=format_check_code(document.check_code),
            sha256=document.digest,
            drawn_at=document.created_at,
        )


class BundleIn(Body):
    """Why you need the bundle whole."""

    reason: str | None = Field(default=None, max_length=200, pattern=NO_NUL)


class ServiceOut(BaseModel):
    """How a paper reached somebody."""

    paper_id: UUID
    method: ServiceMethod
    recipient: ServiceRecipient
    served_at: datetime
    note: str | None
    proof_sha256: str | None

    @classmethod
    def of(cls, service: DocumentService) -> Self:
        """Return the wire shape of a service."""
        return cls(
            paper_id=service.document_id,
            method=service.method,
            recipient=service.recipient,
            served_at=service.served_at,
            note=service.note,
            proof_sha256=service.proof_digest,
        )


class DuePaperOut(BaseModel):
    """A step that still lacks its paper."""

    event_id: UUID
    kind: DocumentKind
    taken_at: datetime


class PapersOut(BaseModel):
    """The papers of a case."""

    items: list[PaperOut]
    services: list[ServiceOut]
    due: list[DuePaperOut] = Field(description="Steps that need a paper and have none yet.")

    @classmethod
    def of(cls, papers: Papers) -> Self:
        """Return the wire shape of a case's papers."""
        return cls(
            items=[PaperOut.of(document) for document in papers.drawn],
            services=[ServiceOut.of(service) for service in papers.services],
            due=[
                DuePaperOut(event_id=event.id, kind=kind, taken_at=event.created_at)
                for event, kind in papers.due
            ],
        )


class OwnPaperOut(BaseModel):
    """A paper of your complaint, as its story lists it."""

    id: UUID
    title: str = Field(examples=["劳动保障监察投诉受理通知书"])
    number: str = Field(examples=["西湖区劳监受〔2026〕7号"])
    drawn_at: datetime


class OwnPapersOut(BaseModel):
    """The papers of your complaint that are meant for you."""

    items: list[PaperOut]


class CheckedPaperOut(BaseModel):
    """What anybody may know of a genuine paper: nothing about the people in it."""

    title: str
    number: str
    bureau: str
    sha256: str = Field(description="Of the signed PDF, in hex: compare it with your copy.")
    drawn_at: datetime

    @classmethod
    def of(cls, document: CaseDocument, bureau: str) -> Self:
        """Return the wire shape of a checked paper."""
        title, number = describe(document)
        return cls(
            title=title,
            number=number,
            bureau=bureau,
            sha256=document.digest,
            drawn_at=document.created_at,
        )


class StagedFileOut(BaseModel):
    """An upload that waits for its complaint."""

    token: str = Field(description="Name it in `attachments` when you file the complaint.")
    media_type: str = Field(examples=["image/jpeg"])
    size: int = Field(description="Bytes kept; pictures are drawn anew.")
    expires_at: datetime

    @classmethod
    def of(cls, staged: Staged) -> Self:
        """Return the wire shape of a staged upload."""
        return cls(
            token=staged.token,
            media_type=staged.file.media_type,
            size=staged.file.size,
            expires_at=staged.file.expires_at,
        )


class ComplaintFileOut(BaseModel):
    """A file that came with a complaint."""

    sha256: str
    media_type: str
    size: int

    @classmethod
    def of(cls, file: ComplaintFile) -> Self:
        """Return the wire shape of a file."""
        return cls(sha256=file.digest, media_type=file.media_type, size=file.size)


class ComplaintFilesOut(BaseModel):
    """The files of a complaint."""

    items: list[ComplaintFileOut]
