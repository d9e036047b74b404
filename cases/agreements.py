"""Signing a mediation agreement: each party reads the text and signs exactly that, by its hash.

The worker signs signed in on a phone, or with card and PIN; the employer's side is the labour
manager of the project. Whoever has no account signs the printed paper.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cases import agreement_queries, documents, letters, queries, service, witnesses
from cases.document_errors import AgreementChangedError, AgreementNotFoundError
from core.case_enums import AgreementParty, CaseAction, CaseState, DocumentKind
from core.enums import EvidenceKind
from core.keyring import Keyring
from db.models import AgreementSignature, Case, CaseEvent, Complaint, Person
from evidence import log
from evidence.canonical import content_hash
from evidence.receipts import issue_receipt
from identity.principal import Principal


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is proposed, word for word, and who has signed it."""

    number: str
    event_id: UUID
    paragraphs: list[str]
    rows: list[tuple[str, str]]
    content_hash: str
    """SHA-256 (hex) over number, proposal, paragraphs and rows (RFC 8785)."""
    signatures: list[tuple[AgreementSignature, Person]]


def get_own_agreement(session: Session, *, person_id: UUID, number: str) -> Agreement:
    """Return what is proposed to the complainant.

    Raises ComplaintNotFoundError, AgreementNotFoundError.
    """
    complaint = queries.get_own_complaint(session, number, person_id=person_id)
    return _read(session, queries.get_case_of(session, complaint), complaint)


def sign_own_agreement(
    session: Session,
    keyring: Keyring,
    *,
    principal: Principal,
    number: str,
    content_hash: str,
    at: datetime,
) -> Agreement:
    """Sign as the complainant what was shown to them; with it the case has an agreement.

    A second signature changes nothing. Raises ComplaintNotFoundError, AgreementNotFoundError,
    AgreementChangedError.
    """
    case, complaint = queries.lock_own_case(session, number, person_id=principal.person_id)
    agreement = _read(session, case, complaint)
    _check_shown(agreement, content_hash)
    receipt = _prove(keyring, agreement, AgreementParty.WORKER, at=at)
    _sign(session, agreement, AgreementParty.WORKER, principal, receipt=receipt, at=at)
    if case.state is CaseState.MEDIATING:  # a second tap finds it agreed
        service.act_on_case(
            session, principal=principal, number=number, action=CaseAction.AGREE, at=at
        )
    return _read(session, case, complaint)


def list_project_agreements(session: Session, *, project_id: UUID) -> list[Agreement]:
    """Return what is proposed to the employer's side of a project, oldest case first."""
    standing = agreement_queries.list_of_project(session, project_id)
    return [_read(session, case, complaint) for case, complaint in standing]


def sign_for_employer(
    session: Session,
    keyring: Keyring,
    *,
    principal: Principal,
    project_id: UUID,
    number: str,
    content_hash: str,
    at: datetime,
) -> Agreement:
    """Sign for the employer what was shown; a second signature changes nothing.

    Raises AgreementNotFoundError, AgreementChangedError.
    """
    found = agreement_queries.lock_of_project(session, project_id, number)
    if found is None:
        raise AgreementNotFoundError
    agreement = _read(session, *found)
    _check_shown(agreement, content_hash)
    receipt = _prove(keyring, agreement, AgreementParty.EMPLOYER, at=at)
    _sign(session, agreement, AgreementParty.EMPLOYER, principal, receipt=receipt, at=at)
    return _read(session, *found)


def _read(session: Session, case: Case, complaint: Complaint) -> Agreement:
    proposal = agreement_queries.find_proposal(queries.list_events(session, [case.id]))
    if proposal is None or case.state not in agreement_queries.STANDING:
        raise AgreementNotFoundError
    return describe(session, case, complaint, proposal)


def describe(session: Session, case: Case, complaint: Complaint, proposal: CaseEvent) -> Agreement:
    """Return the agreement of a proposal as it is shown, hashed, signed and printed."""
    facts = documents.gather_facts(session, case, complaint, proposal)
    letter = letters.write_letter(DocumentKind.AGREEMENT, facts)
    paragraphs, rows = letter.paragraphs, letters.list_rows(facts)
    said = {
        "number": complaint.number,
        "proposal": str(proposal.id),
        "paragraphs": paragraphs,
        "rows": rows,
    }
    return Agreement(
        number=complaint.number,
        event_id=proposal.id,
        paragraphs=paragraphs,
        rows=rows,
        content_hash=content_hash(said),
        signatures=agreement_queries.list_signatures(session, proposal.id),
    )


def _check_shown(agreement: Agreement, shown_hash: str) -> None:
    if shown_hash != agreement.content_hash:
        raise AgreementChangedError


def _prove(keyring: Keyring, agreement: Agreement, party: AgreementParty, *, at: datetime) -> str:
    signed = {
        "sub": agreement.number,
        "iat": int(at.timestamp()),
        "party": party.value,
        "content_hash": agreement.content_hash,
    }
    return issue_receipt(keyring, signed)


def _sign(
    session: Session,
    agreement: Agreement,
    party: AgreementParty,
    principal: Principal,
    *,
    receipt: str,
    at: datetime,
) -> None:
    if any(signature.party is party for signature, _ in agreement.signatures):
        return
    signature = AgreementSignature(
        created_at=at,
        event_id=agreement.event_id,
        party=party,
        person_id=principal.person_id,
        content_hash=agreement.content_hash,
        is_at_kiosk=principal.is_assisted,
        receipt=receipt,
    )
    session.add(signature)
    session.flush()
    said = {signature.id: witnesses.describe_signature(signature)}
    log.record(session, kind=EvidenceKind.AGREEMENT_SIGNATURE, documents=said, at=at)
