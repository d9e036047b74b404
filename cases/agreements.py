"""Signing a mediation agreement: each party reads the text and signs exactly that, by its hash.

The worker signs signed in on their own phone; the employer's side is the labour manager of the
project. Card and PIN sign nothing, since the employer makes both. Whoever cannot sign on a phone
signs the printed paper, and an inspector who handles the case records that with a photo of it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from cases import (
    agreement_queries,
    by_pin,
    desk,
    documents,
    identities,
    letters,
    queries,
    service,
    witnesses,
)
from cases.agreement_queries import Signed
from cases.document_errors import (
    AgreementChangedError,
    AgreementNotFoundError,
    SignOnPhoneOrPaperError,
)
from cases.service import NO_FORM
from core.case_enums import (
    AgreementParty,
    CaseAction,
    CaseState,
    Disclosure,
    DocumentKind,
    Means,
)
from core.enums import EvidenceKind
from core.keyring import Keyring
from db.models import AgreementSignature, Case, CaseEvent, Complaint
from evidence import log
from evidence.attachments import read_attachment
from evidence.blobs import FolderBlobs
from evidence.receipts import issue_receipt
from identity.principal import Principal

SIGNED_IN, ON_PAPER = "signed_in", "on_paper"
"""How a party signed, as its receipt says it: under their own sign-in, or with a pen."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is proposed, word for word, and who has signed it."""

    number: str
    event_id: UUID
    paragraphs: list[str]
    rows: list[tuple[str, str]]
    content_hash: str
    """SHA-256 (hex) over number, proposal, paragraphs and rows (RFC 8785)."""
    signatures: list[Signed]
    is_naming: bool
    """Whether it writes the complainant's name out; else a number stands for it."""

    @property
    def unsigned(self) -> list[AgreementParty]:
        """Who has not signed yet."""
        signed = {signature.party for signature, _ in self.signatures}
        return [party for party in AgreementParty if party not in signed]


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

    A second signature changes nothing. Raises SignOnPhoneOrPaperError at a kiosk,
    ComplaintNotFoundError, AgreementNotFoundError, AgreementChangedError.
    """
    if principal.is_assisted:
        raise SignOnPhoneOrPaperError
    case, complaint = queries.lock_own_case(session, number, person_id=principal.person_id)
    agreement = _read(session, case, complaint)
    _check_shown(agreement, content_hash)
    _sign(session, agreement, _write(keyring, agreement, AgreementParty.WORKER, principal, at=at))
    if case.state is CaseState.MEDIATING:  # a second tap finds it agreed
        service.act_on_case(
            session, principal=principal, number=number, action=CaseAction.AGREE, at=at
        )
    return _read(session, case, complaint)


def list_waiting_agreements(session: Session, *, person_id: UUID) -> list[Agreement]:
    """Return what waits for the person's signature, newest first, for eyes that may be others'.

    Nothing of a shielded complaint: whoever holds the card must not learn that there is one.
    """
    own = queries.list_own_cases(session, person_id=person_id)
    proposed = [
        _read(session, case, complaint)
        for complaint, case in own
        if case.state is CaseState.MEDIATING and complaint.disclosure is Disclosure.NAMED
    ]
    return [agreement for agreement in proposed if AgreementParty.WORKER in agreement.unsigned]


def get_agreement_by_pin(
    session: Session, valkey: Redis, *, number: str, pin: str, address: str
) -> Agreement:
    """Return what is proposed to whoever holds number and PIN; they sign on paper.

    Raises what `by_pin.find_by_pin` refuses, AgreementNotFoundError.
    """
    complaint, case = by_pin.find_by_pin(session, valkey, number=number, pin=pin, address=address)
    return _read(session, case, complaint)


def get_case_agreement(session: Session, *, principal: Principal, number: str) -> Agreement:
    """Return what is proposed in a case of the division, and who has signed.

    Where it names the complainant the look is recorded. Raises CaseNotFoundError,
    AgreementNotFoundError.
    """
    case, complaint = desk.lock_case(session, principal, number)
    agreement = _read(session, case, complaint)
    if agreement.is_naming:
        identities.record_agreement_look(session, principal, complaint)
    return agreement


def record_paper_signature(
    session: Session,
    keyring: Keyring,
    blobs: FolderBlobs,
    *,
    principal: Principal,
    number: str,
    party: AgreementParty,
    signer_name: str,
    content_hash: str,
    proof: bytes,
    at: datetime,
) -> Agreement:
    """Record that a party signed the printed agreement, with a photo of the signed paper.

    For those who handle the case; the worker's signature makes the agreement. Whoever has signed
    already has. Raises CaseNotFoundError, HandlerRequiredError, AgreementNotFoundError,
    AgreementChangedError, and what `read_attachment` refuses.
    """
    case, complaint = desk.lock_case(session, principal, number)
    desk.check_handles(session, case, principal)
    agreement = _read(session, case, complaint)
    _check_shown(agreement, content_hash)
    is_worker = party is AgreementParty.WORKER
    signature = AgreementSignature(
        created_at=at,
        event_id=agreement.event_id,
        party=party,
        person_id=complaint.person_id if is_worker else None,
        content_hash=agreement.content_hash,
        is_at_kiosk=False,
        receipt=_prove(keyring, agreement, party, way=ON_PAPER, at=at),
        recorded_by=principal.person_id,
        signer_name=signer_name,
        proof_digest=blobs.put(read_attachment(proof).content),
    )
    _sign(session, agreement, signature)
    if is_worker and case.state is CaseState.MEDIATING:
        by_pin.take_own_step(
            session,
            number=number,
            action=CaseAction.AGREE,
            form=NO_FORM,
            attachments=[],
            means=Means.WINDOW,
            principal=principal,
            at=at,
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
    _sign(session, agreement, _write(keyring, agreement, AgreementParty.EMPLOYER, principal, at=at))
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
    return Agreement(
        number=complaint.number,
        event_id=proposal.id,
        paragraphs=letter.paragraphs,
        rows=letters.list_rows(facts),
        content_hash=documents.hash_agreement(proposal, facts),
        signatures=agreement_queries.list_signatures(session, proposal.id),
        is_naming=documents.is_naming(proposal),
    )


def _check_shown(agreement: Agreement, shown_hash: str) -> None:
    if shown_hash != agreement.content_hash:
        raise AgreementChangedError


def _prove(
    keyring: Keyring, agreement: Agreement, party: AgreementParty, *, way: str, at: datetime
) -> str:
    signed = {
        "sub": agreement.number,
        "iat": int(at.timestamp()),
        "party": party.value,
        "way": way,
        "content_hash": agreement.content_hash,
    }
    return issue_receipt(keyring, signed)


def _write(
    keyring: Keyring,
    agreement: Agreement,
    party: AgreementParty,
    principal: Principal,
    *,
    at: datetime,
) -> AgreementSignature:
    return AgreementSignature(
        created_at=at,
        event_id=agreement.event_id,
        party=party,
        person_id=principal.person_id,
        content_hash=agreement.content_hash,
        is_at_kiosk=False,
        receipt=_prove(keyring, agreement, party, way=SIGNED_IN, at=at),
    )


def _sign(session: Session, agreement: Agreement, signature: AgreementSignature) -> None:
    """Keep a signature and log it, unless the party has signed."""
    if signature.party not in agreement.unsigned:
        return
    session.add(signature)
    session.flush()
    said = {signature.id: witnesses.describe_signature(signature)}
    log.record(
        session, kind=EvidenceKind.AGREEMENT_SIGNATURE, documents=said, at=signature.created_at
    )
