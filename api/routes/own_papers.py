"""Papers of a case as its complainant opens them: on a page, or by number and PIN."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Response

from api.deps import AddressDep, BlobsDep, SessionDep, ValkeyDep
from api.pages.refusals import PageRoute
from api.pages.sign_in import PageWorkerDep
from api.problems import problems
from api.routes.by_pin import TRIES
from api.routes.case_papers import NOT_OPENED, PDF
from api.routes.cases import NumberPath
from api.schemas.cases import LookupIn
from api.strict_json import StrictRouter
from cases import documents, papers_by_pin
from cases.document_errors import DocumentNotFoundError
from evidence.errors import BlobLostError

router = StrictRouter(tags=["cases"])
pages_router = APIRouter(route_class=PageRoute, include_in_schema=False)
SHOWN = {"Content-Disposition": "inline", "Cache-Control": "no-store"}
"""The product drew and signed it, so a browser may show it."""


@dataclass(frozen=True, slots=True)
class PinReader:
    """Whoever holds a number and its PIN, and what their papers are read with."""

    session: SessionDep
    valkey: ValkeyDep
    blobs: BlobsDep
    address: AddressDep

    def read(self, paper_id: UUID, held: LookupIn) -> bytes:
        """Return a paper; counted and answered as looking up is."""
        return papers_by_pin.read_paper_by_pin(
            self.session,
            self.valkey,
            self.blobs,
            number=held.number,
            pin=held.pin,
            document_id=paper_id,
            address=self.address,
        )


PinReaderDep = Annotated[PinReader, Depends()]


@router.post(
    "/complaints/papers/{paper_id}",
    response_class=Response,
    responses={200: PDF, **problems(*TRIES, DocumentNotFoundError, BlobLostError)},
)
def read_paper_by_pin(reader: PinReaderDep, paper_id: UUID, body: LookupIn) -> Response:
    """Download a paper of a complaint by number and PIN.

    For whoever has no account; the story of the complaint lists its `papers`. Counted and answered
    as looking up is.
    """
    content = reader.read(paper_id, body)
    return Response(content, media_type="application/pdf", headers=NOT_OPENED)


@pages_router.post("/track/papers/{paper_id}")
def show_tracked_paper(
    reader: PinReaderDep, paper_id: UUID, form: Annotated[LookupIn, Form()]
) -> Response:
    """Open a paper for whoever holds number and PIN."""
    content = reader.read(paper_id, form)
    return Response(content, media_type="application/pdf", headers=SHOWN)


@pages_router.get("/complaints/{number}/papers/{paper_id}")
def show_own_paper(
    session: SessionDep,
    blobs: BlobsDep,
    worker: PageWorkerDep,
    number: NumberPath,
    paper_id: UUID,
) -> Response:
    """Open a paper of the worker's own complaint."""
    content = documents.read_own_paper(
        session, blobs, person_id=worker.person_id, number=number, document_id=paper_id
    )
    return Response(content, media_type="application/pdf", headers=SHOWN)
