"""Papers of a case: drawn from a step, numbered, signed, served, and checked by anybody."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from cases import (
    desk,
    divisions,
    document_queries,
    employers,
    identities,
    letters,
    queries,
    workflow,
)
from cases.agreement_queries import Signed, count_signatures, list_signatures
from cases.document_errors import (
    AgreementUnsignedError,
    DocumentNotFoundError,
    NoPaperNeededError,
    ServiceDateError,
    ServiceProofMissingError,
)
from cases.letters import LetterFacts, SignedBy
from core.case_enums import (
    AgreementParty,
    Disclosure,
    DocumentKind,
    ServiceMethod,
    ServiceRecipient,
)
from core.clock import local_date
from core.masking import mask_name
from db.models import (
    AgreementSignature,
    Case,
    CaseDocument,
    CaseEvent,
    Complaint,
    DocumentService,
)
from evidence.attachments import read_attachment
from evidence.blobs import FolderBlobs
from evidence.canonical import content_hash
from evidence.pdf_signing import SignPdf
from identity.principal import Principal
from identity.queries import get_person
from qr.image import link_svg
from qr.prints.press import print_pdf, soften

CHECK_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what looks alike on paper."""
CHECK_LENGTH = 12
UNKNOWN_EMPLOYER = "（未写明单位）"


@dataclass(frozen=True, slots=True)
class Desk:
    """What papers are made with."""

    blobs: FolderBlobs
    sign: SignPdf
    public_base_url: str


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a case, how they were served, and the steps that still lack one."""

    drawn: list[CaseDocument]
    services: list[DocumentService]
    due: list[tuple[CaseEvent, DocumentKind]]


def list_papers(session: Session, *, principal: Principal, number: str) -> Papers:
    """Return the papers of a case of the caller's division; CaseNotFoundError."""
    case, _ = desk.lock_case(session, principal, number)
    drawn = document_queries.list_documents(session, case.id)
    with_paper = {(document.event_id, document.signatures) for document in drawn}
    events = [(event, find_kind(event)) for event in queries.list_events(session, [case.id])]
    signed = count_signatures(session, [event.id for event, _ in events])
    return Papers(
        drawn,
        document_queries.list_services(session, [document.id for document in drawn]),
        [
            (event, kind)
            for event, kind in events
            if kind and (event.id, signed[event.id]) not in with_paper
        ],
    )


def draw_up(
    session: Session,
    tools: Desk,
    *,
    principal: Principal,
    number: str,
    event_id: UUID,
    on_paper: bool = False,
    at: datetime,
) -> CaseDocument:
    """Draw up, number and sign the paper of a step; a second call returns the first one's.

    An agreement with `on_paper` has a line to sign on for whoever has not signed yet, and with
    every signature it can be drawn up anew; of one with a name in it the look is recorded.
    For who took the step and those who handle the case. Raises CaseNotFoundError,
    HandlerRequiredError, DocumentNotFoundError, NoPaperNeededError, AgreementUnsignedError.
    """
    case, complaint = desk.lock_case(session, principal, number)
    event = document_queries.get_event(session, case.id, event_id)
    if event.actor_id != principal.person_id:
        desk.check_handles(session, case, principal)
    kind = find_kind(event)
    if kind is None:
        raise NoPaperNeededError
    signatures = len(list_signatures(session, event.id))
    if drawn := document_queries.find_of_event(session, event.id, signatures=signatures):
        return drawn
    document = CaseDocument(
        created_at=at,
        case_id=case.id,
        event_id=event.id,
        kind=kind,
        signatures=signatures,
        division_code=case.county_code,
        year=local_date(at).year,
        serial=document_queries.take_serial(session, case.county_code, local_date(at).year, kind),
        digest="",
        check_code="".join(secrets.choice(CHECK_ALPHABET) for _ in range(CHECK_LENGTH)),
        drawn_by=principal.person_id,
    )
    facts = gather_facts(session, case, complaint, event)
    signed = _list_signed(session, complaint, event, facts, on_paper=on_paper)
    if is_naming(event):
        identities.record_agreement_look(session, principal, complaint)
    pdf = _print(document, facts, signed, public_base_url=tools.public_base_url, on=local_date(at))
    document.digest = tools.blobs.put(tools.sign(pdf, describe(document)[0]))
    session.add(document)
    session.flush()
    return document


def record_service(
    session: Session,
    tools: Desk,
    *,
    principal: Principal,
    number: str,
    document_id: UUID,
    method: ServiceMethod,
    recipient: ServiceRecipient,
    served_at: datetime,
    note: str | None,
    proof: bytes | None,
    at: datetime,
) -> DocumentService:
    """Record how and when a paper was served.

    A posted paper needs its photo (法释〔2013〕3号 §4). Raises CaseNotFoundError,
    HandlerRequiredError, DocumentNotFoundError, ServiceDateError, ServiceProofMissingError, and
    what `read_attachment` refuses.
    """
    case, _ = desk.lock_case(session, principal, number)
    desk.check_handles(session, case, principal)
    document = document_queries.get_document(session, case.id, document_id)
    if not document.created_at.replace(second=0, microsecond=0) <= served_at <= at:
        raise ServiceDateError
    if (method is ServiceMethod.POSTED and not proof) or (
        method is ServiceMethod.ELECTRONIC and not note
    ):
        raise ServiceProofMissingError
    service = DocumentService(
        created_at=at,
        document_id=document.id,
        method=method,
        recipient=recipient,
        served_at=served_at,
        note=note,
        proof_digest=tools.blobs.put(read_attachment(proof).content) if proof else None,
        recorded_by=principal.person_id,
    )
    session.add(service)
    session.flush()
    return service


def read_paper(
    session: Session, blobs: FolderBlobs, *, principal: Principal, number: str, document_id: UUID
) -> bytes:
    """Return the signed PDF to an inspector of the division; DocumentNotFoundError."""
    case, _ = desk.lock_case(session, principal, number)
    return blobs.get(document_queries.get_document(session, case.id, document_id).digest)


def list_own_papers(session: Session, *, person_id: UUID, number: str) -> list[CaseDocument]:
    """Return the papers of the person's own complaint that are meant for them."""
    complaint = queries.get_own_complaint(session, number, person_id=person_id)
    return list_for_complainant(session, queries.get_case_of(session, complaint))


def list_for_complainant(session: Session, case: Case) -> list[CaseDocument]:
    """Return the papers of a case that its complainant may read, oldest first."""
    drawn = document_queries.list_documents(session, case.id)
    return [document for document in drawn if document.kind in FOR_COMPLAINANT]


def read_own_paper(
    session: Session, blobs: FolderBlobs, *, person_id: UUID, number: str, document_id: UUID
) -> bytes:
    """Return the signed PDF to the complainant; ComplaintNotFoundError, DocumentNotFoundError."""
    for document in list_own_papers(session, person_id=person_id, number=number):
        if document.id == document_id:
            return blobs.get(document.digest)
    raise DocumentNotFoundError


def check_paper(session: Session, *, code: str) -> tuple[CaseDocument, str]:
    """Return the paper with this code and the bureau's name; DocumentNotFoundError."""
    document, _ = document_queries.get_by_check_code(session, code.replace("-", "").upper())
    return document, name_bureau(document.division_code)


def find_kind(event: CaseEvent) -> DocumentKind | None:
    """Return the paper a step needs."""
    if event.from_state is None or event.action is None:
        return None
    transition = workflow.TRANSITIONS.get((event.from_state, event.action))
    return transition.document if transition else None


def name_bureau(division_code: str) -> str:
    """Return the name of the bureau of a county."""
    return f"{divisions.full_name(division_code)}人力资源和社会保障局"


def describe(document: CaseDocument) -> tuple[str, str]:
    """Return title and number of a paper, as they stand on it."""
    title, _ = letters.HEADINGS[document.kind]
    county = divisions.names()[document.division_code]
    number = letters.format_number(
        county, document.kind, year=document.year, serial=document.serial
    )
    return title, number


FOR_COMPLAINANT = frozenset(
    {
        DocumentKind.ACCEPTANCE,
        DocumentKind.REFUSAL,
        DocumentKind.TRANSFER,
        DocumentKind.EXTENSION,
        DocumentKind.SUSPENSION,
        DocumentKind.AGREEMENT,
        DocumentKind.ORDER,
        DocumentKind.CLOSING,
    }
)


def gather_facts(
    session: Session, case: Case, complaint: Complaint, event: CaseEvent
) -> LetterFacts:
    """Return what the paper of a step is written from."""
    said = event.details
    due = said.get("due_date")
    employer = said.get("employer_name") or employers.find_employer(session, complaint)
    return LetterFacts(
        number=complaint.number,
        complainant=_name(session, complaint, event),
        employer=soften(employer or UNKNOWN_EMPLOYER),
        filed_date=local_date(complaint.created_at),
        amount_fen=complaint.amount_fen,
        note=event.note and soften(event.note),
        said=said,
        county=divisions.full_name(said.get("county_code", case.county_code)),
        pay_by=date.fromisoformat(due) if due else None,
    )


def is_naming(event: CaseEvent) -> bool:
    """Tell whether the paper of a step writes the complainant's name out.

    An agreement in a `named` complaint does: it serves before arbitration and for an order to pay
    (支付令). One that was proposed before this was written down keeps its words.
    """
    return event.details.get("is_naming", False) is True


def _name(session: Session, complaint: Complaint, event: CaseEvent) -> str:
    """Return the name, masked on most papers; a shielded complainant has a number only."""
    unnamed = f"投诉人（编号 {complaint.number}）"
    if is_naming(event):
        name = identities.find_name(session, complaint)
        return soften(name) if name else unnamed
    if complaint.person_id is None or complaint.disclosure is not Disclosure.NAMED:
        return unnamed
    return mask_name(get_person(session, complaint.person_id).name)


def hash_agreement(event: CaseEvent, facts: LetterFacts) -> str:
    """Return SHA-256 (hex) over number, proposal, paragraphs and rows (RFC 8785)."""
    said = {
        "number": facts.number,
        "proposal": str(event.id),
        "paragraphs": letters.write_letter(DocumentKind.AGREEMENT, facts).paragraphs,
        "rows": letters.list_rows(facts),
    }
    return content_hash(said)


def _list_signed(
    session: Session,
    complaint: Complaint,
    event: CaseEvent,
    facts: LetterFacts,
    *,
    on_paper: bool,
) -> list[tuple[str, str]]:
    """Return who signed an agreement, when, and what; a line to sign on where nobody could.

    Of a complaint about no known project the employer has no account here.
    """
    if find_kind(event) is not DocumentKind.AGREEMENT:
        return []
    signed = {one.party: (one, person) for one, person in list_signatures(session, event.id)}
    excused = set() if complaint.project_id else {AgreementParty.EMPLOYER}
    if set(AgreementParty) - set(signed) - excused and not on_paper:
        raise AgreementUnsignedError
    worker, employer = (signed.get(party) for party in AgreementParty)
    return letters.list_signatures(
        worker=worker and _describe_signed(worker[0], facts.complainant),
        employer=employer and _describe_signed(employer[0], _name_signer(employer)),
        content_hash=hash_agreement(event, facts),
    )


def _describe_signed(signature: AgreementSignature, name: str) -> SignedBy:
    is_on_paper = signature.recorded_by is not None
    return SignedBy(soften(name), signature.created_at, on_paper=is_on_paper)


def _name_signer(signed: Signed) -> str:
    signature, person = signed
    return signature.signer_name or (person.name if person else "")


def _print(
    document: CaseDocument,
    facts: LetterFacts,
    signed: list[tuple[str, str]],
    *,
    public_base_url: str,
    on: date,
) -> bytes:
    letter = letters.write_letter(document.kind, facts)
    title, number = describe(document)
    return print_pdf(
        "case_letter",
        {
            "bureau": name_bureau(document.division_code),
            "title": title,
            "number": number,
            "to": letter.to,
            "paragraphs": [one for one in letter.paragraphs if one],
            "rows": [*letters.list_rows(facts), *signed],
            "rights_title": letter.rights_title,
            "rights": letter.rights,
            "qr": link_svg(f"{public_base_url.rstrip('/')}/d/{document.check_code}"),
            "code": format_check_code(document.check_code),
            "date": letters.format_day(on),
            "issued": {"year": on.year, "month": on.month, "day": on.day},
            "footer": "本文书经电子签名，改动即失效。",
        },
        archival=True,
    )


def format_check_code(code: str) -> str:
    """Return a check code in groups of four, as people read it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
